# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads the TAP that the lab prints in a guest, and makes ours of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

STATUS_FAILED = 1

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


def read_lab(text: str) -> Lab:
    """Reads the TAP."""
    lab = Lab()
    for line in text.splitlines():
        result, plan = _RESULT.match(line), _PLAN.match(line)
        if result:
            lab.tests.append(Test(result[2], result[1] is None, result[3]))
        elif plan:
            lab.planned, lab.refused = int(plan[1]), plan[2]
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


def judge(lab: Lab, status: int) -> Iterator[Line]:
    """The lab's results. Debian's kernels offer every session: one that is refused is no skip."""
    for test in lab.tests:
        if test.skip and test.name.endswith(": the session"):
            yield Line(False, test.name, comments=(f"not offered: {test.skip}",))
        else:
            yield Line(test.is_ok, test.name, test.skip, tuple(test.comments))
    problems = tuple(_problems(lab, status))
    yield Line(not problems, "the lab itself", comments=problems)


def _problems(lab: Lab, status: int) -> Iterator[str]:
    if lab.bailed_out:
        yield lab.bailed_out
    if lab.refused is not None:
        yield f"it ran nothing: {lab.refused}"
    elif lab.planned != len(lab.tests):
        yield f"it planned {lab.planned} tests and ran {len(lab.tests)}"
    is_failed = any(not test.is_ok for test in lab.tests)
    if status != (STATUS_FAILED if is_failed else 0):
        yield f"it ended with status {status}"


def count(lines: Iterable[Line]) -> Counter[str]:
    """How many passed, failed, and were skipped."""
    return Counter("failed" if not line.is_ok else "skipped" if line.skip else "passed"
                   for line in lines)
