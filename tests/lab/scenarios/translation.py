# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A router between A and B translates addresses, and forgets a connection in its middle.

Without its entry the router takes what B sends for its own, and passes on what A sends as it is.
"""

from death import NO_SOCKET, End
from net import Namespace, until
from registry import scenario
from stage import Connection, Impossible, Stage, tcp_info, wait_acked, wait_error

FINGERPRINT = ("--fingerprint",)
LOOSE = "netfilter/nf_conntrack_tcp_loose"
"""Whether conntrack takes up a connection in its middle."""
ESTABLISHED_S = "netfilter/nf_conntrack_tcp_timeout_established"
IDLE_MS = 2500
"""Longer than the entry of a connection lasts, when that is a second."""


def _translated(stage: Stage, *settings: tuple[str, int]) -> tuple[Namespace, Connection]:
    """A connection in which B takes the router for its peer; it has been used both ways."""
    router, address = stage.router()
    router.masquerade("right")
    for key, value in settings:
        router.sysctl(key, value)
    with stage.listen(address=address) as listener:
        seen = stage.connection_to(listener)
    server_end = End(stage.b.inode, seen.server.getsockname()[:2], seen.server.getpeername()[:2])
    assert server_end.peer[0] != seen.client_end.local[0]
    seen.client.send(b"question")
    assert seen.server.recv(100) == b"question"
    connection = Connection(seen.client, seen.server, seen.client_end, server_end)
    _answer(connection)
    return router, connection


def _answer(connection: Connection) -> None:
    """Both have just heard of each other: no pause comes before what is done next."""
    connection.server.send(b"answer")
    assert connection.client.recv(100) == b"answer"
    wait_acked(connection.client)
    wait_acked(connection.server)


def _flush(router: Namespace) -> None:
    try:
        router.flush_conntrack()
    except OSError as error:
        raise Impossible(f"this kernel's conntrack cannot be flushed: {error}") from error


def _expect_stranger(stage: Stage, router: Namespace, server_end: End, conntrack: str,
                     why: str = "") -> None:
    """The router has no connection of its own that B's segment could be for."""
    stage.expect("no-connection", End(router.inode, server_end.peer, server_end.local), pid=None,
                 hooks=NO_SOCKET, why=why, why_with=stage.sees_conntrack(),
                 fields={"segment.conntrack": conntrack})


@scenario("no-connection", peer="reset-by-peer")
def nat_entry_flushed(stage: Stage) -> None:
    """B's next data end at the router, which answers with a reset; B takes that for A's."""
    router, connection = _translated(stage, (LOOSE, 0))
    _flush(router)
    connection.server.send(b"more")
    stage.expect_peer(connection.server_end, errno=wait_error(connection.server))
    _expect_stranger(stage, router, connection.server_end, "INVALID", why="INVALID to conntrack")


@scenario("no-connection", peer="reset-by-peer")
def nat_entry_flushed_loosely(stage: Stage) -> None:
    """The same where conntrack takes B's data for a new connection, to the router itself."""
    router, connection = _translated(stage, (LOOSE, 1))
    _flush(router)
    connection.server.send(b"more")
    stage.expect_peer(connection.server_end, errno=wait_error(connection.server))
    _expect_stranger(stage, router, connection.server_end, "NEW")


@scenario("no-connection", peer="peer-lost-state", tracer=FINGERPRINT)
def nat_entry_expired(stage: Stage) -> None:
    """The connection is idle for longer than the router remembers it."""
    router, connection = _translated(stage, (LOOSE, 0), (ESTABLISHED_S, 1))
    until(lambda: tcp_info(connection.server).silence_ms >= IDLE_MS, "a pause")
    connection.server.send(b"more")
    stage.expect_peer(connection.server_end, errno=wait_error(connection.server),
                      certainty="likely")
    _expect_stranger(stage, router, connection.server_end, "INVALID", why="INVALID to conntrack")


@scenario("no-connection", peer="reset-by-peer")
def untranslated_segment(stage: Stage) -> None:
    """A's next data pass the router as they are: B, which tracks connections too, knows no A."""
    router, connection = _translated(stage, (LOOSE, 0))
    stage.b.filter("input", "ct state new accept")
    stage.b.sysctl(LOOSE, 0)
    _answer(connection)
    _flush(router)
    connection.client.send(b"more")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    end = stage.mirror(connection.client_end)
    stage.expect_local(end, hooks=NO_SOCKET, why="INVALID to conntrack",
                       why_with=stage.sees_conntrack(), fields={"segment.conntrack": "INVALID"})
    stage.expect("forwarded-reset", End(router.inode, end.local, end.peer), pid=None,
                 hooks=("net_dev_queue",))


@scenario()
def nat_entry_flushed_in_time(stage: Stage) -> None:
    """A speaks first, and the router makes a new entry of that: nobody notices anything."""
    router, connection = _translated(stage, (LOOSE, 1))
    _flush(router)
    connection.client.send(b"more")
    assert connection.server.recv(100) == b"more"
    connection.server.close()
    assert connection.client.recv(1) == b""
    connection.client.close()
