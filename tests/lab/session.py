# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Sessions of rsttrace, one for each way of seeing, which watch the same deaths side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

from judge import RECONCILED, Balance, read_balance, unbalanced
from lost import lost_events
from tracer import EXIT_CANNOT, Incident, Tracer, TracerError, attached_hooks
from worker import Run

SESSIONS = {
    "tracepoint": ("--tier", "tracepoint"),
    "tracepoint+deep": ("--tier", "tracepoint", "--deep"),
    "kprobe": ("--tier", "kprobe"),
    "fentry": ("--tier", "fentry"),
}
"""What rsttrace is told, for each way of seeing."""

EVERYTHING = ("-K", "rst-sent,rst-received,rst-ignored,timeout,error,dropped,recovered")
"""Also what is only told when asked for."""


@dataclass
class Session:
    """One rsttrace that runs, or why it cannot."""

    name: str
    """Empty: the only one there is."""
    tracer: Tracer | None = None
    ask_attached: Callable[[], set[str]] = set
    attached: set[str] = field(default_factory=set)
    hooks_functions: bool = False
    refusal: str = ""
    """Why this kernel does not offer it."""
    complaints: list[str] = field(default_factory=list)
    balance: Balance = field(default_factory=dict)
    """The kernel's counters against what it told."""
    runs: list[Run] = field(default_factory=list)
    """What it was there to see."""

    @property
    def prefix(self) -> str:
        """For the names of tests."""
        return f"{self.name}: " if self.name else ""

    @property
    def incidents(self) -> list[Incident]:
        """What it said so far."""
        return self.tracer.incidents if self.tracer else []

    def wait_complete(self, timeout_s: float) -> None:
        """Until it has told every death that it can see; the judge says what did not come."""
        if self.tracer:
            self.tracer.wait_for(self._is_complete, timeout_s)

    def _is_complete(self, said: list[Incident]) -> bool:
        return all(sum(run.owns(incident) for incident in said) >= self._expected(run)
                   for run in self.runs)

    def _expected(self, run: Run) -> int:
        return sum(death.is_told(self.attached) for death in run.deaths)

    def wait_told(self, run: Run, timeout_s: float) -> None:
        """Until it has told what that run holds so far; what it said before is looked at once."""
        found = seen = 0

        def is_told(said: list[Incident]) -> bool:
            nonlocal found, seen
            found += sum(run.owns(incident) for incident in said[seen:])
            seen = len(said)
            return found >= self._expected(run)

        if self.tracer:
            self.tracer.wait_for(is_told, timeout_s)

    def stop(self) -> None:
        """Ends it, and keeps what there is to complain of."""
        if not self.tracer:
            return
        try:
            if self.hooks_functions:  # modules came while it watched
                self.attached = self.ask_attached()
            status = self.tracer.stop()
        except TracerError as error:
            self.complaints.append(str(error))
            return
        self.complaints += [f"no JSON: {line}" for line in self.tracer.garbage]
        self.balance = read_balance(self.tracer.messages)
        self.complaints += complain(status, self.tracer.messages, self.balance)

    def kill(self) -> None:
        """Ends it without ceremony, if it still runs."""
        if self.tracer:
            self.tracer.kill()


def complain(status: int, messages: list[str], balance: Balance) -> Iterator[str]:
    """Whether the tracer ended well and compared; other deaths on this host are not ours.

    Where the kernel preempts, what it says that it lost is missed in its scenario (lost.py), or is
    nobody's.
    """
    is_explained = status == 1 and (
        any(unbalanced(lines) for lines in balance.values()) or lost_events(messages))
    if status != 0 and not is_explained:
        yield f"the tracer ended with status {status}"
    if not any(message.startswith(RECONCILED) for message in messages):
        yield "the tracer did not reconcile"


_attached_at_start = cache(attached_hooks)


@cache
def _attached_with(program: Path, arguments: tuple[str, ...], _modules: frozenset[str]) -> set[str]:
    return attached_hooks(program, arguments)


def _attached_now(program: Path, arguments: tuple[str, ...]) -> set[str]:
    """Asks anew only where modules have come or gone: in a guest an answer takes many seconds."""
    with open("/proc/modules", encoding="ascii") as file:
        return _attached_with(program, arguments, frozenset(line.split(" ")[0] for line in file))


def start(program: Path, name: str, arguments: tuple[str, ...], wishes: tuple[str, ...]) -> Session:
    """Starts a session; one that the kernel does not offer says why."""
    try:
        attached = _attached_at_start(program, arguments)
        ask = partial(_attached_now, program, arguments)
        tracer = Tracer(program, ["-o", "json", "--reconcile", *EVERYTHING, *arguments, *wishes])
        hooks_functions = bool({"kprobe", "fentry"}.intersection(arguments))
        return Session(name, tracer, ask, attached, hooks_functions)
    except TracerError as error:
        if error.status != EXIT_CANNOT:
            raise
        return Session(name, refusal=str(error).partition("rsttrace doctor: ")[2] or str(error))
