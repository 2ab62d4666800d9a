# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Resets that arrive: here A's end is the one that the scenario is about."""

import socket

from death import NO_SOCKET
from net import ACK, CLOSE_WAIT, FIN_WAIT2, RST, SYN, Segment, until
from registry import scenario
from stage import Stage, set_linger, wait_error, wait_readable, wait_state
from .closes import LONG_FIN_TIMEOUT_S


@scenario("connection-refused", peer="no-listener")
def connection_refused(stage: Stage) -> None:
    """Where A connects to, nobody listens any more."""
    with stage.listen() as listener:
        target = listener.getsockname()[:2]
    client, end = stage.start_connect(target)
    stage.expect_local(end, errno=wait_error(client))
    stage.expect_peer(stage.mirror(end), hooks=NO_SOCKET)


@scenario("reset-by-peer")
def reset_by_peer(stage: Stage) -> None:
    """A reset with the right sequence number, of which B's kernel knows nothing (forged)."""
    listener = stage.listen()
    sniffer = stage.sniff(stage.a)
    connection = stage.connection_to(listener)
    seen = sniffer.wait(lambda s: s.flags & (SYN | ACK) == SYN | ACK, "a SYN-ACK")
    stage.inject(Segment(seen.source, seen.target, seen.seq + 1, 0, RST))
    stage.expect_local(connection.client_end, errno=wait_error(connection.client))


@scenario("reset-by-peer", peer="close-unread")
def reset_by_peer_with_own_unread(stage: Stage) -> None:
    """B closes with unread data. A has unread data too, which is not why it died."""
    connection = stage.connection()
    connection.server.send(b"y" * 20)
    connection.client.send(b"x" * 10)
    wait_readable(connection.client, 20)
    wait_readable(connection.server, 10)
    connection.server.close()
    stage.expect_local(connection.client_end, errno=wait_error(connection.client))
    stage.expect_peer(connection.server_end, why="10 bytes")


@scenario("reset-after-peer-fin", peer="linger-zero")
def reset_after_peer_fin(stage: Stage) -> None:
    """B has finished sending; A still holds its end when B resets."""
    connection = stage.connection()
    connection.server.shutdown(socket.SHUT_WR)
    wait_state(connection.client, CLOSE_WAIT)
    wait_state(connection.server, FIN_WAIT2)
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.client_end, errno=wait_error(connection.client))
    stage.expect_peer(connection.server_end)


@scenario("reset-after-close", peer="linger-zero")
def reset_after_close(stage: Stage) -> None:
    """A has closed; B, whose turn it is, resets rather than closes."""
    stage.a.sysctl("ipv4/tcp_fin_timeout", LONG_FIN_TIMEOUT_S)
    connection = stage.connection()
    connection.client.close()
    wait_state(connection.server, CLOSE_WAIT)
    port = connection.client_end.local[1]
    until(lambda: stage.a.tcp_states(port) == [FIN_WAIT2], "A to be in FIN_WAIT2")
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.client_end)
    stage.expect_peer(connection.server_end)
