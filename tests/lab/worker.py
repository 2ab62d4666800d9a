# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs scenarios, each in a process of its own, so that a scenario has its own pid and descriptors.

The processes come from a fork server without threads. A descriptor that another scenario's process
inherited by accident would delay a close, and change who did it. It is not multiprocessing's, which
imports the main program anew in each process: that took ten times as long as a scenario.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timezone
from multiprocessing.connection import Connection
from typing import Any

import scenarios  # pylint: disable=unused-import # registers them
from death import Death
from net import die_with_parent
from registry import SCENARIOS, Scenario
from stage import Impossible, Stage
from tracer import Incident

_REQUEST_BYTES = 200
_WATCH = "watch"
"""What a scenario says that waits for a tracer, and hears when it may go on."""
_END_LIMIT_S = 30.0
"""For a process that has told its result to end."""
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%f"
"""As the tracer writes time, down to the microsecond: such strings compare as times do."""


@dataclass
class Run:
    """One scenario in one address family, and what came of it."""

    scenario: Scenario
    family: str
    deaths: list[Death] = field(default_factory=list)
    namespaces: list[int] = field(default_factory=list)
    """Inode numbers of its network namespaces."""
    born: str = ""
    """When its namespaces were made: others had their numbers before."""
    ended: str = ""
    """When it had come to its end, and what it left was cleared away."""
    error: str = ""
    """Why the scenario itself failed."""
    impossible: str = ""
    """What this kernel has not that the scenario needs."""
    held: list[int] = field(default_factory=list)
    """Descriptors that keep its namespaces, so that no other one gets their numbers."""

    def owns(self, incident: Incident) -> bool:
        """Whether that happened in its namespaces."""
        return incident.get("netns") in self.namespaces and incident.get("time", "") >= self.born

    def is_over(self, incident: Incident) -> bool:
        """Whether it was over by then: a segment that was on its way met sockets that had been cleared away."""
        return bool(self.ended) and incident.get("time", "") > self.ended

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.scenario.name} {self.family}"

    def release(self) -> None:
        """Lets the namespaces go."""
        while self.held:
            os.close(self.held.pop())


Told = Callable[[Run], None]


@dataclass(frozen=True)
class _Outcome:
    """What a scenario's process sends back."""

    deaths: list[Death]
    inodes: list[int]
    born: str
    ended: str
    error: str
    impossible: str
    namespaces: list[str]


@dataclass(frozen=True)
class _Wave:
    """What a scenario says that waits until all deaths so far are told."""

    deaths: list[Death]
    inodes: list[int]
    born: str


def _play(pipe: Connection, name: str, family: str) -> _Outcome:
    """Sets the stage, provokes, clears away."""

    def until_watched() -> None:
        pipe.send(_WATCH)
        pipe.recv()

    def until_told() -> None:
        pipe.send(_Wave(stage.deaths, [host.inode for host in stage.hosts], born))
        pipe.recv()

    born = datetime.now(timezone.utc).strftime(TIME_FORMAT)
    stage = Stage(SCENARIOS[name], family, until_watched, until_told)
    error = impossible = ""
    try:
        SCENARIOS[name].provoke(stage)
    except Impossible as reason:
        impossible = str(reason)
    except Exception:  # pylint: disable=broad-exception-caught # whatever it is, it is the result
        error = traceback.format_exc()
    ended = datetime.now(timezone.utc).strftime(TIME_FORMAT)
    stage.clear()
    hosts = stage.hosts
    inodes = [host.inode for host in hosts]
    return _Outcome(stage.deaths, inodes, born, ended, error, impossible, [host.path for host in hosts])


def _work(pipe: Connection, name: str, family: str) -> None:
    """A scenario's process: ends when the namespaces are in the lab's hands, or the lab is gone."""
    try:
        pipe.send(_play(pipe, name, family))
    except Exception:  # pylint: disable=broad-exception-caught
        pipe.send(_Outcome([], [], "", "", traceback.format_exc(), "", []))
    with contextlib.suppress(EOFError, OSError):
        pipe.recv()


