# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What a scenario plays on: two joined hosts, their connections, and the deaths to expect."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import struct
import termios
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from death import DROPS, Death, End
from net import (ACK, DEVICE, PATIENCE_S, RST, SYN, Address, LabTimeout, Namespace, Segment, Sniffer,
                 send_segment, until)
from registry import Scenario
from wires import bridge, join, route

TCP_LINGER2 = 8
TCP_USER_TIMEOUT = 18
TCP_REPAIR = 19

_TCP_INFO_BYTES = 232


class Impossible(Exception):
    """This kernel has not what the scenario needs; the text says what."""


@dataclass(frozen=True)
class TcpInfo:
    """The part of TCP_INFO that scenarios wait for."""

    state: int
    retransmits: int
    unacked: int
    unsent: int
    send_window: int
    silence_ms: int
    """Since data or an acknowledgement came in."""
    rtt_us: int
    """Smoothed."""
    window_limited_ms: int
    """In its life, data waited so long for the peer's window."""


def tcp_info(sock: socket.socket) -> TcpInfo:
    """Asks the kernel about a socket."""
    raw = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    unacked, received, acked, rtt, unsent, send_window = (struct.unpack_from("=I", raw, at)[0]
                                                          for at in (24, 52, 56, 68, 144, 228))
    limited_us = struct.unpack_from("=Q", raw, 176)[0]
    return TcpInfo(raw[0], raw[2], unacked, unsent, send_window, min(received, acked), rtt,
                   limited_us // 1000)


def wait_state(sock: socket.socket, state: int) -> None:
    """Until the socket is in that TCP state."""
    until(lambda: tcp_info(sock).state == state, f"TCP state {state}")


def wait_acked(sock: socket.socket) -> None:
    """Until the peer's kernel has acknowledged everything."""
    until(lambda: outstanding(sock) == 0, "everything to be acknowledged")


def outstanding(sock: socket.socket) -> int:
    """Bytes written that the peer has not acknowledged."""
    return struct.unpack("i", fcntl.ioctl(sock, termios.TIOCOUTQ, b"\0" * 4))[0]


def wait_readable(sock: socket.socket, size: int = 1) -> None:
    """Until that many bytes wait in the receive queue."""
    until(lambda: struct.unpack("i", fcntl.ioctl(sock, termios.FIONREAD, b"\0" * 4))[0] >= size,
          f"{size} bytes to read")


def wait_pending(listener: socket.socket) -> None:
    """Until a connection waits for accept()."""
    _poll(listener, select.POLLIN, "a connection to accept")


def wait_error(sock: socket.socket, patience_s: float = PATIENCE_S) -> str:
    """Until the socket has an error; its name, as the application gets it."""
    _poll(sock, 0, "an error on the socket", patience_s)
    return error_name(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def error_name(number: int) -> str:
    """ECONNRESET for 104."""
    return errno.errorcode.get(number, str(number))


def _poll(sock: socket.socket, events: int, what: str, patience_s: float = PATIENCE_S) -> None:
    poller = select.poll()
    poller.register(sock, events)
    if not poller.poll(patience_s * 1000):
        raise LabTimeout(what)


def set_linger(sock: socket.socket, seconds: int) -> None:
    """Sets SO_LINGER."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, seconds))


def set_keepalive(sock: socket.socket, *, probes: int) -> None:
    """Turns keepalive on: the first probe after one second, then one every second."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def set_user_timeout(sock: socket.socket, milliseconds: int) -> None:
    """Sets TCP_USER_TIMEOUT."""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds)


def forget(sock: socket.socket) -> None:
    """Closes a connection without a word to its peer, as a power cut would (TCP_REPAIR)."""
    with contextlib.suppress(OSError):  # a listener cannot forget a connection, MPTCP cannot yet
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    sock.close()


@dataclass(frozen=True)
class Connection:
    """An established connection, client in A, server in B."""

    client: socket.socket
    server: socket.socket
    client_end: End
    server_end: End


def forget_both(connection: Connection) -> None:
    """Ends a connection without a word."""
    forget(connection.client)
    forget(connection.server)


class Stage:
    """Hosts A (the client's) and B (the server's), and what must be reported of them."""

    def __init__(self, scenario: Scenario, family: str,
                 until_watched: Callable[[], None], until_told: Callable[[], None]) -> None:
        self._scenario = scenario
        self.until_watched = until_watched
        """Waits until there is a tracer; at once where it was there before the scenario."""
        self.until_told = until_told
        """Waits until all that is expected so far has been told, or could have been."""
        self._sockets: list[socket.socket] = []
        self._sniffers: list[Sniffer] = []
        self.deaths: list[Death] = []
        self.is_ipv6 = family == "ipv6"
        self.socket_family = socket.AF_INET6 if self.is_ipv6 else socket.AF_INET
        self.a = Namespace()
        self.b = Namespace()
        self.hosts = [self.a, self.b]
        join(self.a, self.b)

    def third_host(self) -> Namespace:
        """One more host, joined to nobody yet; what is said of it counts."""
        host = Namespace()
        self.hosts.append(host)
        return host

    def router(self) -> tuple[Namespace, str]:
        """A router between A and B beside their direct wire; B's address by that way."""
        router = self.third_host()
        return router, route(self.a, router, self.b)[self.is_ipv6]

    def bridge(self) -> tuple[Namespace, str]:
        """A bridge between A and B beside their direct wire; B's address by that way."""
        host = self.third_host()
        return host, bridge(self.a, host, self.b)[self.is_ipv6]

    def address(self, namespace: Namespace) -> str:
        """The host's address in the family of this run."""
        return self.host_address(1 if namespace is self.a else 2)

    def host_address(self, number: int) -> str:
        """Address of a host on the wire, there or not."""
        return f"fd09::{number}" if self.is_ipv6 else f"10.9.0.{number}"

    # Sockets

    def tcp_socket(self, namespace: Namespace, protocol: int = 0) -> socket.socket:
        """A TCP socket (or one that speaks it) that the stage clears away at the end."""
        sock = namespace.socket(self.socket_family, protocol=protocol)
        self._sockets.append(sock)
        return sock

    def listen(self, backlog: int = 8, address: str | None = None) -> socket.socket:
        """A listener at B on a free port."""
        listener = self.tcp_socket(self.b)
        listener.bind((address or self.address(self.b), 0))
        listener.listen(backlog)
        return listener

    def start_connect(self, target: Address,
                      sock: socket.socket | None = None) -> tuple[socket.socket, End]:
        """Begins to connect from A without waiting; the socket and its end."""
        client = sock or self.tcp_socket(self.a)
        client.setblocking(False)
        client.connect_ex(target)
        return client, End(self.a.inode, client.getsockname()[:2], target)

    def connect(self, target: Address) -> tuple[socket.socket, End]:
        """A connection from A, established as A sees it."""
        client = self.tcp_socket(self.a)
        client.settimeout(PATIENCE_S)
        client.connect(target)
        return client, End(self.a.inode, client.getsockname()[:2], target)

    def accept(self, listener: socket.socket) -> socket.socket:
        """The next connection of a listener."""
        listener.settimeout(PATIENCE_S)
        server, _ = listener.accept()
        server.settimeout(PATIENCE_S)
        self._sockets.append(server)
        return server

    def connection(self, receive_buffer: int | None = None) -> Connection:
        """A new connection whose listener is closed already, unused before the first byte."""
        with self.listen() as listener:
            return self.connection_to(listener, receive_buffer)

    def connection_to(self, listener: socket.socket,
                      receive_buffer: int | None = None) -> Connection:
        """A new connection by way of a listener."""
        client = self.tcp_socket(self.a)
        client.settimeout(PATIENCE_S)
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(listener.getsockname()[:2])
        server = self.accept(listener)
        client_end = End(self.a.inode, client.getsockname()[:2], client.getpeername()[:2])
        return Connection(client, server, client_end, self.mirror(client_end))

    def unused_port(self) -> int:
        """A port of B on which nobody listens or has listened."""
        with self.b.socket(self.socket_family) as probe:
            probe.bind((self.address(self.b), 0))
            return probe.getsockname()[1]

    def mirror(self, end: End) -> End:
        """The other end."""
        other = self.b.inode if end.netns == self.a.inode else self.a.inode
        return End(other, end.peer, end.local)

    # The wire

    def sniff(self, namespace: Namespace, device: str = DEVICE) -> Sniffer:
        """Begins to look at the wire at a host."""
        sniffer = Sniffer(namespace, device)
        self._sniffers.append(sniffer)
        return sniffer

    def inject(self, segment: Segment, *, is_neighbour_known: bool = True,
               checksum_error: int = 0, hops: int | None = None,
               host: Namespace | None = None) -> None:
        """Puts a forged segment on the wire, from the host whose address it bears or from another.

        A reset is told, at that host; whose it is, only when it need not wait for the neighbour.
        """
        is_from_a = segment.source[0] == self.address(self.a)
        host = host or (self.a if is_from_a else self.b)
        send_segment(host, segment, checksum_error=checksum_error, hops=hops)
        if segment.flags & RST:
            self.expect("raw-socket-reset", End(host.inode, segment.source, segment.target),
                        hooks=("net_dev_queue",), pid=os.getpid() if is_neighbour_known else None)

    def server_receives_next(self, sniffer: Sniffer, port: int) -> int:
        """The sequence number that the server expects next, from the SYN-ACK that was sniffed."""
        return sniffer.wait(lambda s: s.source[1] == port and s.flags == SYN | ACK, "a SYN-ACK").ack

    def server_sends_next(self, sniffer: Sniffer, port: int) -> int:
        """The sequence number that the server sends next, from the SYN-ACK that was sniffed."""
        answer = sniffer.wait(lambda s: s.source[1] == port and s.flags == SYN | ACK, "a SYN-ACK")
        return answer.seq + 1

    def retransmit_late(self, host: Namespace, seconds: int) -> None:
        """Connections that a host opens or accepts from now on do not send again before that."""
        network = "fd09::/64" if self.is_ipv6 else "10.9.0.0/24"
        host.run("ip", *(["-6"] if self.is_ipv6 else []), "route", "replace", network, "dev", "veth0",
                 "rto_min", f"{seconds}s")

    def cut(self) -> None:
        """From now on A does not hear B's TCP; A's own segments still arrive."""
        self.a.filter("input", "meta l4proto tcp drop")

    def sees_conntrack(self) -> tuple[str, ...]:
        """What tells what conntrack made of a segment of no socket (`why_with=`)."""
        if self.is_ipv6:
            return ("conntrack's view of IPv6",)
        return ("resets without a socket", "tcp_v4_send_reset")

    # Expectations

    def expect(self, slug: str, end: End, *, pid: int | None = -1, **more: Any) -> None:
        """This end must be reported, once, with that cause. The default pid is this process.

        What else there is to say (errno, why, hooks, certain_with ...) is in Death.
        """
        self.deaths.append(Death(slug, end, os.getpid() if pid == -1 else pid, **more))

    def expect_filtered(self, end: End, **more: Any) -> None:
        """A reset was dropped by this end's firewall: the end itself hears nothing of it."""
        self.expect("reset-filtered", end, **{"pid": None, "hooks": DROPS, **more})

    def expect_local(self, end: End, **more: Any) -> None:
        """This end must be reported with the cause that the scenario is about."""
        assert self._scenario.slug is not None
        self.expect(self._scenario.slug, end, **more)

    def expect_peer(self, end: End, **more: Any) -> None:
        """This end must be reported with the cause declared for the peer."""
        assert self._scenario.peer is not None
        self.expect(self._scenario.peer, end, **more)

    def clear(self) -> None:
        """Silently takes away what the scenario left open: connections first, then listeners."""
        for sniffer in self._sniffers:
            sniffer.close()
        for sock in reversed(self._sockets):
            if sock.fileno() >= 0:
                forget(sock)
