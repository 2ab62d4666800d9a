# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What looks like a death, or like another one, and must not be mistaken for it."""

from net import until
from registry import scenario
from stage import Connection, Stage, set_linger, tcp_info, wait_error, wait_readable


def _close_both(connection: Connection) -> None:
    """An ordinary end, B first; each end waits for what the other one says."""
    connection.server.close()
    assert connection.client.recv(1) == b""
    connection.client.close()


def _wait_ended(stage: Stage, connection: Connection) -> None:
    """Until A's end is gone and B's is past all that could fail (TIME_WAIT)."""
    port = connection.client_end.local[1]
    until(lambda: not stage.a.tcp_states(port), "A's end to be gone")


@scenario()
def close_with_nothing_unread(stage: Stage) -> None:
    """Data both ways, all read, closed: no incident at all."""
    connection = stage.connection()
    connection.client.send(b"question")
    assert connection.server.recv(100) == b"question"
    connection.server.send(b"answer")
    assert connection.client.recv(100) == b"answer"
    _close_both(connection)
    _wait_ended(stage, connection)


@scenario()
def linger_positive(stage: Stage) -> None:
    """SO_LINGER with a time only waits for the peer to take everything."""
    connection = stage.connection()
    set_linger(connection.server, 5)
    connection.server.send(b"all")
    connection.server.close()
    assert connection.client.recv(100) == b"all"
    assert connection.client.recv(1) == b""
    connection.client.close()
    _wait_ended(stage, connection)


@scenario()
def outage_survived(stage: Stage) -> None:
    """Segments are lost for half a second, retransmission recovers."""
    connection = stage.connection()
    stage.cut()
    connection.server.send(b"news")
    until(lambda: tcp_info(connection.server).retransmits >= 1, "a retransmission")
    stage.a.unfilter()
    assert connection.client.recv(100) == b"news"
    _close_both(connection)
    _wait_ended(stage, connection)


@scenario("close-unread", peer="reset-by-peer")
def two_causes_side_by_side(stage: Stage) -> None:
    """Two connections of one listener die at the same time of different causes."""
    listener = stage.listen()
    unread, lingering = (stage.connection_to(listener) for _ in range(2))
    unread.client.send(b"x" * 10)
    lingering.client.send(b"x" * 10)
    assert lingering.server.recv(100) == b"x" * 10
    wait_readable(unread.server, 10)
    set_linger(lingering.server, 0)
    unread.server.close()
    lingering.server.close()
    stage.expect_local(unread.server_end, why="10 bytes")
    stage.expect("linger-zero", lingering.server_end)
    for connection in (unread, lingering):
        stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
