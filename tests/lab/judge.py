# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Compares what a scenario provoked with what the tracer said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from death import Death
from registry import quiet_slugs
from tracer import Incident
from worker import Run

UNSEEN = "(no hook)"
"""In the confusion matrix: this session has no hook that could tell."""

NOT_BY_TCP = {"raw-socket-reset", "forwarded-reset", "below-stack-reset", "reset-not-sent",
              "netfilter-reject-input", "netfilter-reject-output", "netfilter-reject-forward",
              "netfilter-reject-bridge"}
"""Resets that the kernel does not count: others built them, or count them elsewhere."""

NOBODY = "(none)"
"""In the confusion matrix: nothing was expected, or nothing was said."""

MATRIX_TEST = "no cause is taken for another"
UNKNOWN_SHARE = 100
"""One owner of so many may not be known (Death.is_seldom_nobodys)."""
Matrix = Counter[tuple[str, str]]

Balance = dict[int, list[str]]
"""Lines of `rsttrace --reconcile` by network namespace."""

RECONCILED = "rsttrace: reconciled "
"""Begins its last line, when it has compared."""

_BALANCE = re.compile(r"^rsttrace: reconcile netns (\d+) +(.*)$")
_BALANCED = re.compile(r"^(?!.* surplus | unsettled ).* unattributed 0$")


@dataclass
class Verdict:
    """On one run."""

    run: Run
    problems: list[str] = field(default_factory=list)
    cells: Matrix = field(default_factory=Counter)
    sights: list[dict[str, Any]] = field(default_factory=list)
    """Of each death: what it was, and what was said of it."""
    owners: Counter[str] = field(default_factory=Counter)
    """How many of those that are somebody's were said to be his, nobody's, another's."""
    excuse: str = ""
    """Why what is missing may be."""


def read_balance(messages: Iterable[str]) -> Balance:
    """What the tracer said at its end of the kernel's counters."""
    balance: Balance = {}
    for message in messages:
        if match := _BALANCE.match(message):
            balance.setdefault(int(match[1]), []).append(match[2])
    return balance


def unbalanced(lines: Iterable[str]) -> list[str]:
    """Those that say that something is missing, was told twice or cannot be compared."""
    return [line for line in lines if not _BALANCED.search(line)]


def get(incident: Incident, path: str) -> Any:
    """The value under a dotted path; None when it is left out."""
    value: Any = incident
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _end_of(incident: Incident) -> tuple[Any, ...]:
    ends = [(get(incident, f"network.{side}.address"), get(incident, f"network.{side}.port"))
            for side in ("local", "peer")]
    return (incident.get("netns"), *ends)


def _end_expected(death: Death) -> tuple[Any, ...]:
    return (death.end.netns, death.end.local, death.end.peer)


def _wanted(run: Run, death: Death, attached: set[str]) -> dict[str, Any]:
    """The values that a death's line must have; None: the key must be left out."""
    slug, certainty = death.expected(attached)
    return {
        "v": 1, "cause": slug, "certainty": certainty, "network.type": run.family,
        "process.pid": death.owner(attached), "tcp.errno": death.errno,
    }


def _is_as_wanted(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, range) else bool(value == wanted)


def _differences(run: Run, death: Death, incident: Incident, attached: set[str]) -> list[str]:
    wanted = _wanted(run, death, attached)
    is_lesser = wanted["cause"] != death.slug  # the cause is not seen, so what it says may not be
    is_said = not is_lesser and death.says_why(attached)
    wanted |= death.fields if is_said else {}
    if is_lesser and get(incident, "tcp.errno") is None:
        del wanted["tcp.errno"]
    if get(incident, "process.pid") is None and (death.may_be_nobodys(attached)
                                                 or death.is_seldom_nobodys(attached)):
        del wanted["process.pid"]
    found = [f"{path}: expected {value!r}, got {get(incident, path)!r}"
             for path, value in wanted.items() if not _is_as_wanted(get(incident, path), value)]
    if incident.get("count", 1) != 1:
        found.append(f"count: expected 1, got {incident['count']}")
    why = str(incident.get("why", ""))
    if death.why not in why and is_said:
        found.append(f"why: expected {death.why!r} in it, got {why!r}")
    if not re.search(death.why_like, why) and is_said:
        found.append(f"why: expected it like {death.why_like!r}, got {why!r}")
    if death.names_peer_end(attached) and death.peer_end != get(incident, "peer_end.cause"):
        found.append(f"peer_end.cause: expected {death.peer_end!r},"
                     f" got {get(incident, 'peer_end.cause')!r}")
    return found


