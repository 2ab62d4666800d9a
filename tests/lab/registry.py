# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The list of scenarios, and how a scenario declares itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stage import Stage

FAMILIES = ("ipv4", "ipv6")

Provoke = Callable[["Stage"], None]


@dataclass(frozen=True)
class Scenario:
    """One way for a connection to die, or nearly."""

    name: str
    slug: str | None
    """The cause that it is about; None: nothing may be reported."""
    peer: str | None
    """The cause at the other end, where that end dies too."""
    provoke: Provoke
    quiet: tuple[str, ...] = ()
    """Of its causes, those that are told only when asked for: they may come any number of times."""
    limit_s: float = 60.0
    """How long it may take."""
    is_slow: bool = False
    """It waits for the kernel's own default timers: only run where time is warped (--slow)."""

    @property
    def slugs(self) -> list[str]:
        """The causes that it provokes."""
        return [slug for slug in (self.slug, self.peer) if slug is not None]


SCENARIOS: dict[str, Scenario] = {}


def quiet_slugs() -> set[str]:
    """The causes that are told only when asked for. The lab asks for all, in every session."""
    return {slug for scenario in SCENARIOS.values() for slug in scenario.quiet}


def scenario(slug: str | None = None, *, peer: str | None = None, quiet: tuple[str, ...] = (),
             slow_limit_s: float | None = None) -> Callable[[Provoke], Provoke]:
    """Registers a function as a scenario named after it; slow_limit_s makes it a slow one."""

    def register(provoke: Provoke) -> Provoke:
        name = provoke.__name__.replace("_", "-")
        SCENARIOS[name] = (
            Scenario(name, slug, peer, provoke, quiet) if slow_limit_s is None else
            Scenario(name, slug, peer, provoke, quiet, slow_limit_s, is_slow=True))
        return provoke

    return register
