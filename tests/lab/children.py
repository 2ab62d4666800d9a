# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Processes of a scenario's own, so that a socket's owner can be somebody else than who made it."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import traceback
from collections.abc import Callable

from net import PATIENCE_S, LabTimeout


class Child:
    """A forked process that runs one function and ends; it inherits every descriptor."""

    def __init__(self, work: Callable[[Child], None]) -> None:
        to_parent, self._said = os.pipe()
        self._heard, to_child = os.pipe()
        self._lab = os.pidfd_open(os.getppid())
        self.pid = os.fork()
        if self.pid == 0:
            self._run(work)
        os.close(self._lab)
        os.close(self._said)
        os.close(self._heard)
        self._heard, self._said = to_parent, to_child

    def _run(self, work: Callable[[Child], None]) -> None:
        status = 1
        try:
            work(self)
            status = 0
        except BaseException:  # pylint: disable=broad-exception-caught # it must not return
            traceback.print_exc()
        os._exit(status)

    def say(self) -> None:
        """Lets the other process go on from its hear()."""
        os.write(self._said, b".")

    def hear(self, patience_s: float = PATIENCE_S) -> None:
        """Waits for the other process's say()."""
        if not select.select([self._heard], [], [], patience_s)[0] or not os.read(self._heard, 1):
            raise LabTimeout(f"word from process {self.pid}")

    def stay(self, *kept: socket.socket) -> None:
        """Outlives the scenario with no more than these sockets, for what is only known of processes
        that live. Ends with the lab."""
        wanted = {0, 1, 2, self._lab, *(sock.fileno() for sock in kept)}
        for descriptor in os.listdir("/proc/thread-self/fd"):
            if int(descriptor) not in wanted:
                with contextlib.suppress(OSError):  # the one that reads this directory
                    os.close(int(descriptor))
        select.select([self._lab], [], [])

    def has_child(self) -> bool:
        """Whether it has made a process of its own."""
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as file:
            return bool(file.read())

    def wait(self, status: int = 0) -> None:
        """Waits for its end, which must be that one."""
        _, found = os.waitpid(self.pid, 0)
        if os.waitstatus_to_exitcode(found) != status:
            raise RuntimeError(f"process {self.pid} ended with wait status {found}")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Ends it by a signal."""
        os.kill(self.pid, number)
        os.waitpid(self.pid, 0)