def _pairs(run: Run, incidents: list[Incident],
           attached: set[str]) -> Iterator[tuple[Death | None, Incident | None]]:
    """Pairs deaths with lines: same end and cause first, then same end, then what is left."""
    deaths = [death for death in run.deaths if death.is_told(attached)]
    left = list(incidents)
    for is_cause_needed in (True, False):
        for death in list(deaths):
            match = next((i for i in left if _end_of(i) == _end_expected(death)
                          and (i.get("cause") == death.expected(attached)[0]
                               or not is_cause_needed)), None)
            if match is not None:
                deaths.remove(death)
                left.remove(match)
                yield death, match
    yield from ((death, None) for death in deaths)
    yield from ((None, incident) for incident in left
                if incident.get("cause") not in quiet_slugs() and not run.is_over(incident))


def _shown(death: Death) -> str:
    end = death.end
    return (f"{death.slug} at {end.local[0]}:{end.local[1]} from {end.peer[0]}:{end.peer[1]}"
            f" netns {end.netns} pid {death.pid} errno {death.errno}")


def _judge_pair(run: Run, death: Death | None, incident: Incident | None,
                attached: set[str]) -> Iterator[str]:
    if death is None:
        yield f"unexpected: {json.dumps(incident)}"
        return
    if incident is None:
        yield f"missing: {_shown(death)}"
        return
    differences = _differences(run, death, incident, attached)
    if differences:
        yield f"expected: {_shown(death)}"
        yield f"got: {json.dumps(incident)}"
        yield from differences


def _judge_counters(run: Run, balance: Balance) -> Iterator[str]:
    """The kernel's own counters against what was told: the tracer compares them."""
    for netns in run.namespaces:
        yield from unbalanced(balance.get(netns, []))


def _owner_named(death: Death, incident: Incident, attached: set[str]) -> str:
    pid = get(incident, "process.pid")
    if pid is not None:
        return "right" if pid == death.pid else "another"
    return "nobody" if death.may_be_nobodys(attached) else "unknown"


def anonymous(owners: Counter[str]) -> Iterator[str]:
    """Whether too often nobody was named who could have been."""
    if owners["unknown"] * UNKNOWN_SHARE > owners["right"]:
        yield f"of {owners['unknown']} the owner was not known, of {owners['right']} it was"


def _sight(run: Run, death: Death, incident: Incident | None,
           is_told: bool = True) -> dict[str, Any]:
    said = incident or {}
    return {"scenario": run.scenario.name, "family": run.family, "cause": death.slug,
            "told": is_told, "got": said.get("cause"), "certainty": said.get("certainty"),
            "missing": said.get("missing")}


def judge(run: Run, incidents: Iterable[Incident], attached: set[str],
          balance: Balance) -> Verdict:
    """Judges one run by the lines of its network namespaces, under a session with those hooks."""
    own = [incident for incident in incidents if run.owns(incident)]
    verdict = Verdict(run)
    if run.error:
        verdict.problems += ["the scenario itself failed:", *run.error.rstrip().split("\n")]
    for death in run.deaths:
        if not death.is_told(attached):
            verdict.cells[death.slug, UNSEEN] += 1
            verdict.sights.append(_sight(run, death, None, is_told=False))
    for death, incident in _pairs(run, own, attached):
        if death is None and incident is not None and incident.get("ordinary"):
            continue  # it happens by the way, and is told because the lab asks for everything
        expected = death.expected(attached)[0] if death else NOBODY
        got = str(incident.get("cause")) if incident else NOBODY
        verdict.cells[expected, got] += 1
        if death:
            verdict.sights.append(_sight(run, death, incident))
        if death and incident and death.owner(attached):
            verdict.owners[_owner_named(death, incident, attached)] += 1
        verdict.problems += _judge_pair(run, death, incident, attached)
    verdict.problems += _judge_counters(run, balance)
    return verdict


def matrix_lines(cells: Matrix) -> Iterator[str]:
    """The confusion matrix, causes numbered: a row per cause expected, a column per cause got."""
    causes = sorted({cause for cell in cells for cause in cell})
    width = max((len(cause) for cause in causes), default=0)
    yield f"{'expected x got':{width + 4}}" + "".join(f"{n:4}" for n in range(1, len(causes) + 1))
    for number, expected in enumerate(causes, 1):
        row = "".join(f"{cells[expected, got] or '.':>4}" for got in causes)
        yield f"{number:3} {expected:{width}}{row}"


def mistakes(cells: Matrix) -> Iterator[str]:
    """What is off the diagonal."""
    for (expected, got), count in sorted(cells.items()):
        if got not in (expected, UNSEEN):
            yield f"expected {expected}, got {got}: {count} times"
