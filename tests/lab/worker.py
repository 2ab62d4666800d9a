# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Runs scenarios, each in a process of its own, so that a scenario has its own pid and descriptors.

The processes come from a fork server without threads. A descriptor that another scenario's process
inherited by accident would delay a close, and change who did it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import datetime, timezone
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import ForkServerProcess

import scenarios  # pylint: disable=unused-import # registers them
from registry import SCENARIOS, Scenario
from stage import Death, Impossible, Stage
from tracer import Incident

RUN_LIMIT_S = 60.0
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
    error: str = ""
    """Why the scenario itself failed."""
    impossible: str = ""
    """What this kernel has not that the scenario needs."""
    held: list[int] = field(default_factory=list)
    """Descriptors that keep its namespaces, so that no other one gets their numbers."""

    def owns(self, incident: Incident) -> bool:
        """Whether that happened in its namespaces."""
        return incident.get("netns") in self.namespaces and incident.get("time", "") >= self.born

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.scenario.name} {self.family}"

    def release(self) -> None:
        """Lets the namespaces go."""
        while self.held:
            os.close(self.held.pop())


@dataclass(frozen=True)
class _Outcome:
    """What a scenario's process sends back."""

    deaths: list[Death]
    inodes: list[int]
    born: str
    error: str
    impossible: str
    namespaces: list[str]


def _play(name: str, family: str) -> _Outcome:
    """Sets the stage, provokes, clears away."""
    born = datetime.now(timezone.utc).strftime(TIME_FORMAT)
    stage = Stage(SCENARIOS[name], family)
    error = impossible = ""
    try:
        SCENARIOS[name].provoke(stage)
    except Impossible as reason:
        impossible = str(reason)
    except Exception:  # pylint: disable=broad-exception-caught # whatever it is, it is the result
        error = traceback.format_exc()
    stage.clear()
    hosts = (stage.a, stage.b)
    inodes = [host.inode for host in hosts]
    return _Outcome(stage.deaths, inodes, born, error, impossible, [host.path for host in hosts])


def _work(pipe: Pipe, name: str, family: str) -> None:
    """A scenario's process: ends when the namespaces are in the lab's hands, or the lab is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the lab ends it
    try:
        pipe.send(_play(name, family))
    except Exception:  # pylint: disable=broad-exception-caught
        pipe.send(_Outcome([], [], "", traceback.format_exc(), "", []))
    try:
        pipe.recv()
    except EOFError:
        pass


class Workers:
    """Starts scenarios' processes; none of them outlives the block."""

    def __init__(self, jobs: int = 1) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["worker"])
        self._pool = ThreadPoolExecutor(jobs)
        self._lock = threading.Lock()
        self._is_over = False
        self._processes: set[ForkServerProcess] = set()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_over = True
            for process in self._processes:
                process.kill()
        self._pool.shutdown(cancel_futures=True)

    def run_all(self, cast: Iterable[tuple[Scenario, str]]) -> Iterator[Run]:
        """Runs scenarios side by side; each as it ends."""
        futures = [self._pool.submit(self.run, scenario, family) for scenario, family in cast]
        for future in as_completed(futures):
            yield future.result()

    def run(self, scenario: Scenario, family: str) -> Run:
        """Runs one scenario to its end."""
        result = Run(scenario, family)
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, scenario.name, family))
        try:
            self._start(process)
            theirs.close()
            _collect(ours, result)
        finally:
            ours.close()
            self._end(process)
        return result

    def _start(self, process: ForkServerProcess) -> None:
        with self._lock:
            if self._is_over:
                raise RuntimeError("the lab is over")
            process.start()
            self._processes.add(process)

    def _end(self, process: ForkServerProcess) -> None:
        with self._lock:
            if process not in self._processes:
                return
            self._processes.remove(process)
            process.kill()
        process.join()


def _collect(pipe: Pipe, result: Run) -> None:
    """Takes what the scenario's process sends, and hold of its namespaces."""
    if not pipe.poll(RUN_LIMIT_S):
        result.error = f"not done after {RUN_LIMIT_S} s"
        return
    try:
        outcome: _Outcome = pipe.recv()
    except EOFError:
        result.error = "its process ended without a result"
        return
    result.held = [os.open(path, os.O_RDONLY) for path in outcome.namespaces]
    result.deaths, result.namespaces = outcome.deaths, outcome.inodes
    result.born, result.error = outcome.born, outcome.error
    result.impossible = outcome.impossible
