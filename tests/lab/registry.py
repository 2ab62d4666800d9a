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
    is_alone: bool = False
    """It changes what the whole machine shares: it runs after all others, with nobody beside it."""
    tracer: tuple[str, ...] = ()
    """What the tracer must be asked for in addition; such scenarios have a tracer of their own."""

    @property
    def slugs(self) -> list[str]:
        """The causes that it provokes."""
        return [slug for slug in (self.slug, self.peer) if slug is not None]


SCENARIOS: dict[str, Scenario] = {}


def scenario(slug: str | None = None, *, peer: str | None = None, is_alone: bool = False,
             tracer: tuple[str, ...] = ()) -> Callable[[Provoke], Provoke]:
    """Registers a function as a scenario named after it."""

    def register(provoke: Provoke) -> Provoke:
        name = provoke.__name__.replace("_", "-")
        SCENARIOS[name] = Scenario(name, slug, peer, provoke, is_alone, tracer)
        return provoke

    return register
