# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What the tracer must say of one end of a connection, and with which hooks it can."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from net import Address

SEES_ICMP = ("inet_sk_error_report", "tcp_v4_err")
"""Without one of these nobody can say that there was no ICMP error."""

REJECT = ("nf_send_reset", "net_dev_queue")
"""What tells of a reset that a REJECT rule sends: any of these."""

DROPS = ("kfree_skb",)
"""What tells of segments that are dropped."""

ACCEPT = ("inet_csk_accept", "security_sock_graft")
"""What tells who accepted a connection that several could have accepted."""

NO_SOCKET = ("resets without a socket", "tcp_v4_send_reset", "net_dev_queue")
"""What tells of a reset that no full socket sends: any of these."""


@dataclass(frozen=True)
class End:
    """One end of one connection."""

    netns: int
    local: Address
    peer: Address


@dataclass(frozen=True)
class Death:
    """What the tracer must say about one end."""

    slug: str
    end: End
    pid: int | None
    """Who owned it; None: the kernel had nobody to name."""
    errno: str | None = None
    """What the application really got; None: it had closed, or there was nothing to get."""
    why: str = ""
    """Must be part of the sentence."""
    peer_end: str | None = None
    """The cause that it must name for the other end, on this host too."""
    peer_end_with: tuple[str, ...] = ()
    """It can name it where one of these is attached (names as in `rsttrace doctor`); (): always."""
    hooks: tuple[str, ...] = ()
    """Told only where one of these is attached; (): always."""
    certain_with: tuple[str, ...] = ()
    """Partial where none of these is attached; (): always certain."""
    else_slug: str | None = None
    """The cause that is named where it is partial; None: the same."""
    certainty: str = "certain"
    """How sure it is at best."""
    why_like: str = ""
    """A regular expression that some part of the sentence must match."""
    why_with: tuple[str, ...] = ()
    """The sentence has that part, and the line .fields, where one of these is there; (): always."""
    owner_with: tuple[str, ...] = ()
    """Nobody is named where none of these is there; (): pid is always known."""
    owner_surely_with: tuple[str, ...] = ()
    """Nobody may be named where none of these is there, though perhaps somebody can be; (): somebody is."""

    fields: dict[str, Any] = field(default_factory=dict)
    """More that its line must hold, by dotted path: a value, a range() for it, None: it is left out."""

    def is_told(self, attached: set[str]) -> bool:
        """Whether a session with those hooks can see it at all."""
        return not self.hooks or not attached.isdisjoint(self.hooks)

    def expected(self, attached: set[str]) -> tuple[str, str]:
        """The cause and the certainty that such a session must come to."""
        if not self.certain_with or not attached.isdisjoint(self.certain_with):
            return self.slug, self.certainty
        return self.else_slug or self.slug, "partial"

    def says_why(self, attached: set[str]) -> bool:
        """Whether such a session can say all of the sentence."""
        return not self.why_with or not attached.isdisjoint(self.why_with)

    def names_peer_end(self, attached: set[str]) -> bool:
        """Whether such a session must name the other end's cause."""
        return self.peer_end is not None and (
            not self.peer_end_with or not attached.isdisjoint(self.peer_end_with))

    def may_be_nobodys(self, attached: set[str]) -> bool:
        """Whether such a session may name nobody."""
        return bool(self.owner_surely_with) and attached.isdisjoint(self.owner_surely_with)

    def is_seldom_nobodys(self, attached: set[str]) -> bool:
        """Whether such a session may name nobody once in a while.

        Where nobody sees accept(), a listener whose file some program looks through just then, as
        another session's scan does, could be anybody's (docs/owners-and-ends.md).
        """
        return self.owner(attached) is not None and attached.isdisjoint(ACCEPT)

    def owner(self, attached: set[str]) -> int | None:
        """Whom such a session must name."""
        is_known = not self.owner_with or not attached.isdisjoint(self.owner_with)
        return self.pid if is_known else None
