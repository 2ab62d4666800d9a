# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A crowd of deaths across twenty processes: whose was each?

A hundred, or as many as CROWD in the environment says.
"""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from children import Child
from death import ACCEPT, End
from registry import scenario
from stage import Stage, set_linger, wait_error, wait_readable

PROCESSES = 10
"""That serve, and as many that connect."""
CONNECTIONS = 5
"""Of each that connects, in one wave. In a guest all tracers share one processor with it: each wave waits for them."""
AT_ONCE = PROCESSES if (os.cpu_count() or 1) > 1 else 1
"""So many connect side by side. On one emulated processor they would forever interrupt each other within the programs
that watch them, of which the kernel then leaves out some (docs/reconciliation.md)."""
WAVES = max(1, int(os.environ.get("CROWD", "0")) // (2 * PROCESSES * CONNECTIONS))
WAVE_S = 600.0
"""For a wave to be told."""
WAYS = b"ULC"
"""Closed with data unread, aborted by the server, aborted by the client."""


@dataclass(frozen=True)
class _Story:
    """How one connection went."""

    end: End
    way: int
    client_pid: int
    server_pid: int


def _serve(listener: socket.socket) -> None:
    while True:
        server, _ = listener.accept()
        way = server.recv(1)[0]
        server.send(os.getpid().to_bytes(4, "big"))
        if way == ord("C"):
            assert wait_error(server) == "ECONNRESET"
        else:
            wait_readable(server)
        if way == ord("L"):
            assert server.recv(1) == b"!"
            set_linger(server, 0)
        server.close()


def _connect(stage: Stage, address: tuple[str, int], way: int) -> str:
    client, end = stage.connect(address)
    client.send(bytes([way]))
    server_pid = int.from_bytes(client.recv(4), "big")
    if way == ord("C"):
        set_linger(client, 0)
    else:
        client.send(b"!")
        assert wait_error(client) == "ECONNRESET"
    client.close()
    return f"{end.local[0]} {end.local[1]} {way} {os.getpid()} {server_pid}\n"


def _client(stage: Stage, address: tuple[str, int], tell: int) -> Child:
    """One that connects; it writes a line of each connection: lines are not torn in a pipe."""

    def work(child: Child) -> None:
        for _ in range(WAVES):
            child.hear(WAVE_S)
            for number in range(CONNECTIONS):
                way = WAYS[(os.getpid() + number) % len(WAYS)]
                os.write(tell, _connect(stage, address, way).encode())

    return Child(work)


def _stories(stage: Stage, lines: TextIO, address: tuple[str, int]) -> Iterator[_Story]:
    """Of those that connect at once."""
    for _ in range(AT_ONCE * CONNECTIONS):
        host, port, way, client, server = lines.readline().split()
        yield _Story(End(stage.a.inode, (host, int(port)), address), int(way), int(client), int(server))


def _expect(stage: Stage, story: _Story) -> None:
    ours, theirs = stage.mirror(story.end), story.end
    if story.way == ord("C"):
        stage.expect("linger-zero", theirs, pid=story.client_pid)
        stage.expect("reset-by-peer", ours, pid=story.server_pid, owner_surely_with=ACCEPT,
                     errno="ECONNRESET")
    else:
        slug = "close-unread" if story.way == ord("U") else "linger-zero"
        stage.expect(slug, ours, pid=story.server_pid)
        stage.expect("reset-by-peer", theirs, pid=story.client_pid, errno="ECONNRESET")


@scenario("close-unread", peer="reset-by-peer")
def owner_crowd(stage: Stage) -> None:
    """Prefork servers and their clients; nothing but the kernel decides who gets whom."""
    listener = stage.listen(backlog=PROCESSES)
    address = listener.getsockname()[:2]
    servers = [Child(lambda _: _serve(listener)) for _ in range(PROCESSES)]
    told, tell = os.pipe()
    clients = [_client(stage, address, tell) for _ in range(PROCESSES)]
    os.close(tell)
    with os.fdopen(told, encoding="ascii") as lines:
        for _ in range(WAVES):
            for first in range(0, PROCESSES, AT_ONCE):
                for client in clients[first:first + AT_ONCE]:
                    client.say()
                for story in _stories(stage, lines, address):
                    _expect(stage, story)
            stage.until_told()
    for client in clients:
        client.wait()
    for server in servers:
        server.kill()
