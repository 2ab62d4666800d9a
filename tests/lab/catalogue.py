# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""catalogue.tsv: every cause that we know of, and why some of them have no scenario."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "catalogue.tsv"
PENDING = "pending"
NO_SLUG = "-"


@dataclass(frozen=True)
class Row:
    """One cause."""

    number: str
    slug: str
    kind: str
    reason: str
    """Why no scenario proves it; empty: one does."""


def read_catalogue() -> list[Row]:
    """The rows, in the table's order."""
    rows = []
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        fields = [*line.split("\t"), ""][:4]
        if len(line.split("\t")) not in (3, 4) or not all(fields[:3]):
            raise ValueError(f"{TABLE.name}:{number}: a row is id, slug, kind and perhaps a reason")
        rows.append(Row(*fields))
    return rows


def problems(rows: list[Row], proved: set[str], causes: set[str]) -> Iterator[str]:
    """Where the catalogue, the scenarios and the table of causes disagree; not: what is pending."""
    slugs = [row.slug for row in rows if row.slug != NO_SLUG]
    proved = proved - {NO_SLUG}  # the lab's word for near misses
    yield from (f"{slug} is there twice" for slug in sorted(set(slugs)) if slugs.count(slug) > 1)
    for row in rows:
        if row.slug in proved and row.reason == PENDING:
            yield f"{row.number} {row.slug}: a scenario proves it now; run tools/catalogue --settle"
        elif row.slug in proved and row.reason:
            yield f"{row.number} {row.slug}: a scenario proves it, though it is said: {row.reason}"
        elif row.slug not in proved and not row.reason:
            yield f"{row.number} {row.slug}: no scenario proves it, and no reason is given"
    yield from (f"{slug} is a cause and not in {TABLE.name}" for slug in sorted(causes - set(slugs)))


def settle(proved: set[str]) -> None:
    """Strikes "pending" where a scenario has come."""
    lines = TABLE.read_text("utf-8").splitlines()
    kept = [line.removesuffix(f"\t{PENDING}") if line.split("\t")[1:2] and
            line.split("\t")[1] in proved - {NO_SLUG} else line for line in lines]
    TABLE.write_text("\n".join(kept) + "\n", encoding="utf-8")
