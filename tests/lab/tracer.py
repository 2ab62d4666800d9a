# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs rsttrace and reads what it says, line by line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Incident = dict[str, Any]
"""One line of `rsttrace -o json`."""

ATTACHED = "rsttrace: attached"
EXIT_CANNOT = 77
ALL_KINDS = "rst-sent,rst-received,rst-ignored,timeout,error,dropped,recovered"
"""Asks for what is only told when it is asked for, too."""
_HOOK = re.compile(r"^  (?:tracepoint|kprobe|fentry) +(\S+) +(?:attached|waiting)", re.MULTILINE)
_OFFER = re.compile(r"^  (\S.*?)  +yes$", re.MULTILINE)
_START_S = 300.0
"""In a guest most of it is waiting for RCU, once for each kernel probe, by its own clock: it costs no time."""
_STOP_S = 10.0


class TracerError(Exception):
    """The tracer did not start, or did not do as told."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def attached_hooks(program: Path, arguments: Sequence[str]) -> set[str]:
    """What a session with those arguments stands on, and what the kernel offers: as doctor says.

    Of functions that wait for their module nobody knows before it comes whether they are in it.
    """
    done = subprocess.run([str(program), "doctor", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=_START_S, check=False)
    if done.returncode != 0:
        raise TracerError(f"rsttrace doctor: {done.stderr.strip()}", done.returncode)
    return {match[1] for pattern in (_HOOK, _OFFER) for match in pattern.finditer(done.stdout)}


class Tracer:
    """One running rsttrace."""

    def __init__(self, program: Path, arguments: list[str]) -> None:
        self._changed = threading.Condition()
        self._incidents: list[Incident] = []
        self._garbage: list[str] = []
        self._messages: list[str] = []
        self._is_attached = False
        self._is_deaf = False
        try:
            self._process = subprocess.Popen(
                [str(program), "-K", ALL_KINDS, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True, start_new_session=True)
        except OSError as error:
            raise TracerError(str(error)) from error
        self._readers = [threading.Thread(target=reader, daemon=True)
                         for reader in (self._read_incidents, self._read_messages)]
        for reader in self._readers:
            reader.start()
        self._wait_attached()

    def _read_incidents(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._take_line(line)

    def _take_line(self, line: str) -> None:
        try:
            incident = json.loads(line)
        except ValueError:
            self._garbage.append(line.rstrip("\n"))
            return
        with self._changed:
            self._incidents.append(incident)
            self._changed.notify_all()

    def _read_messages(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._changed:
                self._messages.append(line.rstrip("\n"))
                self._is_attached |= line.startswith(ATTACHED)
                self._changed.notify_all()
        with self._changed:
            self._is_deaf = True
            self._changed.notify_all()

    def _wait_attached(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_attached or self._is_deaf, _START_S)
            if self._is_attached:
                return
        said = "; ".join(self._messages) or "nothing"
        self._process.kill()
        raise TracerError(f"the tracer did not attach, it said: {said}", self._process.wait())

    @property
    def messages(self) -> list[str]:
        """What it said on stderr."""
        with self._changed:
            return list(self._messages)

    @property
    def garbage(self) -> list[str]:
        """Lines on stdout that are no JSON."""
        return list(self._garbage)

    @property
    def incidents(self) -> list[Incident]:
        """Everything seen so far."""
        with self._changed:
            return list(self._incidents)

    def wait_for(self, predicate: Callable[[list[Incident]], bool], timeout_s: float) -> bool:
        """Waits until the incidents seen so far please the predicate; whether they did."""
        with self._changed:
            return self._changed.wait_for(lambda: predicate(self._incidents), timeout_s)

    def stop(self) -> int:
        """Ends it as Ctrl-C would, reads what is left, returns its exit status."""
        deadline = time.monotonic() + _STOP_S
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            status = self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise TracerError(f"the tracer did not end within {_STOP_S} s of SIGINT") from None
        for reader in self._readers:
            reader.join(max(0.0, deadline - time.monotonic()))
        return status

    def kill(self) -> None:
        """Ends it without ceremony, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
