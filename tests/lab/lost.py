# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the kernel left the tracer out for, and the tracer says that it was left out.

A program that was preempted is not run again on that processor, and neither is the one behind it
(docs/reconciliation.md, "What the kernel leaves out"). On a guest's processor, on which a program
takes a hundred times as long, that happens to a few events of thousands. Nothing may be wrong then,
and no more be missing than was lost; such a run proves nothing, so it is skipped, not passed.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable

from judge import NOBODY, RECONCILED, Verdict

PREEMPTS = int(platform.release().split(".")[0]) >= 7
"""Only "full" and "lazy" are left: 7dadeaa6e851 ("sched: Further restrict the preemption modes")."""

_LOST = re.compile(f"^{RECONCILED}.*, lost ([1-9]\\d*)")
_ABSENCE = re.compile(r"missing: |\w+ +kernel \d+ +seen \d+ +unattributed [1-9]\d*$")


def lost_events(messages: Iterable[str]) -> int:
    """How many the tracer says that it lost, where that may be."""
    found = [int(match[1]) for message in messages if (match := _LOST.match(message))]
    return sum(found) if PREEMPTS else 0


def excuse(verdicts: Iterable[Verdict], lost: int) -> None:
    """Marks the runs in which something is missing and nothing else is wrong, as far as that goes."""
    reason = f"the kernel left the tracer out for {lost} events of this session, as it says"
    left = lost
    for verdict in verdicts:
        missing = max(1, sum(problem.startswith("missing: ") for problem in verdict.problems))
        is_absence = all(_ABSENCE.match(problem) for problem in verdict.problems)
        if not verdict.problems or not is_absence or missing > left:
            continue
        left -= missing
        verdict.excuse = reason
        verdict.cells = type(verdict.cells)(
            {cell: count for cell, count in verdict.cells.items() if cell[1] != NOBODY})
        verdict.sights = [sight for sight in verdict.sights if sight["got"] is not None]
