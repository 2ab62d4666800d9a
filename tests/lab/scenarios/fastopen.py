# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""TCP Fast Open: B's socket is there, and may be accepted, before the handshake is over."""

import socket
from dataclasses import dataclass

from death import End
from net import ACK, ESTABLISHED, RST, SYN, Segment, Sniffer
from registry import scenario
from stage import Stage, wait_error, wait_state

SERVER_WITHOUT_COOKIE = 0x2 | 0x200 | 0x400
"""net.ipv4.tcp_fastopen: a server, which asks for no cookie, on every listener."""
FOREIGN_PORT = 20_001
"""Of A, which never gives it to a socket by itself."""
FIRST = 1000
REQUEST = b"question"
NEXT = FIRST + 1 + len(REQUEST)


@dataclass(frozen=True)
class Child:
    """B's socket, made by a forged SYN with data."""

    server: socket.socket
    end: End
    answer: Segment
    sniffer: Sniffer

    def segment(self, seq: int, ack: int, flags: int) -> Segment:
        """Another one of the same sender."""
        return Segment(self.end.peer, self.end.local, seq, ack, flags)


def _open(stage: Stage) -> Child:
    """A's kernel knows nothing of the connection, and hears nothing of it."""
    stage.b.sysctl("ipv4/tcp_fastopen", SERVER_WITHOUT_COOKIE)
    stage.a.filter("input", f"tcp dport {FOREIGN_PORT} drop")
    listener = stage.listen()
    sniffer = stage.sniff(stage.a)
    end = End(stage.b.inode, listener.getsockname()[:2], (stage.address(stage.a), FOREIGN_PORT))
    stage.inject(Segment(end.peer, end.local, FIRST, 0, SYN, data=REQUEST))
    answer = sniffer.wait(lambda s: s.target == end.peer and s.flags == SYN | ACK, "a SYN-ACK")
    server = stage.accept(listener)
    assert server.recv(100) == REQUEST
    return Child(server, end, answer, sniffer)


def _wait_reset(stage: Stage, child: Child) -> None:
    child.sniffer.wait(lambda s: s.source == child.end.local and bool(s.flags & RST), "B's reset")
    stage.expect_filtered(stage.mirror(child.end))


@scenario("bad-ack-in-syn-recv")
def bad_ack_in_syn_recv(stage: Stage) -> None:
    """The last ACK of the handshake acknowledges what B never sent."""
    child = _open(stage)
    stage.inject(child.segment(NEXT, child.answer.seq + 1001, ACK))
    _wait_reset(stage, child)
    stage.expect_local(child.end, why="1000 bytes beyond")


@scenario("bad-syn-fastopen")
def bad_syn_fastopen(stage: Stage) -> None:
    """Another SYN comes, inside the window."""
    child = _open(stage)
    stage.inject(child.segment(NEXT + 10, 0, SYN))
    _wait_reset(stage, child)
    stage.expect_local(child.end)


@scenario("reset-fastopen-child")
def reset_fastopen_child(stage: Stage) -> None:
    """The sender resets rather than finish the handshake."""
    child = _open(stage)
    stage.inject(child.segment(NEXT, 0, RST))
    stage.expect_local(child.end, errno=wait_error(child.server))


@scenario("fastopen-synack-timeout")
def fastopen_synack_timeout(stage: Stage) -> None:
    """Nobody acknowledges the SYN-ACK."""
    stage.b.sysctl("ipv4/tcp_synack_retries", 0)
    child = _open(stage)
    stage.expect_local(child.end, errno=wait_error(child.server))


@scenario("reset-by-peer")
def reset_after_fastopen(stage: Stage) -> None:
    """The handshake is over when the reset comes: an ordinary connection."""
    child = _open(stage)
    stage.inject(child.segment(NEXT, child.answer.seq + 1, ACK))
    wait_state(child.server, ESTABLISHED)
    stage.inject(child.segment(NEXT, 0, RST))
    stage.expect_local(child.end, errno=wait_error(child.server))
