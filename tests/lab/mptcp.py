# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Multipath TCP for scenarios: connections, and its options as bytes (RFC 8684)."""

from __future__ import annotations

import hashlib
import socket
import struct
from dataclasses import dataclass

from death import End
from net import ACK, PATIENCE_S, SYN, TIME_WAIT, Segment, until
from stage import Connection, Impossible, Stage, wait_acked, wait_readable

IPPROTO_MPTCP = 262
_KIND = 30
_MP_CAPABLE, _MP_JOIN, _MP_FASTCLOSE = 0, 1, 7


@dataclass(frozen=True)
class Multipath:
    """An established MPTCP connection, and what its handshake told."""

    connection: Connection
    listener: socket.socket
    server_key: bytes
    """B's key: its hash is the token by which others may join."""
    client_next: int
    """The sequence number that B expects next from A."""
    server_next: int

    @property
    def token(self) -> bytes:
        """Names the connection at B (RFC 8684 section 3.2)."""
        return hashlib.sha256(self.server_key).digest()[:4]


def client(stage: Stage) -> socket.socket:
    """A socket at A."""
    return _socket(stage, at_a=True)


def _socket(stage: Stage, at_a: bool) -> socket.socket:
    try:
        sock = stage.tcp_socket(stage.a if at_a else stage.b, IPPROTO_MPTCP)
    except OSError as error:
        raise Impossible("this kernel has no MPTCP") from error
    sock.settimeout(PATIENCE_S)
    return sock


def listen(stage: Stage) -> socket.socket:
    """An MPTCP listener at B."""
    listener = _socket(stage, at_a=False)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((stage.address(stage.b), 0))
    listener.listen(8)
    return listener


def _option(segment: Segment, subtype: int) -> bytes:
    """An MPTCP option of a segment, without kind and length."""
    left = segment.options
    while left and left[0] != 0:
        length = 1 if left[0] == 1 else left[1]
        if left[0] == _KIND and left[2] >> 4 == subtype:
            return left[2:length]
        left = left[length:]
    raise RuntimeError(f"no MPTCP option {subtype} in {segment}")


def connect(stage: Stage) -> Multipath:
    """A connection over which A has sent data already: there is no way back to plain TCP."""
    listener = listen(stage)
    sniffer = stage.sniff(stage.a)
    sock = client(stage)
    sock.connect(listener.getsockname()[:2])
    server = stage.accept(listener)
    end = End(stage.a.inode, sock.getsockname()[:2], sock.getpeername()[:2])
    answer = sniffer.wait(lambda s: s.target == end.local and s.flags == SYN | ACK, "a SYN-ACK")
    sock.send(b"hello")
    wait_readable(server, 5)
    assert server.recv(5) == b"hello"
    server.send(b"hello")
    assert sock.recv(5) == b"hello"
    wait_acked(sock)
    wait_acked(server)
    return Multipath(Connection(sock, server, end, stage.mirror(end)), listener,
                     _option(answer, _MP_CAPABLE)[2:10], answer.ack + 5, answer.seq + 1 + 5)


def close_both(stage: Stage, path: Multipath) -> None:
    """An ordinary end: what nobody confirms is reset a minute later."""
    connection = path.connection
    path.listener.close()
    connection.client.close()
    assert connection.server.recv(1) == b""
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: not {*stage.a.tcp_states(port), *stage.b.tcp_states(port)} - {TIME_WAIT},
          "the paths to be gone")


def join_syn(token: bytes) -> bytes:
    """Options of a SYN that adds a path."""
    return struct.pack("!BBBB4s4s", _KIND, 12, _MP_JOIN << 4, 7, token, b"once")


def join_ack() -> bytes:
    """Options of the ACK that ends its handshake, with a proof that proves nothing."""
    return struct.pack("!BBH20s", _KIND, 24, _MP_JOIN << 12, b"no such proof")


def fastclose(key: bytes) -> bytes:
    """Options of a segment that aborts the whole connection."""
    return struct.pack("!BBH8s", _KIND, 12, _MP_FASTCLOSE << 12, key)
