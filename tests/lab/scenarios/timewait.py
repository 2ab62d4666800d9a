# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What is left of a connection that B closed first: FIN_WAIT2, TIME_WAIT, and what meets them."""

import socket

from death import NO_SOCKET
from net import ACK, CLOSE_WAIT, FIN, FIN_WAIT2, RST, SYN, TIME_WAIT, Segment, Sniffer, until
from registry import scenario
from stage import Connection, Stage, forget_both, set_linger, wait_error, wait_state

BY_SEGMENT = ("tcp_timewait_state_process", "timer_cancel")
"""What tells that a segment ended a minisock: any of these."""

BY_TIMER = ("tw_timer_handler", "timer_expire_entry")
"""What tells that its timer did."""

KEPT: dict[str, tuple[str, ...]] = {
    "hooks": ("tcp_timewait_state_process", "timer_cancel"),
    "certain_with": ("tcp_timewait_state_process", "sockets of dropped segments"),
    "why_with": ("tcp_timewait_state_process", "sockets of dropped segments"),
}
"""What tells that a reset changed nothing; in which substate, and what was due."""

TIMEWAIT_S = 60
"""How long TIME_WAIT lasts; what tcp_fin_timeout exceeds it by is spent as a full socket."""


def _sniffed(stage: Stage) -> tuple[Connection, Sniffer]:
    sniffer = stage.sniff(stage.a)
    return stage.connection(), sniffer


def _server_states(stage: Stage, connection: Connection) -> list[int]:
    return stage.b.tcp_states(connection.server_end.local[1])


def _wait_forgotten(stage: Stage, connection: Connection) -> None:
    until(lambda: not _server_states(stage, connection), "B's end to be gone")


def _close_server(stage: Stage, connection: Connection) -> None:
    """B closes; ends when it waits for A's FIN."""
    connection.server.close()
    until(lambda: _server_states(stage, connection) == [FIN_WAIT2], "B to be in FIN_WAIT2")
    wait_state(connection.client, CLOSE_WAIT)


def _time_wait(stage: Stage, connection: Connection, sniffer: Sniffer) -> int:
    """B closes, then A; the sequence number that B expects when it is in TIME_WAIT."""
    _close_server(stage, connection)
    connection.client.close()
    source = connection.client_end.local
    fin = sniffer.wait(lambda s: s.source == source and bool(s.flags & FIN), "A's FIN")
    until(lambda: _server_states(stage, connection) == [TIME_WAIT], "B to be in TIME_WAIT")
    return fin.seq + fin.payload + 1


def _from_client(connection: Connection, seq: int, flags: int, ack: int = 0) -> Segment:
    end = connection.client_end
    return Segment(end.local, end.peer, seq, ack, flags)


def _expect_answer(stage: Stage, connection: Connection, seq: int) -> None:
    """B is still in TIME_WAIT: it acknowledges what is out of its window, unheard by A's kernel."""
    stage.cut()
    sniffer = stage.sniff(stage.a)
    stage.inject(_from_client(connection, seq, ACK))
    source = connection.server_end.local
    sniffer.wait(lambda s: s.source == source and s.flags == ACK, "B's ACK")


@scenario("time-wait-assassination")
def time_wait_assassination(stage: Stage) -> None:
    """A reset with the right sequence number meets B's TIME_WAIT."""
    connection, sniffer = _sniffed(stage)
    due = _time_wait(stage, connection, sniffer)
    stage.inject(_from_client(connection, due, RST))
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, hooks=BY_SEGMENT)


@scenario("reset-in-time-wait")
def reset_in_time_wait(stage: Stage) -> None:
    """As before, but B's tcp_rfc1337 protects TIME_WAIT."""
    stage.b.sysctl("ipv4/tcp_rfc1337", 1)
    connection, sniffer = _sniffed(stage)
    due = _time_wait(stage, connection, sniffer)
    stage.inject(_from_client(connection, due, RST))
    _expect_answer(stage, connection, due - 10)
    stage.expect_local(connection.server_end, **KEPT, why="that was due")


@scenario("reset-in-time-wait")
def reset_in_time_wait_inexact(stage: Stage) -> None:
    """A reset whose sequence number is not the one that is due changes nothing."""
    connection, sniffer = _sniffed(stage)
    due = _time_wait(stage, connection, sniffer)
    stage.inject(_from_client(connection, due + 5, RST))
    _expect_answer(stage, connection, due - 10)
    stage.expect_local(connection.server_end, **KEPT, why="5 bytes beyond")


@scenario("time-wait-recycled")
def time_wait_recycled(stage: Stage) -> None:
    """A connects again from the port whose last connection is in TIME_WAIT at B."""
    listener = stage.listen()
    old = stage.connection_to(listener)
    old.server.close()
    wait_state(old.client, CLOSE_WAIT)
    old.client.close()
    port = old.client_end.local[1]
    until(lambda: stage.b.tcp_states(port) == [TIME_WAIT], "B to be in TIME_WAIT")
    until(lambda: not stage.a.tcp_states(port), "A's port to be free")
    client = stage.tcp_socket(stage.a)
    client.bind(old.client_end.local)
    client.connect(old.client_end.peer)
    server = stage.accept(listener)
    forget_both(Connection(client, server, old.client_end, old.server_end))
    stage.expect_local(old.server_end, hooks=("inet_twsk_deschedule_put", "timer_cancel"))


