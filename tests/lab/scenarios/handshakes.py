# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Connections of A that never come about, without a reset from B's kernel."""

import struct

from death import SEES_ICMP
from net import ACK, RST, SYN, Segment
from registry import scenario
from stage import Stage


@scenario("connect-abandoned")
def connect_abandoned(stage: Stage) -> None:
    """A's application closes before the handshake is over."""
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    client.close()
    stage.expect_local(end, certain_with=SEES_ICMP)


@scenario("bad-ack-in-syn-sent", peer="connect-abandoned")
def bad_ack_in_syn_sent(stage: Stage) -> None:
    """The SYN-ACK acknowledges what A never sent; A resets it and goes on trying."""
    stage.b.filter("input", "meta l4proto tcp drop")
    sniffer = stage.sniff(stage.a)
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    syn = sniffer.wait(lambda s: s.flags == SYN and s.target == end.peer, "A's SYN")
    stage.inject(Segment(syn.target, syn.source, 5000, syn.seq + 1000, SYN | ACK))
    sniffer.wait(lambda s: s.source == end.local and s.seq == syn.seq + 1000, "A's reset")
    stage.expect_local(end)
    stage.expect_filtered(stage.mirror(end))
    client.close()
    stage.expect_peer(end, certain_with=SEES_ICMP)


_TIMESTAMPS = struct.Struct("!BBBBII")
"""Two bytes of padding, kind 8, length 10, value, echo."""


def _timestamp(segment: Segment) -> int:
    """TSval of a segment (RFC 7323)."""
    at = segment.options.index(b"\x08\x0a")
    return struct.unpack_from("!I", segment.options, at + 2)[0]


@scenario("bad-timestamp-in-syn-sent", peer="connect-abandoned")
def bad_timestamp_in_syn_sent(stage: Stage) -> None:
    """The SYN-ACK echoes a timestamp that A never sent; A resets it and goes on trying."""
    stage.b.filter("input", "meta l4proto tcp drop")
    sniffer = stage.sniff(stage.a)
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    syn = sniffer.wait(lambda s: s.flags == SYN and s.target == end.peer, "A's SYN")
    echo = (_timestamp(syn) - 10_000_000) & 0xFFFFFFFF
    options = _TIMESTAMPS.pack(1, 1, 8, 10, 5000, echo)
    stage.inject(Segment(syn.target, syn.source, 5000, syn.seq + 1, SYN | ACK, options=options))
    sniffer.wait(lambda s: s.source == end.local and bool(s.flags & RST), "A's reset")
    stage.expect_local(end)
    stage.expect_filtered(stage.mirror(end))
    client.close()
    stage.expect_peer(end, certain_with=SEES_ICMP)
