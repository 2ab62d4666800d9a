# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Deaths by the thousand, for the hammer: each provocation makes some, and nothing else dies of it.

They happen between two namespaces: clients in A, servers in B. Port SILENT of B answers nothing, and what a muted
client sends vanishes at B.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Callable

from net import (CLOSE, ESTABLISHED, FIN_WAIT2, PATIENCE_S, Namespace, disconnect, until)
from stage import (TCP_LINGER2, forget, set_keepalive, set_linger, set_user_timeout, tcp_info,
                   wait_acked, wait_readable, wait_state)
from wires import join

SILENT = 7
PENDING_MAX = 64
"""Sockets that wait for their timeout at the same time, of one player."""
_DSCP_AF11 = 10 << 2

Provocation = Callable[["Player"], None]


class Range:
    """Where it happens."""

    def __init__(self) -> None:
        self.a, self.b = Namespace(), Namespace()
        join(self.a, self.b)
        self.b.run("nft", "-f", "-", text=f"""
            add table inet hammer
            add chain inet hammer input {{ type filter hook input priority 0; }}
            add rule inet hammer input tcp dport {SILENT} drop
            add rule inet hammer input ip dscp af11 drop
            add rule inet hammer input ip6 dscp af11 drop
        """)
        for namespace in (self.a, self.b):
            namespace.sysctl("ipv4/tcp_orphan_retries", 1)


class Player:
    """One process's sockets in one range and family."""

    def __init__(self, place: Range, family: socket.AddressFamily) -> None:
        self.place = place
        self.family = family
        self.pending: list[socket.socket] = []
        self.server_address = "fd09::2" if family == socket.AF_INET6 else "10.9.0.2"
        self._listener = self.listen()

    def listen(self) -> socket.socket:
        """A listener in B."""
        listener = self.place.b.socket(self.family)
        listener.bind((self.server_address, 0))
        listener.listen(64)
        return listener

    def client(self) -> socket.socket:
        """A socket of A."""
        return self.place.a.socket(self.family)

    def connection(self, listener: socket.socket | None = None) -> tuple[socket.socket, socket.socket]:
        """Client and server of a new connection."""
        listener = listener or self._listener
        client = self.client()
        client.connect(listener.getsockname()[:2])
        server, _ = listener.accept()
        return client, server

    def mute(self, client: socket.socket) -> None:
        """From now on nothing that it sends arrives."""
        if self.family == socket.AF_INET6:
            client.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, _DSCP_AF11)
        else:
            client.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, _DSCP_AF11)

    def silent_connect(self, user_timeout_ms: int) -> socket.socket:
        """A connect() that nobody answers."""
        client = self.client()
        set_user_timeout(client, user_timeout_ms)
        client.setblocking(False)
        client.connect_ex((self.server_address, SILENT))
        return client

    def wait_for(self, client: socket.socket) -> None:
        """Keeps a socket until it has died of its timer; makes room for it first."""
        while len(self.pending) >= PENDING_MAX:
            self.reap()
        self.pending.append(client)

    def reap(self) -> None:
        """Waits for the oldest of those to die."""
        client = self.pending.pop(0)
        until(lambda: tcp_info(client).state == CLOSE, "a timeout")
        client.close()

    def close(self) -> None:
        """Until nothing is pending."""
        while self.pending:
            self.reap()


def _send(client: socket.socket) -> None:
    """A byte, unless the connection was reset already: a host short of memory for orphans does that."""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        client.send(b"x")


def refused(player: Player) -> None:
    """Nobody listens."""
    with player.client() as client:
        client.connect_ex((player.server_address, 9))


def close_unread(player: Player) -> None:
    """The server closes on unread data."""
    client, server = player.connection()
    client.send(b"x" * 100)
    wait_readable(server)
    server.close()
    client.close()


def linger_zero(player: Player) -> None:
    """The client closes with SO_LINGER 0, the server gets it."""
    client, server = player.connection()
    set_linger(client, 0)
    client.close()
    server.close()


