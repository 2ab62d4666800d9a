# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Multipath TCP: connections aborted, paths given up and refused."""

import json
import os
import socket

import mptcp
from death import End
from half_open import TIMERS
from net import ACK, DEVICE, ESTABLISHED, PSH, RST, SYN, SYN_RECV, Namespace, Segment, until
from registry import scenario
from stage import Connection, Stage, set_linger, wait_error, wait_readable

RESETS = "tcp flags & rst == rst drop"
SECOND_ADDRESS = 3
FOREIGN_PORT = 20_000
"""Of A, which never gives it to a socket by itself."""
CLOSE_TIMEOUT_S = 60
"""How long MPTCP waits for its end to be confirmed: no setting shortens it."""


def _wait_reset(stage: Stage, end: End) -> None:
    """Until A's path is no more. Whether its application hears of it depends on the other paths."""
    until(lambda: not stage.a.tcp_states(end.local[1]), "A's path to be gone")


def _expect_reset_client(stage: Stage, connection: Connection) -> None:
    _wait_reset(stage, connection.client_end)
    stage.expect_peer(connection.client_end)


@scenario("mptcp-close-unread", peer="mptcp-reset-by-peer")
def mptcp_close_unread(stage: Stage) -> None:
    """B closes before it has read what A sent."""
    connection = mptcp.connect(stage).connection
    connection.client.send(b"x" * 10)
    wait_readable(connection.server, 10)
    connection.server.close()
    stage.expect_local(connection.server_end)
    _expect_reset_client(stage, connection)


@scenario("mptcp-close-unread", peer="mptcp-reset-by-peer")
def mptcp_linger_zero(stage: Stage) -> None:
    """B closes with SO_LINGER { 1, 0 }."""
    connection = mptcp.connect(stage).connection
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.server_end)
    _expect_reset_client(stage, connection)


@scenario("mptcp-reset-by-peer")
def mptcp_reset_by_peer(stage: Stage) -> None:
    """A reset of which B knows nothing (forged) hits the only path."""
    path = mptcp.connect(stage)
    end = path.connection.client_end
    stage.inject(Segment(end.peer, end.local, path.server_next, 0, RST))
    _wait_reset(stage, end)
    stage.expect_local(end)
    stage.cut()
    set_linger(path.connection.server, 0)
    path.connection.server.close()
    stage.expect("mptcp-close-unread", path.connection.server_end)
    stage.expect("reset-filtered", end, pid=None, hooks=("kfree_skb",))


@scenario("reset-by-peer", peer="linger-zero")
def mptcp_fallback_reset(stage: Stage) -> None:
    """A asked for MPTCP and B speaks only TCP: what is left is an ordinary connection."""
    listener = stage.listen()
    client = mptcp.client(stage)
    client.connect(listener.getsockname()[:2])
    server = stage.accept(listener)
    end = End(stage.a.inode, client.getsockname()[:2], client.getpeername()[:2])
    set_linger(server, 0)
    server.close()
    stage.expect_local(end, errno=wait_error(client))
    stage.expect_peer(stage.mirror(end))


@scenario("mptcp-fastclose", peer="mptcp-reset-by-peer")
def mptcp_fastclose(stage: Stage) -> None:
    """B is told that A aborts the connection (forged, so that the path itself is still open)."""
    path = mptcp.connect(stage)
    connection = path.connection
    stage.inject(Segment(connection.client_end.local, connection.server_end.local,
                         path.client_next, path.server_next, ACK,
                         options=mptcp.fastclose(path.server_key)))
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
    _expect_reset_client(stage, connection)


def _allow_paths(stage: Stage, *hosts: Namespace) -> None:
    mptcp.client(stage).close()  # first of all: whether there is MPTCP
    for host in hosts:
        host.run("ip", "mptcp", "limits", "set", "subflows", "2")


def _add_path(stage: Stage) -> str:
    """A gets another address, from which its kernel adds a path to B by itself."""
    address = stage.host_address(SECOND_ADDRESS)
    prefix = f"{address}/{64 if stage.is_ipv6 else 24}"
    stage.a.run("ip", "address", "add", prefix, "dev", DEVICE, *["nodad"] * stage.is_ipv6)
    # B shall not have to ask for it: SYN-ACKs that wait for the answer would all come at once.
    link = json.loads(stage.a.run("ip", "-json", "link", "show", DEVICE))[0]["address"]
    stage.b.run("ip", "neighbour", "replace", address, "lladdr", link, "dev", DEVICE)
    stage.a.run("ip", "mptcp", "endpoint", "add", address, "subflow")
    return address


