# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A hundred deaths across twenty processes: whose was each?"""

import os
import socket
from dataclasses import dataclass

from children import Child
from death import ACCEPT, End
from registry import scenario
from stage import Stage, set_linger, wait_error, wait_readable

PROCESSES = 10
"""That serve, and as many that connect."""
CONNECTIONS = 5
"""Of each that connects. In a guest all tracers share one processor with it: ten times as many overrun their rings."""
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


def _stories(stage: Stage, address: tuple[str, int]) -> list[_Story]:
    """As the clients tell them, who write a line each: lines are not torn in a pipe."""
    told, tell = os.pipe()

    def work(_: Child) -> None:
        for number in range(CONNECTIONS):
            os.write(tell, _connect(stage, address, WAYS[number % len(WAYS)]).encode())

    clients = [Child(work) for _ in range(PROCESSES)]
    os.close(tell)
    with os.fdopen(told, encoding="ascii") as lines:
        fields = [line.split() for line in lines]
    for client in clients:
        client.wait()
    return [_Story(End(stage.a.inode, (host, int(port)), address), int(way), int(client), int(server))
            for host, port, way, client, server in fields]


@scenario("close-unread", peer="reset-by-peer")
def owner_crowd(stage: Stage) -> None:
    """Prefork servers and their clients; nothing but the kernel decides who gets whom."""
    listener = stage.listen(backlog=PROCESSES)
    servers = [Child(lambda _: _serve(listener)) for _ in range(PROCESSES)]
    stories = _stories(stage, listener.getsockname()[:2])
    for server in servers:
        server.kill()
    assert len(stories) == PROCESSES * CONNECTIONS
    for story in stories:
        ours, theirs = stage.mirror(story.end), story.end
        if story.way == ord("C"):
            stage.expect("linger-zero", theirs, pid=story.client_pid)
            stage.expect("reset-by-peer", ours, pid=story.server_pid, owner_surely_with=ACCEPT,
                         errno="ECONNRESET")
        else:
            slug = "close-unread" if story.way == ord("U") else "linger-zero"
            stage.expect(slug, ours, pid=story.server_pid)
            stage.expect("reset-by-peer", theirs, pid=story.client_pid, errno="ECONNRESET")
