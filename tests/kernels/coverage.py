# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""docs/coverage.md: what is told of each cause, on each kernel, in each session of the lab."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from catalogue import NO_SLUG, Row

UNSEEN, ABSENT, SILENT = "-", "n/a", "MISSED"
_RANKS = ("certain", "likely", "partial", "unknown")
_MARK = re.compile(r"^<!-- made from (.*) -->$", re.MULTILINE)

Sight = dict[str, Any]
"""A line of the lab's --results."""

_HEAD = """\
# Coverage

Made by `make coverage` from a run of the whole lab on Debian's kernels: do not edit. `sudo make check` runs it
again, and fails where it comes to anything else.

A cell holds what the lab saw on that kernel: `certain`, `likely`, or `partial` with what could not be seen; `-`
where no hook of that session tells of it; `n/a` where the kernel has not what the cause needs. A word without a
session speaks of all that are not named beside it. The sessions are the tiers `tracepoint`, `tracepoint+deep` (with
`--deep`), `kprobe` and `fentry`. `newest` is the kernel of Debian's sid.

<!-- made from {mark} -->

## Seen in the lab

"""
_TAIL = """
## Not in the lab

| id | cause | kind | reason |
|---|---|---|---|
"""


def fingerprint(causes: Iterable[str], scenarios: Iterable[str]) -> str:
    """Names a set of causes and scenarios: the page is of another one when it differs."""
    causes, scenarios = sorted(causes), sorted(scenarios)
    mark = hashlib.sha256("\n".join([*causes, "", *scenarios]).encode()).hexdigest()[:16]
    return f"{len(causes)} causes, {len(scenarios)} scenarios: {mark}"


def made_from(page: str) -> str:
    """The fingerprint in a page."""
    found = _MARK.search(page)
    return found[1] if found else ""


def read_sights(path: Path) -> list[Sight]:
    """What the lab wrote."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _word(sight: Sight) -> tuple[int, str]:
    """What was said of one death, and how much that is worth: less is better."""
    if sight.get("impossible"):
        return 9, f"{ABSENT} ({sight['impossible']})"
    if not sight["told"]:
        return 8, UNSEEN
    if sight["got"] is None:
        return 7, SILENT
    certainty = str(sight["certainty"])
    if sight["got"] != sight["cause"] and certainty != "partial":
        return 6, f"TAKEN for {sight['got']}"
    name = "" if sight["got"] == sight["cause"] else f"as {sight['got']}"
    missing = ", ".join(filter(None, (name, sight["missing"])))
    return _RANKS.index(certainty), f"{certainty} ({missing})" if missing else certainty


def _words(sights: list[Sight]) -> str:
    """Of one cause in one session: every word, best first. What is not to be had counts only alone."""
    words = sorted({_word(sight) for sight in sights})
    seen = [text for rank, text in words if rank < 8]
    return " or ".join(seen or [words[0][1]])


def cell(sights: list[Sight], sessions: list[str]) -> str:
    """Of one cause on one kernel: what most sessions say, then those that say otherwise."""
    said = {name: [sight for sight in sights if sight["session"] == name] for name in sessions}
    words = {name: _words(own) for name, own in said.items() if own}
    if not words:
        return ""
    counts = Counter(words.values())
    most = max(counts, key=lambda text: (counts[text], text != UNSEEN))
    others: dict[str, list[str]] = {}
    for name, text in words.items():
        if text != most:
            others.setdefault(text, []).append(name)
    return "; ".join([most, *(f"{', '.join(names)}: {text}" for text, names in others.items())])


def page(rows: list[Row], kernels: dict[str, list[Sight]], sessions: list[str], mark: str) -> str:
    """The whole file."""
    lines = [f"| id | cause | kind | {' | '.join(kernels)} |", "|---" * (3 + len(kernels)) + "|"]
    for row in rows:
        if not row.reason:
            cells = [cell([sight for sight in sights if sight.get("cause") == row.slug], sessions)
                     for sights in kernels.values()]
            lines.append(f"| {row.number} | {row.slug} | {row.kind} | {' | '.join(cells)} |")
    rest = [f"| {row.number} | {'' if row.slug == NO_SLUG else row.slug} | {row.kind} | {row.reason} |"
            for row in rows if row.reason]
    return "\n".join([_HEAD.format(mark=mark) + "\n".join(lines), _TAIL + "\n".join(rest), ""])