def _serve(requests: socket.socket) -> None:
    """The fork server: a process for each request, which dies with the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the lab ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they leave nothing
    while True:
        said, descriptors, _, _ = socket.recv_fds(requests, _REQUEST_BYTES, 1)
        if not said:
            return
        if os.fork() == 0:
            try:
                die_with_parent(signal.SIGKILL)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                requests.close()
                _work(Connection(descriptors[0]), *said.decode().split(" "))
            finally:
                os._exit(0)  # nothing of the lab's, whose copy this is, is to be cleared up here
        os.close(descriptors[0])


def _start_server() -> tuple[socket.socket, int]:
    """Forks it, so it has everything imported already: to import it anew each time takes longest."""
    if threading.active_count() > 1:
        raise RuntimeError("the fork server must be there before any thread")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        try:
            die_with_parent(signal.SIGKILL)
            ours.close()
            _serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    return ours, pid


@dataclass(frozen=True)
class Begun:
    """A scenario that runs."""

    run: Run
    ours: socket.socket
    """The lab's end of the pipe to its process."""


class Workers:
    """Starts scenarios' processes; none of them outlives the block. To be made before any thread."""

    def __init__(self, jobs: int = 1) -> None:
        self._requests, self._server = _start_server()
        self._pool = ThreadPoolExecutor(jobs)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._server, signal.SIGKILL)  # and all scenarios with it
        os.waitpid(self._server, 0)
        self._pool.shutdown(cancel_futures=True)
        self._requests.close()

    def run_all(self, cast: Iterable[tuple[Scenario, str]], told: Told) -> Iterator[Run]:
        """Runs scenarios side by side; each as it ends."""
        futures = [self._pool.submit(self.run, scenario, family, told) for scenario, family in cast]
        for future in as_completed(futures):
            yield future.result()

    def run(self, scenario: Scenario, family: str, told: Told) -> Run:
        """Runs one scenario to its end, and to that of its process."""
        return self.finish(self.begin(scenario, family), told)

    def begin(self, scenario: Scenario, family: str) -> Begun:
        """Runs one scenario; one that is older than the tracer until it waits for that."""
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._requests, [f"{scenario.name} {family}".encode()],
                            [theirs.fileno()])
        if scenario.is_older:
            select.select([ours], [], [], scenario.limit_s)
        return Begun(Run(scenario, family), ours)

    def finish(self, begun: Begun, told: Told) -> Run:
        """The rest of it; there is a tracer now, and told() waits until it has told what a run holds."""
        result, ours = begun.run, begun.ours
        with ours:
            pipe = Connection(os.dup(ours.fileno()))
            with pipe:
                is_over = _collect(pipe, result, told)
            ours.shutdown(socket.SHUT_WR)
            ours.settimeout(_END_LIMIT_S)
            if is_over and ours.recv(1):
                raise RuntimeError(f"{result.name}: its process says more than its result")
        return result


def _collect(pipe: Connection, result: Run, told: Told) -> bool:
    """Takes what the scenario's process sends, and hold of its namespaces; whether it came."""
    limit_s = result.scenario.limit_s
    said: Any = _WATCH
    while not isinstance(said, _Outcome):
        if not pipe.poll(limit_s):
            result.error = f"not done after {limit_s:.0f} s"
            return False
        try:
            said = pipe.recv()
            if isinstance(said, _Wave):
                told(Run(result.scenario, result.family, said.deaths, said.inodes, said.born))
            if not isinstance(said, _Outcome):
                pipe.send(_WATCH)
        except (EOFError, BrokenPipeError):
            result.error = "its process ended without a result"
            return False
    outcome = said
    result.held = [os.open(path, os.O_RDONLY) for path in outcome.namespaces]
    result.deaths, result.namespaces = outcome.deaths, outcome.inodes
    result.born, result.ended, result.error = outcome.born, outcome.ended, outcome.error
    result.impossible = outcome.impossible
    return True
