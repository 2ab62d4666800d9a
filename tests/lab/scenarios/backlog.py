# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""SYNs and last ACKs that B's listener drops, because a queue is full or no socket can be made."""

import socket

from death import End
from half_open import HalfOpen
from net import ACK, ESTABLISHED, SYN, until
from registry import scenario
from stage import Stage

SYNS = ("tcp_conn_request",)
CHILDREN = ("tcp_v4_syn_recv_sock",)
REFUSALS = ("reasons of refused handshakes",)
"""Tells, with --deep, that no socket could be made although the queue had room."""


def _fill(stage: Stage, listener: socket.socket) -> list[End]:
    """Two clients for an accept queue of one and one more; their ends at A."""
    target = listener.getsockname()[:2]
    ends = [stage.connect(target)[1] for _ in range(2)]
    until(lambda: all(ESTABLISHED in stage.b.tcp_states(end.local[1]) for end in ends), "a full queue")
    return ends


def _wait_drop(stage: Stage, before: int) -> None:
    until(lambda: stage.b.listen_drops() > before, "a drop")


@scenario("accept-queue-full-syn")
def accept_queue_full_syn(stage: Stage) -> None:
    """A third client's SYN."""
    listener = stage.listen(backlog=1)
    fillers = _fill(stage, listener)
    before = stage.b.listen_drops()
    client = HalfOpen(stage, listener).silence()
    client.send_syn()
    _wait_drop(stage, before)
    stage.expect_local(client.end, hooks=(*SYNS, "consume_skb"), why="2 of 1")
    for _ in fillers:
        stage.accept(listener)


def _open_until_dropped(stage: Stage, listener: socket.socket, limit: int) -> HalfOpen:
    """Half-open connections until B drops one's SYN; that one. The others become connections."""
    before = stage.b.listen_drops()
    opened: list[HalfOpen] = []
    while len(opened) < limit:
        client = HalfOpen(stage, listener).silence()
        client.send_syn()
        until(lambda port=client.client[1]: stage.b.listen_drops() > before
              or bool(stage.b.tcp_states(port)), "an answer or a drop")
        if stage.b.listen_drops() > before:
            for other in opened:
                other.server_isn = other.wait(SYN | ACK, "a SYN-ACK").seq
                other.finish()
            return client
        opened.append(client)
    raise AssertionError("nothing was dropped")


@scenario("syn-queue-full")
def syn_queue_full(stage: Stage) -> None:
    """As many handshakes as the backlog allows, and no cookies."""
    stage.b.sysctl("ipv4/tcp_syncookies", 0)
    dropped = _open_until_dropped(stage, stage.listen(backlog=1), 3)
    stage.expect_local(dropped.end, hooks=(*SYNS, "consume_skb"))


@scenario("syn-backlog-limit")
def syn_backlog_limit(stage: Stage) -> None:
    """Three quarters of tcp_max_syn_backlog, and no cookies."""
    stage.b.sysctl("ipv4/tcp_syncookies", 0)
    stage.b.sysctl("ipv4/tcp_max_syn_backlog", 4)
    dropped = _open_until_dropped(stage, stage.listen(backlog=64), 8)
    stage.expect_local(dropped.end, hooks=(*SYNS, "consume_skb"), why="tcp_max_syn_backlog = 4")


@scenario("syn-cookie-sent")
def syn_cookie_sent(stage: Stage) -> None:
    """Always, by tcp_syncookies = 2; the connection comes about."""
    stage.b.sysctl("ipv4/tcp_syncookies", 2)
    listener = stage.listen()
    client = HalfOpen(stage, listener).open()
    stage.expect_local(client.end, hooks=SYNS)
    client.finish()


@scenario("accept-queue-full-ack")
def accept_queue_full_ack(stage: Stage) -> None:
    """The queue fills between SYN and last ACK; the ACK has success when it comes again."""
    listener = stage.listen(backlog=1)
    client = HalfOpen(stage, listener).open()
    fillers = _fill(stage, listener)
    before = stage.b.listen_drops()
    client.send_last_ack()
    _wait_drop(stage, before)
    stage.expect_local(client.end, hooks=(*CHILDREN, "kfree_skb"), why="2 of 1")
    for _ in fillers:
        stage.accept(listener)
    client.finish()


@scenario("accept-queue-full-cookie", peer="syn-cookie-sent")
def accept_queue_full_cookie(stage: Stage) -> None:
    """The same for a client of which the kernel holds nothing."""
    stage.b.sysctl("ipv4/tcp_syncookies", 2)
    listener = stage.listen(backlog=1)
    client = HalfOpen(stage, listener).open()
    fillers = _fill(stage, listener)
    for end in (client.end, *(stage.mirror(filler) for filler in fillers)):
        stage.expect_peer(end, hooks=SYNS)
    before = stage.b.listen_drops()
    client.send_last_ack()
    _wait_drop(stage, before)
    stage.expect_local(client.end, hooks=(*CHILDREN, "kfree_skb"), why="2 of 1")
    for _ in fillers:
        stage.accept(listener)


@scenario("handshake-out-of-memory")
def handshake_out_of_memory(stage: Stage) -> None:
    """The route to the client is gone when its last ACK comes; memory cannot be taken away so neatly."""
    for device in ("all", "veth0"):
        stage.b.sysctl(f"ipv4/conf/{device}/rp_filter", 0)
    listener = stage.listen()
    client = HalfOpen(stage, listener).open()
    route = ("unreachable", f"{client.client[0]}/{128 if stage.is_ipv6 else 32}")
    stage.b.run("ip", "route", "add", *route)
    before = stage.b.listen_drops()
    client.send_last_ack()
    _wait_drop(stage, before)
    stage.expect_local(client.end, hooks=(*CHILDREN, *REFUSALS))
    stage.b.run("ip", "route", "del", *route)
    client.finish()


@scenario()
def queue_as_full_as_allowed(stage: Stage) -> None:
    """A backlog of one holds two: the second client is no overflow."""
    listener = stage.listen(backlog=1)
    for _ in _fill(stage, listener):
        stage.accept(listener)
