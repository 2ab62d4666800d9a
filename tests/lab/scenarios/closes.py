# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The application closes in a way that makes the kernel reset: B's application, unless said."""

import socket

import net
from death import NO_SOCKET
from net import CLOSE, CLOSE_WAIT, FIN_WAIT2, until
from registry import scenario
from stage import (TCP_LINGER2, Connection, Stage, set_linger, wait_acked, wait_error,
                   wait_readable, wait_state)

LONG_FIN_TIMEOUT_S = 120
"""Beyond 60 s a closed connection in FIN_WAIT2 stays a full socket rather than a minisock."""


@scenario("close-unread", peer="reset-by-peer")
def close_unread(stage: Stage) -> None:
    """B closes before it has read what A sent."""
    connection = stage.connection()
    connection.client.send(b"x" * 10)
    wait_readable(connection.server, 10)
    connection.server.close()
    stage.expect_local(connection.server_end, why="10 bytes")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("linger-zero", peer="reset-by-peer")
def linger_zero(stage: Stage) -> None:
    """B closes with SO_LINGER { 1, 0 }."""
    connection = stage.connection()
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.server_end)
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("close-unread", peer="reset-by-peer")
def close_unread_with_linger_zero(stage: Stage) -> None:
    """Unread data outweighs SO_LINGER { 1, 0 }."""
    connection = stage.connection()
    connection.client.send(b"x" * 10)
    wait_readable(connection.server, 10)
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.server_end, why="10 bytes")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("disconnect", peer="reset-by-peer")
def disconnect(stage: Stage) -> None:
    """B connects its connected socket to AF_UNSPEC."""
    connection = stage.connection()
    net.disconnect(connection.server)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


def _expect_reset_after_fin(stage: Stage, connection: Connection,
                            hooks: tuple[str, ...] = ()) -> None:
    """B sent a FIN, later a reset, which those hooks tell of."""
    stage.expect_local(connection.server_end, hooks=hooks)
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("linger2-negative", peer="reset-after-peer-fin")
def linger2_negative(stage: Stage) -> None:
    """B does not want to wait for A's FIN: TCP_LINGER2 is negative when it closes in FIN_WAIT2."""
    connection = stage.connection()
    connection.server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    connection.server.shutdown(socket.SHUT_WR)
    wait_state(connection.server, FIN_WAIT2)
    connection.server.close()
    _expect_reset_after_fin(stage, connection)


@scenario("linger2-negative-fin", peer="reset-after-peer-fin")
def linger2_negative_fin(stage: Stage) -> None:
    """As before, but the FIN is acknowledged only after the close."""
    connection = stage.connection()
    connection.server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    connection.server.close()
    _expect_reset_after_fin(stage, connection)


def _wait_closed_server(stage: Stage, connection: Connection) -> None:
    """Until B's closed end waits for A's FIN."""
    port = connection.server_end.local[1]
    until(lambda: stage.b.tcp_states(port) == [FIN_WAIT2], "B to be in FIN_WAIT2")
    wait_state(connection.client, CLOSE_WAIT)


@scenario("data-after-close", peer="reset-after-peer-fin")
def data_after_close(stage: Stage) -> None:
    """A keeps sending to a connection that B closed, and which is still a full socket."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", LONG_FIN_TIMEOUT_S)
    connection = stage.connection()
    connection.server.close()
    _wait_closed_server(stage, connection)
    connection.client.send(b"more")
    _expect_reset_after_fin(stage, connection)


@scenario("data-after-close", peer="reset-after-peer-fin")
def data_after_close_with_its_ack(stage: Stage) -> None:
    """The segment that acknowledges B's FIN carries A's data: tcp_reset() never runs (the HTTP keep-alive race)."""
    connection = stage.connection()
    stage.a.filter("output", "tcp flags & (fin | syn | rst | psh | ack) == ack drop")
    connection.server.close()
    wait_state(connection.client, CLOSE_WAIT)
    connection.client.send(b"more")
    _expect_reset_after_fin(stage, connection)


@scenario("data-after-close", peer="reset-by-peer")
def data_after_close_fin_lost(stage: Stage) -> None:
    """A keeps sending as B's FIN has not reached it."""
    connection = stage.connection()
    stage.a.filter("input", "tcp flags & fin == fin drop")
    connection.server.close()
    connection.client.send(b"more")
    _expect_reset_after_fin(stage, connection)


@scenario("data-after-finwait2", peer="reset-after-peer-fin")
def data_after_finwait2(stage: Stage) -> None:
    """A keeps sending to a connection that B closed, and of which a minisock is left."""
    connection = stage.connection()
    connection.server.close()
    _wait_closed_server(stage, connection)
    connection.client.send(b"more")
    _expect_reset_after_fin(stage, connection, hooks=NO_SOCKET)


@scenario("data-after-shutdown", peer="reset-after-peer-fin")
def data_after_shutdown(stage: Stage) -> None:
    """A keeps sending after B has shut down both ways; B's application still holds the socket."""
    connection = stage.connection()
    connection.server.shutdown(socket.SHUT_RDWR)
    wait_state(connection.server, FIN_WAIT2)
    wait_state(connection.client, CLOSE_WAIT)
    connection.client.send(b"more")
    wait_state(connection.server, CLOSE)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("linger-zero", peer="reset-after-peer-fin")
def linger_zero_after_shutdown(stage: Stage) -> None:
    """B shuts down, later closes with SO_LINGER { 1, 0 }: all data had been delivered."""
    connection = stage.connection()
    connection.server.send(b"all")
    connection.server.shutdown(socket.SHUT_WR)
    wait_acked(connection.server)
    wait_state(connection.server, FIN_WAIT2)
    set_linger(connection.server, 0)
    connection.server.close()
    _expect_reset_after_fin(stage, connection)
