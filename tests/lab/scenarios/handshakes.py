# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Connections of A that never come about, without a reset from B's kernel."""

from net import ACK, SYN, Segment
from registry import scenario
from stage import Stage


@scenario("connect-abandoned")
def connect_abandoned(stage: Stage) -> None:
    """A's application closes before the handshake is over."""
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    client.close()
    stage.expect_local(end)


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
    stage.expect("reset-filtered", stage.mirror(end), pid=None, hooks=("kfree_skb",))
    client.close()
    stage.expect_peer(end)
