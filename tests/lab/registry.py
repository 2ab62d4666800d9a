# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The list of scenarios, and how a scenario declares itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    is_alone: bool = False
    """It changes what the whole machine shares: it runs after all others, with nobody beside it."""
    is_apart: bool = False
    """Sessions that only see stacks need it for themselves: before v5.16 another's kretprobe hides who called."""
    is_older: bool = False
    """It begins before there is any tracer, and waits for one (stage.until_watched())."""
    tracer: tuple[str, ...] = ()
    """What the tracer must be asked for in addition; such scenarios have a tracer of their own."""

    @property
    def slugs(self) -> list[str]:
        """The causes that it provokes."""
        return [slug for slug in (self.slug, self.peer) if slug is not None]


SCENARIOS: dict[str, Scenario] = {}


def quiet_slugs() -> set[str]:
    """The causes that are told only when asked for. The lab asks for all, in every session."""
    return {slug for scenario in SCENARIOS.values() for slug in scenario.quiet}


def scenario(slug: str | None = None, *, slow_limit_s: float | None = None,
             **more: Any) -> Callable[[Provoke], Provoke]:
    """Registers a function as a scenario named after it; slow_limit_s makes it a slow one.

    What else there is to say (peer, quiet, is_alone, is_older, tracer) is in Scenario.
    """

    def register(provoke: Provoke) -> Provoke:
        name = provoke.__name__.replace("_", "-")
        if slow_limit_s is not None:
            more.update(limit_s=slow_limit_s, is_slow=True)
        if name in SCENARIOS:
            raise ValueError(f"two scenarios have the name {name}")
        SCENARIOS[name] = Scenario(name, slug, more.pop("peer", None), provoke, **more)
        return provoke

    return register
