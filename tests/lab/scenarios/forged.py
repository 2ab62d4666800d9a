# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Resets held against the connection that they end: forged ones, and peers that have forgotten.

What segments look like is only remembered with --fingerprint.
"""

from death import NO_SOCKET, End
from net import ACK, DEVICE, RST, Namespace, Segment, until
from registry import scenario
from stage import (Connection, Stage, forget, set_linger, tcp_info, wait_acked, wait_error,
                   wait_readable)

FINGERPRINT = ("--fingerprint",)
FAR_DEVICE = "veth1"
"""To the router."""
IDLE_MS = 1100
"""Longer than what counts as a pause in conversation."""
MAX_RTT_US = IDLE_MS * 1000 // 8
"""So that such a pause is much longer than a round trip."""


def _talk(connection: Connection) -> None:
    """A few segments each way, until a handshake that was slow by chance is forgotten."""
    exchanges = 0
    while exchanges < 3 or tcp_info(connection.client).rtt_us > MAX_RTT_US:
        connection.server.send(b"question")
        assert connection.client.recv(100) == b"question"
        connection.client.send(b"answer")
        assert connection.server.recv(100) == b"answer"
        exchanges += 1
    wait_acked(connection.client)
    wait_acked(connection.server)


def _forged_reset(stage: Stage, connection: Connection, device: str = DEVICE) -> Segment:
    """In B's name, with the numbers that A expects: A's next acknowledgement tells them."""
    sniffer = stage.sniff(stage.a, device)
    connection.server.send(b"last")
    assert connection.client.recv(100) == b"last"
    end = connection.client_end
    seen = sniffer.wait(lambda s: s.source == end.local and bool(s.flags & ACK), "A's ACK")
    return Segment(end.peer, end.local, seen.ack, seen.seq, RST | ACK)


@scenario("injected-suspected", tracer=FINGERPRINT)
def injected_suspected(stage: Stage) -> None:
    """A reset with the right numbers comes to A from fewer hops away than B is."""
    connection = stage.connection()
    _talk(connection)
    stage.inject(_forged_reset(stage, connection), hops=40)
    stage.expect_local(connection.client_end, errno=wait_error(connection.client),
                       certainty="likely", why="TTL 40")


@scenario("reset-by-peer", tracer=FINGERPRINT)
def forged_without_a_trace(stage: Stage) -> None:
    """The same with B's own number of hops: nothing speaks against B."""
    connection = stage.connection()
    _talk(connection)
    stage.inject(_forged_reset(stage, connection))
    stage.expect_local(connection.client_end, errno=wait_error(connection.client))


@scenario("reset-by-peer", peer="linger-zero", tracer=FINGERPRINT)
def honest_reset(stage: Stage) -> None:
    """B itself resets."""
    connection = stage.connection()
    _talk(connection)
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.client_end, errno=wait_error(connection.client),
                       peer_end="linger-zero")
    stage.expect_peer(connection.server_end, peer_end="reset-by-peer")


def _routed(stage: Stage) -> tuple[Namespace, Connection]:
    """A connection that has a router on its way, and has been used."""
    router, address = stage.router()
    with stage.listen(address=address) as listener:
        connection = stage.connection_to(listener)
    _talk(connection)
    return router, connection


@scenario("injected-suspected", tracer=FINGERPRINT)
def injected_by_router(stage: Stage) -> None:
    """A router on the way resets A in B's name, in packets with another TTL than those it passes on."""
    router, connection = _routed(stage)
    stage.inject(_forged_reset(stage, connection, FAR_DEVICE), hops=128, host=router)
    stage.expect_local(connection.client_end, errno=wait_error(connection.client),
                       certainty="likely", why="TTL 128", fields={
                           "segment.ttl": 128, "fingerprint.ttl": 63, "fingerprint.ttl_min": 63,
                           "fingerprint.ttl_max": 63, "fingerprint.segments": range(3, 1000)})


@scenario("reset-by-peer", peer="linger-zero", tracer=FINGERPRINT)
def honest_reset_by_router(stage: Stage) -> None:
    """The same router, and B itself resets: its TTL has lost a hop as every segment's before it."""
    router, connection = _routed(stage)
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.client_end, errno=wait_error(connection.client),
                       peer_end="linger-zero", fields={"segment.ttl": 63, "fingerprint.ttl": 63})
    stage.expect_peer(connection.server_end)
    end = connection.client_end
    stage.expect("forwarded-reset", End(router.inode, end.peer, end.local), pid=None,
                 hooks=("net_dev_queue",))


@scenario("peer-lost-state", peer="no-connection", tracer=FINGERPRINT)
def peer_lost_state(stage: Stage) -> None:
    """B forgets a connection that is idle; A's next data are answered by a reset."""
    connection = stage.connection()
    _talk(connection)
    forget(connection.server)
    until(lambda: tcp_info(connection.client).silence_ms >= IDLE_MS, "a pause")
    connection.client.send(b"still there?")
    stage.expect_local(connection.client_end, errno=wait_error(connection.client),
                       certainty="likely", peer_end="no-connection", peer_end_with=NO_SOCKET,
                       why_with=NO_SOCKET)
    stage.expect_peer(connection.server_end, hooks=NO_SOCKET)


@scenario("reset-by-peer", peer="no-connection", tracer=FINGERPRINT)
def peer_lost_state_in_conversation(stage: Stage) -> None:
    """B forgets the connection in the middle of a conversation: there was no pause."""
    connection = stage.connection()
    _talk(connection)
    forget(connection.server)
    connection.client.send(b"still there?")
    stage.expect_local(connection.client_end, errno=wait_error(connection.client))
    stage.expect_peer(connection.server_end, hooks=NO_SOCKET)


@scenario("close-unread", peer="reset-by-peer")
def both_ends(stage: Stage) -> None:
    """Both ends are on this host, and each says what the other died of."""
    connection = stage.connection()
    connection.client.send(b"x" * 7)
    wait_readable(connection.server, 7)
    connection.server.close()
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client),
                      peer_end="close-unread", why="closed with 7 bytes unread")
    stage.expect_local(connection.server_end, peer_end="reset-by-peer")


@scenario("no-connection")
def segment_invalid_to_conntrack(stage: Stage) -> None:
    """B tracks connections, and does not know the one that a segment belongs to."""
    stage.b.filter("input", "ct state new accept")
    stage.b.sysctl("netfilter/nf_conntrack_tcp_loose", 0)
    source, target = (stage.address(stage.a), 4000), (stage.address(stage.b), stage.unused_port())
    sniffer = stage.sniff(stage.a)
    stage.inject(Segment(source, target, 5000, 6000, ACK))
    sniffer.wait(lambda s: s.target == source and bool(s.flags & RST), "B's reset")
    stage.expect("no-connection", End(stage.b.inode, target, source), pid=None, hooks=NO_SOCKET,
                 why="INVALID to conntrack", why_with=stage.sees_conntrack(),
                 fields={"segment.conntrack": "INVALID"})
