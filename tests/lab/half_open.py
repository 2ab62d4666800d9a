# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A handshake that the lab plays by hand: A's kernel knows nothing of it and is kept from answering."""

from __future__ import annotations

import socket

from death import End
from net import ACK, RST, SYN, SYN_RECV, Segment, until
from stage import Stage

ISN = 1000

CHECKS = ("tcp_check_req", "timer_cancel")
"""What tells that a segment ended a handshake: any of these."""
TIMERS = ("reqsk_timer_handler", "timer_expire_entry")
"""... that its timer did."""


class HalfOpen:
    """One client of B's listener, on a port of its own at A."""

    def __init__(self, stage: Stage, listener: socket.socket) -> None:
        self._stage = stage
        self._sniffer = stage.sniff(stage.a)
        self._listener = listener
        self.server: tuple[str, int] = listener.getsockname()[:2]
        with stage.a.socket(stage.socket_family) as probe:
            probe.bind((stage.address(stage.a), 0))
            self.client: tuple[str, int] = probe.getsockname()[:2]
        self.end = End(stage.b.inode, self.server, self.client)
        self.server_isn = 0

    def silence(self, verdict: str = "drop") -> HalfOpen:
        """Keeps A's kernel from answering what B sends to this client."""
        self._stage.a.filter("input", f"tcp dport {self.client[1]} {verdict}")
        return self

    def send(self, flags: int, seq: int, ack: int = 0) -> None:
        """Puts a segment of the client on the wire."""
        self._stage.inject(Segment(self.client, self.server, seq, ack, flags))

    def wait(self, flags: int, what: str) -> Segment:
        """The next segment with those flags that B sends to this client."""
        return self._sniffer.wait(
            lambda s: s.source == self.server and s.target == self.client and s.flags == flags, what)

    def send_syn(self) -> None:
        """The first SYN."""
        self.send(SYN, ISN)

    def open(self) -> HalfOpen:
        """SYN and SYN-ACK."""
        self.silence()
        self.send_syn()
        self.server_isn = self.wait(SYN | ACK, "a SYN-ACK").seq
        return self

    def send_last_ack(self) -> None:
        """What B waits for."""
        self.send(ACK, ISN + 1, self.server_isn + 1)

    def finish(self) -> None:
        """Makes a connection of it, so that nothing half-open is left to die."""
        self.send_last_ack()
        self._stage.accept(self._listener)

    def wait_reset(self) -> None:
        """Until B has answered with a reset, which A's silence swallows."""
        self._sniffer.wait(lambda s: s.source == self.server and s.target == self.client
                           and bool(s.flags & RST), "B's reset")
        self._stage.expect_filtered(self._stage.mirror(self.end))

    def wait_gone(self) -> None:
        """Until B's kernel has forgotten the handshake."""
        until(lambda: SYN_RECV not in self._stage.b.tcp_states(self.client[1]), "the end of it")