def linger_zero_half_closed(player: Player) -> None:
    """The same in the midst of an orderly end: LAST_ACK, where there is nothing left to reset, included."""
    client, server = player.connection()
    client.shutdown(socket.SHUT_WR)
    wait_state(client, FIN_WAIT2)
    set_linger(client, 0)
    client.close()
    server.close()


def linger_zero_last_ack(player: Player) -> None:
    """A linger-0 close that sends no reset, though the kernel counts one."""
    client, server = player.connection()
    player.mute(client)
    server.shutdown(socket.SHUT_WR)
    client.settimeout(PATIENCE_S)
    assert client.recv(1) == b"", "the server's FIN"
    client.shutdown(socket.SHUT_WR)
    set_linger(client, 0)
    client.close()
    forget(server)


def linger_zero_connecting(player: Player) -> None:
    """A connect() given up with SO_LINGER 0."""
    client = player.silent_connect(10000)
    set_linger(client, 0)
    client.close()


def data_after_close(player: Player) -> None:
    """The client sends to a server that has closed."""
    client, server = player.connection()
    server.close()
    _send(client)
    client.close()


def data_after_shutdown(player: Player) -> None:
    """The client sends to a server that has shut down both ways."""
    client, server = player.connection()
    server.shutdown(socket.SHUT_RDWR)
    _send(client)
    client.close()
    server.close()


def linger2_negative(player: Player) -> None:
    """The server does not wait for the client's FIN."""
    client, server = player.connection()
    server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, struct.pack("i", -1))
    server.shutdown(socket.SHUT_WR)
    wait_state(server, FIN_WAIT2)
    server.close()
    client.close()


def disconnected(player: Player) -> None:
    """connect(AF_UNSPEC)."""
    client, server = player.connection()
    disconnect(client)
    client.close()
    server.close()


def listener_closed(player: Player) -> None:
    """Connections that nobody accepts lose their listener."""
    with player.listen() as listener:
        clients = [player.client() for _ in range(3)]
        for client in clients:
            client.connect(listener.getsockname()[:2])
    for client in clients:
        client.close()


def stale(player: Player) -> None:
    """The server has forgotten the connection."""
    with player.listen() as listener:
        client, server = player.connection(listener)
    forget(server)
    _send(client)
    client.close()


def abandoned(player: Player) -> None:
    """A connect() given up by the application."""
    player.silent_connect(10000).close()


def syn_timeout(player: Player) -> None:
    """A connect() given up by the kernel."""
    player.wait_for(player.silent_connect(20))


def user_timeout(player: Player) -> None:
    """Data that nobody acknowledges."""
    client, server = player.connection()
    set_user_timeout(client, 20)
    player.mute(client)
    client.send(b"x")
    forget(server)
    player.wait_for(client)


def keepalive(player: Player) -> None:
    """Probes that nobody answers."""
    client, server = player.connection()
    set_keepalive(client, probes=1)
    player.mute(client)
    forget(server)
    player.wait_for(client)


def orphan(player: Player) -> None:
    """Data and FIN that nobody acknowledges, after close()."""
    client, server = player.connection()
    player.mute(client)
    _send(client)
    client.close()
    forget(server)


def forgotten(player: Player) -> None:
    """No death at all, though the kernel counts one: TCP_REPAIR."""
    client, server = player.connection()
    wait_acked(client)
    wait_state(server, ESTABLISHED)
    forget(client)
    forget(server)


BY_PROCESS: tuple[Provocation, ...] = (
    refused, close_unread, linger_zero, linger_zero_half_closed, linger_zero_last_ack, linger_zero_connecting,
    data_after_close, data_after_shutdown, linger2_negative, disconnected, listener_closed, stale, abandoned,
    forgotten)
"""Somebody's system call brings them about."""

BY_TIMER: tuple[Provocation, ...] = (syn_timeout, user_timeout, keepalive, orphan)
"""They happen in the context of whoever is on the processor."""