@scenario("mptcp-data-error", peer="mptcp-reset-by-peer")
def mptcp_data_error(stage: Stage) -> None:
    """Data without a mapping reaches B, as when a box strips options; a second path goes on."""
    _allow_paths(stage, stage.a, stage.b)
    path = mptcp.connect(stage)
    connection = path.connection
    _add_path(stage)
    port = connection.server_end.local[1]
    until(lambda: stage.b.tcp_states(port).count(ESTABLISHED) == 2, "a second path")
    stage.inject(Segment(connection.client_end.local, connection.server_end.local,
                         path.client_next, path.server_next, PSH | ACK, data=b"lost"))
    stage.expect_local(connection.server_end)
    _expect_reset_client(stage, connection)
    connection.client.send(b"still here")
    assert connection.server.recv(100) == b"still here"
    mptcp.close_both(stage, path)


@scenario("mptcp-subflow-reset")
def mptcp_subflow_reset(stage: Stage) -> None:
    """A adds a path to an address behind which there is only TCP."""
    _allow_paths(stage, stage.a)
    path = mptcp.connect(stage)
    target = path.listener.getsockname()[:2]
    path.listener.close()
    stage.b.filter("input", RESETS)
    plain = stage.tcp_socket(stage.b)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    plain.bind(target)
    plain.listen(8)
    sniffer = stage.sniff(stage.a)
    address = _add_path(stage)
    reset = sniffer.wait(lambda s: s.source[0] == address and bool(s.flags & RST), "A's reset")
    end = End(stage.a.inode, reset.source, reset.target)
    stage.expect_local(end, pid=None, why="MPTCP-specific error")
    stage.expect_filtered(stage.mirror(end), pid=os.getpid())
    stage.cut()  # B, which did not hear the reset, would repeat its SYN-ACK
    plain.close()
    until(lambda: SYN_RECV not in stage.b.tcp_states(end.local[1]), "B to give the handshake up")
    stage.expect("listener-closed-in-handshake", stage.mirror(end), hooks=TIMERS)
    stage.a.unfilter()
    mptcp.close_both(stage, path)


@scenario("mptcp-close-timeout", slow_limit_s=3 * CLOSE_TIMEOUT_S)
def mptcp_close_timeout(stage: Stage) -> None:
    """Both ends close, and neither hears of the other."""
    path = mptcp.connect(stage)
    path.listener.close()
    connection = path.connection
    for host in (stage.a, stage.b):
        host.filter("input", "meta l4proto tcp drop")
    connection.client.close()
    connection.server.close()
    for host, end in ((stage.a, connection.client_end), (stage.b, connection.server_end)):
        until(lambda host=host, end=end: not host.tcp_states(end.local[1]), "the path to be gone",
              2 * CLOSE_TIMEOUT_S)
        stage.expect_local(end, why="closed by its application")


@scenario("mptcp-join-refused")
def mptcp_join_refused(stage: Stage) -> None:
    """A SYN wants to add a path to a connection that B does not have."""
    target = mptcp.listen(stage).getsockname()[:2]
    source = (stage.address(stage.a), FOREIGN_PORT)
    sniffer = stage.sniff(stage.a)
    stage.inject(Segment(source, target, 1000, 0, SYN, options=mptcp.join_syn(b"none")))
    sniffer.wait(lambda s: s.source == target and bool(s.flags & RST), "B's reset")
    stage.expect_local(End(stage.b.inode, target, source))


@scenario("mptcp-child-disposed")
def mptcp_child_disposed(stage: Stage) -> None:
    """A path is to be added by somebody who does not know the keys."""
    stage.a.filter("input", f"tcp dport {FOREIGN_PORT} drop")
    path = mptcp.connect(stage)
    target = path.connection.server_end.local
    source = (stage.address(stage.a), FOREIGN_PORT)
    _allow_paths(stage, stage.b)
    sniffer = stage.sniff(stage.a)
    stage.inject(Segment(source, target, 1000, 0, SYN, options=mptcp.join_syn(path.token)))
    answer = sniffer.wait(lambda s: s.target == source and s.flags == SYN | ACK, "a SYN-ACK")
    stage.inject(Segment(source, target, 1001, answer.seq + 1, ACK, options=mptcp.join_ack()))
    sniffer.wait(lambda s: s.target == source and bool(s.flags & RST), "B's reset")
    stage.expect_local(End(stage.b.inode, target, source))
    stage.expect_filtered(End(stage.a.inode, source, target))
