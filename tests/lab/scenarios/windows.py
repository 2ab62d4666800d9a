# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A does not read, its window closes, and B gives up waiting for it to open."""

import contextlib
import socket

from net import ACK, CLOSE_WAIT, DEVICE, LAST_ACK, Segment, until
from registry import scenario
from stage import (Connection, Impossible, Stage, outstanding, set_linger, set_user_timeout,
                   tcp_info, wait_error, wait_state)

SMALL_BUFFER = 4096
TINY_BUFFER = 1024
CHUNK = b"x" * 512


def _is_settled(sock: socket.socket) -> bool:
    """Everything is acknowledged, or waits for a window and nothing is under way."""
    info = tcp_info(sock)
    return info.unacked == 0 and (info.unsent == 0 or info.send_window == 0)


def fill_window(connection: Connection) -> None:
    """Writes until A's window is closed and nothing is under way: only probes are left to B."""
    server = connection.server
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while tcp_info(server).unsent == 0:
        server.send(CHUNK)
        until(lambda: _is_settled(server), "A to acknowledge or to close its window")


def _expect_shut(stage: Stage, connection: Connection, least_ms: int = 1) -> None:
    """B waits until it has an error, and knows how long it waited: by the same clock as TCP_INFO,
    which goes on."""
    error = wait_error(connection.server)
    waited = range(least_ms, tcp_info(connection.server).window_limited_ms + 1)
    stage.expect_local(connection.server_end, errno=error, fields={
        "tcp.zero_window_ms": waited, "tcp.window_limited_ms": waited})


@scenario("zero-window-timeout")
def zero_window_timeout(stage: Stage) -> None:
    """The probes of a closed window get no answer, tcp_retries2 times."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    stage.cut()
    _expect_shut(stage, connection, least_ms=200)


@scenario("zero-window-user-timeout")
def zero_window_user_timeout(stage: Stage) -> None:
    """The window stays closed for longer than TCP_USER_TIMEOUT."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    set_user_timeout(connection.server, 1500)
    fill_window(connection)
    stage.cut()
    _expect_shut(stage, connection, least_ms=1500)


@scenario("reset-by-peer", peer="close-unread")
def reset_while_window_shut(stage: Stage) -> None:
    """A, which has not read for a while, closes: B's line says how long its window was shut."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    until(lambda: tcp_info(connection.server).window_limited_ms >= 50, "B to wait for A")
    connection.client.close()
    _expect_shut(stage, connection, least_ms=50)
    stage.expect_peer(connection.client_end)


def _read_all(connection: Connection) -> None:
    """A reads until B has nothing left to send."""
    connection.client.setblocking(False)

    def has_all() -> bool:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection.client.recv(65536)
        return outstanding(connection.server) == 0

    until(has_all, "B to send the rest")
    until(has_all, "nothing left to read")


@scenario("reset-by-peer", peer="linger-zero")
def window_open_again(stage: Stage) -> None:
    """A's window was shut for a while, but no longer when A resets: what counts is in its life."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    until(lambda: tcp_info(connection.server).window_limited_ms >= 50, "B to wait for A")
    _read_all(connection)
    waited_ms = tcp_info(connection.server).window_limited_ms
    set_linger(connection.client, 0)
    connection.client.close()
    stage.expect_peer(connection.client_end)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server), fields={
        "tcp.zero_window_ms": None, "tcp.window_limited_ms": range(waited_ms, waited_ms + 2)})


@scenario("orphan-zero-window-timeout")
def orphan_zero_window_timeout(stage: Stage) -> None:
    """As zero-window-timeout, but B's application has closed."""
    stage.b.sysctl("ipv4/tcp_orphan_retries", 1)
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    stage.cut()
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: not stage.b.tcp_states(port), "B's end to be gone")
    stage.expect_local(connection.server_end)


def _is_shut(sock: socket.socket) -> bool:
    return tcp_info(sock).send_window == 0


@scenario("window-never-reopened")
def window_never_reopened_by_full_receiver(stage: Stage) -> None:
    """The window closes with a segment under way: it is retransmitted, never taken."""
    connection = stage.connection()
    # The window offered so far is larger than the buffer is now: what overruns it is dropped.
    connection.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, TINY_BUFFER)
    set_user_timeout(connection.server, 1500)
    connection.server.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.server.send(b"x" * 65536)
    until(lambda: _is_shut(connection.server) or tcp_info(connection.server).retransmits > 1,
          "A to close its window, or not to")
    if not _is_shut(connection.server):
        raise Impossible("a full receiver drops data but leaves its window open before 6.6")
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))


@scenario("window-never-reopened")
def window_never_reopened(stage: Stage) -> None:
    """A segment is under way when an ACK says that the window is closed; nothing more is heard."""
    # The ACK must come before the first retransmission, however busy the machine is.
    stage.b.run("ip", "route", "add", stage.address(stage.a), "dev", DEVICE, "rto_min", "2s")
    listener = stage.listen()
    sniffer = stage.sniff(stage.a)
    connection = stage.connection_to(listener)
    end = connection.server_end
    answer = sniffer.wait(lambda s: s.source == end.local and s.target == end.peer, "a SYN-ACK")
    stage.cut()
    set_user_timeout(connection.server, 1500)
    connection.server.send(b"x" * 100)
    # One beyond what is expected: before 6.6 a window shrinks only by a segment that is new.
    stage.inject(Segment(end.peer, end.local, answer.ack + 1, answer.seq + 1, ACK, window=0))
    until(lambda: tcp_info(connection.server).send_window == 0, "B to take the window for closed")
    stage.expect_local(end, errno=wait_error(connection.server))


def _half_closed(stage: Stage) -> Connection:
    """A has finished sending, and does not read what B sends."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    connection.client.shutdown(socket.SHUT_WR)
    wait_state(connection.server, CLOSE_WAIT)
    return connection


@scenario("disconnect-unsent", peer="reset-after-close")
def disconnect_unsent(stage: Stage) -> None:
    """Both ends have finished, but B could not send it all when it closes with SO_LINGER 0."""
    connection = _half_closed(stage)
    fill_window(connection)
    connection.server.shutdown(socket.SHUT_WR)
    wait_state(connection.server, LAST_ACK)
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_local(connection.server_end, why="unsent")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario()
def linger_zero_when_all_is_sent(stage: Stage) -> None:
    """As disconnect-unsent, but everything was sent: no reset, and nobody is harmed."""
    connection = _half_closed(stage)
    stage.cut()
    connection.server.shutdown(socket.SHUT_WR)
    wait_state(connection.server, LAST_ACK)
    set_linger(connection.server, 0)
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: not stage.b.tcp_states(port), "B's end to be gone")
