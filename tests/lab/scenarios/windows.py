# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A does not read, its window closes, and B gives up waiting for it to open."""

import contextlib
import socket

from net import until
from registry import scenario
from stage import Connection, Stage, set_user_timeout, tcp_info, wait_error

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


@scenario("zero-window-timeout")
def zero_window_timeout(stage: Stage) -> None:
    """The probes of a closed window get no answer, tcp_retries2 times."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    stage.cut()
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))


@scenario("zero-window-user-timeout")
def zero_window_user_timeout(stage: Stage) -> None:
    """The window stays closed for longer than TCP_USER_TIMEOUT."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    set_user_timeout(connection.server, 1500)
    fill_window(connection)
    stage.cut()
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))


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


@scenario("window-never-reopened")
def window_never_reopened(stage: Stage) -> None:
    """The window closes with a segment under way: it is retransmitted, never taken."""
    connection = stage.connection()
    # The window offered so far is larger than the buffer is now: what overruns it is dropped.
    connection.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, TINY_BUFFER)
    set_user_timeout(connection.server, 1500)
    connection.server.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            connection.server.send(b"x" * 65536)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
