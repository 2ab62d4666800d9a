# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads the TAP that the lab prints in a guest, and judges it by what is known of that kernel."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from known import WHOLE_TIER, Known

MATRIX_TEST = "no cause is taken for another"
"""The lab's sum of its scenarios: where a known one differs, it cannot hold either."""
STATUS_FAILED, STATUS_CANNOT = 1, 77

_RESULT = re.compile(r"(not )?ok \d+ - (.*?)(?: # SKIP (.*))?$")
_PLAN = re.compile(r"1\.\.(\d+)(?: # SKIP (.*))?$")


@dataclass
class Test:
    """One line of TAP, with the comments under it."""

    name: str
    is_ok: bool
    skip: str | None = None
    comments: list[str] = field(default_factory=list)


@dataclass
class Lab:
    """What one run of the lab printed."""

    tests: list[Test] = field(default_factory=list)
    planned: int | None = None
    refused: str | None = None
    """Why it ran nothing, as it says."""
    bailed_out: str = ""
    summary: str = ""
    """The tracer's own last line."""


def read_lab(text: str) -> Lab:
    """Reads the TAP."""
    lab = Lab()
    for line in text.splitlines():
        result, plan = _RESULT.match(line), _PLAN.match(line)
        if result:
            lab.tests.append(Test(result[2], result[1] is None, result[3]))
        elif plan:
            lab.planned, lab.refused = int(plan[1]), plan[2]
        elif line.startswith("# tracer: "):
            lab.summary = line.removeprefix("# tracer: ")
        elif line.startswith("Bail out!"):
            lab.bailed_out = line
        elif lab.tests and not lab.tests[-1].is_ok:
            lab.tests[-1].comments.append(line.removeprefix("# "))
    return lab


@dataclass(frozen=True)
class Line:
    """One line of our own TAP."""

    is_ok: bool
    name: str
    skip: str | None = None
    comments: tuple[str, ...] = ()


def judge(lab: Lab, status: int, known: list[Known], is_whole: bool) -> Iterator[Line]:
    """The lab's results, the known failures skipped; is_whole: every scenario was to be run."""
    used: Counter[Known | None] = Counter()
    whole_tier = next((row for row in known if row.scenario == WHOLE_TIER), None)
    rows = [row for row in known if row is not whole_tier]
    if whole_tier or lab.refused is not None:
        yield _judge_refusal(lab, whole_tier)
        return
    for test in lab.tests:
        row = next((row for row in rows if row.covers(test.name)), None)
        used[row] += 1
        yield _judge_test(test, row, has_known=any(used[row] for row in rows))
    stale = [row.scenario for row in rows if not used[row]] if is_whole else []
    yield Line(not stale, "known.tsv names what exists",
               comments=tuple(f"{name}: there is no such scenario" for name in stale))
    problems = tuple(_problems(lab, status))
    yield Line(not problems, "the lab itself", comments=problems)


def _judge_refusal(lab: Lab, row: Known | None) -> Line:
    name = "the tier"
    if lab.refused is None:
        return Line(False, name, comments=("known.tsv says that it is not offered, but it is",))
    if row is None:
        return Line(False, name, comments=(f"not offered: {lab.refused}",))
    return Line(True, name, skip=row.reason)


def _judge_test(test: Test, row: Known | None, has_known: bool) -> Line:
    if row is None and not test.is_ok and test.name == MATRIX_TEST and has_known:
        return Line(True, test.name, skip="it sums the known ones up as well")
    if row is None or test.skip:
        return Line(test.is_ok, test.name, test.skip, tuple(test.comments))
    if test.is_ok:
        return Line(False, test.name, comments=(
            f"it passes, though known.tsv says: {row.reason}", "take it off that table"))
    return Line(True, test.name, skip=row.reason)


def _problems(lab: Lab, status: int) -> Iterator[str]:
    if lab.bailed_out:
        yield lab.bailed_out
    if lab.planned != len(lab.tests):
        yield f"it planned {lab.planned} tests and ran {len(lab.tests)}"
    is_failed = any(not test.is_ok for test in lab.tests)
    if status != (STATUS_FAILED if is_failed else 0):
        yield f"it ended with status {status}"


def count(lines: Iterable[Line]) -> Counter[str]:
    """How many passed, failed, and were skipped."""
    return Counter("failed" if not line.is_ok else "skipped" if line.skip else "passed"
                   for line in lines)
