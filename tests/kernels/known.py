# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""known.tsv: what a kernel or a tier cannot show today, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "known.tsv"
ANY = "*"
WHOLE_TIER = "*"
"""As scenario: the kernel does not offer the tier."""


@dataclass(frozen=True)
class Known:
    """One row."""

    scenario: str
    """Its name, for both address families, or "name family"."""
    kernels: tuple[str, ...]
    tiers: tuple[str, ...]
    reason: str

    def applies(self, kernel: str, tier: str) -> bool:
        """Whether it speaks of that kernel and tier."""
        return (ANY in self.kernels or kernel in self.kernels) and (
            ANY in self.tiers or tier in self.tiers)

    def covers(self, test: str) -> bool:
        """Whether it speaks of that test of the lab, "name family"."""
        return self.scenario in (test, test.rpartition(" ")[0])


class KnownError(Exception):
    """The table is not well made."""


def read_known() -> list[Known]:
    """Reads the table."""
    rows = []
    for number, line in enumerate(TABLE.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 4 or not all(fields):
            raise KnownError(f"{TABLE.name}:{number}: a row is scenario, kernels, tiers, reason")
        scenario, kernels, tiers, reason = fields
        rows.append(Known(scenario, tuple(kernels.split(",")), tuple(tiers.split(",")), reason))
    return rows