@scenario()
def time_wait_meets_old_data(stage: Stage) -> None:
    """TIME_WAIT answers segments of the old connection, and lives on."""
    connection, sniffer = _sniffed(stage)
    due = _time_wait(stage, connection, sniffer)
    _expect_answer(stage, connection, due - 10)
    assert _server_states(stage, connection) == [TIME_WAIT]


@scenario()
def syn_in_time_wait_without_listener(stage: Stage) -> None:
    """A SYN that TIME_WAIT would make room for, but nobody listens: it is acknowledged."""
    connection, sniffer = _sniffed(stage)
    due = _time_wait(stage, connection, sniffer)
    stage.cut()
    answers = stage.sniff(stage.a)
    stage.inject(_from_client(connection, due + 1000, SYN))
    source = connection.server_end.local
    answers.wait(lambda s: s.source == source and s.flags == ACK, "B's ACK")
    assert _server_states(stage, connection) == [TIME_WAIT]


@scenario("reset-after-close", peer="linger-zero")
def reset_after_close_by_default(stage: Stage) -> None:
    """A has closed, and is a minisock in FIN_WAIT2 when B resets rather than closes."""
    connection = stage.connection()
    connection.client.close()
    wait_state(connection.server, CLOSE_WAIT)
    port = connection.client_end.local[1]
    until(lambda: stage.a.tcp_states(port) == [FIN_WAIT2], "A to be in FIN_WAIT2")
    set_linger(connection.server, 0)
    connection.server.close()
    until(lambda: not stage.a.tcp_states(port), "A's end to be gone")
    stage.expect_local(connection.client_end, hooks=BY_SEGMENT)
    stage.expect_peer(connection.server_end)


@scenario("finwait2-timeout")
def finwait2_timeout(stage: Stage) -> None:
    """A does not close."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", 1)
    connection = stage.connection()
    _close_server(stage, connection)
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, hooks=BY_TIMER)


@scenario("finwait2-timeout", peer="reset-after-peer-fin")
def finwait2_timeout_then_data(stage: Stage) -> None:
    """As before, and A sends when B has forgotten the connection."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", 1)
    connection = stage.connection()
    _close_server(stage, connection)
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, hooks=BY_TIMER)
    connection.client.send(b"anybody?")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect("no-connection", connection.server_end, hooks=NO_SOCKET)


@scenario("finwait2-long-timeout")
def finwait2_long_timeout(stage: Stage) -> None:
    """Beyond 60 s the wait begins as a full socket's; the rest of it is a minisock's."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", TIMEWAIT_S + 1)
    connection = stage.connection()
    _close_server(stage, connection)
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, why=f"tcp_fin_timeout = {TIMEWAIT_S + 1} s")
    stage.expect("finwait2-timeout", connection.server_end, hooks=BY_TIMER)


@scenario()
def finwait2_long_then_fin(stage: Stage) -> None:
    """A closes while B waits as a full socket: an ordinary end."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", 2 * TIMEWAIT_S)
    connection = stage.connection()
    _close_server(stage, connection)
    connection.client.close()
    until(lambda: _server_states(stage, connection) == [TIME_WAIT], "B to be in TIME_WAIT")


@scenario("finwait2-timeout-reset", peer="reset-after-peer-fin")
def finwait2_timeout_reset(stage: Stage) -> None:
    """tcp_fin_timeout is shortened while B waits as a full socket."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", TIMEWAIT_S + 3)
    connection = stage.connection()
    _close_server(stage, connection)
    stage.b.sysctl("ipv4/tcp_fin_timeout", TIMEWAIT_S)
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect_local(connection.server_end)


@scenario("time-wait-overflow")
def time_wait_overflow(stage: Stage) -> None:
    """B may have one connection in TIME_WAIT, and has."""
    stage.b.sysctl("ipv4/tcp_max_tw_buckets", 1)
    _time_wait(stage, *_sniffed(stage))
    connection = stage.connection()
    connection.server.shutdown(socket.SHUT_WR)
    wait_state(connection.server, FIN_WAIT2)
    connection.client.close()
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, hooks=("inet_twsk_alloc",))


@scenario("syn-after-finwait2")
def syn_after_finwait2(stage: Stage) -> None:
    """A has forgotten the connection that B closed, and begins one from the same port."""
    stage.a.filter("input", "tcp flags & rst == rst drop")
    connection, sniffer = _sniffed(stage)
    due = stage.server_receives_next(sniffer, connection.server_end.local[1])
    _close_server(stage, connection)
    stage.inject(_from_client(connection, due + 1, SYN))
    _wait_forgotten(stage, connection)
    stage.expect_local(connection.server_end, hooks=NO_SOCKET)
    stage.expect_filtered(connection.client_end)


@scenario("out-of-order-after-close", peer="reset-after-peer-fin")
def out_of_order_after_close(stage: Stage) -> None:
    """The segment that acknowledges B's FIN stands beyond a gap."""
    connection, sniffer = _sniffed(stage)
    due = stage.server_receives_next(sniffer, connection.server_end.local[1])
    stage.a.filter("output", "tcp flags & (fin | syn | rst | psh | ack) == ack drop")
    connection.server.close()
    source = connection.server_end.local
    fin = sniffer.wait(lambda s: s.source == source and bool(s.flags & FIN), "B's FIN")
    wait_state(connection.client, CLOSE_WAIT)
    stage.inject(_from_client(connection, due + 100, FIN | ACK, fin.seq + 1))
    stage.expect_local(connection.server_end, why="100 bytes beyond")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
