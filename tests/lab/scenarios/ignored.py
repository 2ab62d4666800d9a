# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Resets that reach B and change nothing: A and B go on talking."""

from net import ACK, FIN_WAIT2, RST, SYN, Segment, until
from registry import scenario
from stage import Connection, Stage, forget_both, wait_acked

_SOCKETS = ("tcp_validate_incoming", "sockets of dropped segments")
REFUSED: dict[str, tuple[str, ...]] = {
    "hooks": ("tcp_validate_incoming", "reasons of dropped segments"),
    "why_with": _SOCKETS,
    "owner_with": _SOCKETS,
}
"""What tells of a reset that a connection refuses, and of which connection that was."""


def _connection(stage: Stage) -> tuple[Connection, int]:
    """A connection, and the sequence number that B expects on it."""
    sniffer = stage.sniff(stage.a)
    connection = stage.connection()
    return connection, stage.server_receives_next(sniffer, connection.server_end.local[1])


def _inject(stage: Stage, connection: Connection, seq: int, flags: int) -> None:
    end = connection.client_end
    stage.inject(Segment(end.local, end.peer, seq, 0, flags))


def _prove_alive(connection: Connection) -> None:
    connection.client.send(b"still here")
    assert connection.server.recv(100) == b"still here"
    wait_acked(connection.client)  # or B's ACK might come when A has forgotten
    forget_both(connection)


@scenario("challenge-ack")
def challenge_ack(stage: Stage) -> None:
    """A reset inside the window, but not at its edge."""
    connection, due = _connection(stage)
    sniffer = stage.sniff(stage.a)
    _inject(stage, connection, due + 100, RST)
    source = connection.server_end.local
    sniffer.wait(lambda s: s.source == source and s.flags == ACK, "B's challenge ACK")
    _prove_alive(connection)
    stage.expect_local(connection.server_end, **REFUSED, why="100 bytes beyond")


@scenario("challenge-ack")
def challenge_ack_rate_limited(stage: Stage) -> None:
    """Two at once: the second gets no challenge ACK, and is not accepted either."""
    connection, due = _connection(stage)
    for distance in (100, 200):
        _inject(stage, connection, due + distance, RST)
    _prove_alive(connection)
    for distance in (100, 200):
        stage.expect_local(connection.server_end, **REFUSED)


@scenario("reset-out-of-window")
def reset_out_of_window(stage: Stage) -> None:
    """A reset whose sequence number is far off."""
    connection, due = _connection(stage)
    _inject(stage, connection, due - 100_000, RST)
    _prove_alive(connection)
    stage.expect_local(connection.server_end, **REFUSED, why="100000 bytes before")


@scenario("reset-out-of-window")
def reset_out_of_window_after_close(stage: Stage) -> None:
    """As before, but B has closed, and is a minisock in FIN_WAIT2: it acknowledges."""
    connection, due = _connection(stage)
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: stage.b.tcp_states(port) == [FIN_WAIT2], "B to be in FIN_WAIT2")
    sniffer = stage.sniff(stage.a)
    _inject(stage, connection, due - 100_000, RST)
    source = connection.server_end.local
    sniffer.wait(lambda s: s.source == source and s.flags == ACK, "B's ACK")
    stage.expect_local(connection.server_end, hooks=("tcp_timewait_state_process", "timer_cancel"),
                       certain_with=("tcp_timewait_state_process", "sockets of dropped segments"),
                       else_slug="reset-in-time-wait")


@scenario()
def syn_on_established(stage: Stage) -> None:
    """A SYN gets a challenge ACK as well, but is no reset."""
    connection, due = _connection(stage)
    sniffer = stage.sniff(stage.a)
    _inject(stage, connection, due + 50, SYN)
    source = connection.server_end.local
    sniffer.wait(lambda s: s.source == source and s.flags == ACK, "B's challenge ACK")
    _prove_alive(connection)
