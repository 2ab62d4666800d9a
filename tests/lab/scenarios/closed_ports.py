# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Segments for which the host has no socket: B answers with a reset."""

from death import NO_SOCKET, SEES_ICMP
from half_open import CHECKS
from net import FIN_WAIT1, SYN_RECV, until
from registry import scenario
from stage import Stage, forget, wait_error, wait_state


@scenario("no-listener", peer="connection-refused")
def no_listener(stage: Stage) -> None:
    """A connects to a port on which nobody listens."""
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    stage.expect_peer(end, errno=wait_error(client))
    stage.expect_local(stage.mirror(end), pid=None, hooks=NO_SOCKET)


@scenario("no-connection", peer="reset-by-peer")
def no_connection(stage: Stage) -> None:
    """B lost its state; A, who does not know, sends data."""
    connection = stage.connection()
    forget(connection.server)
    connection.client.send(b"are you still there?")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect_local(connection.server_end, hooks=NO_SOCKET)


@scenario("fin-without-connection", peer="reset-after-close")
def fin_without_connection(stage: Stage) -> None:
    """B lost its state; A closes."""
    connection = stage.connection()
    forget(connection.server)
    connection.client.close()
    port = connection.client_end.local[1]
    until(lambda: not stage.a.tcp_states(port), "A's end to be gone")
    stage.expect_peer(connection.client_end)
    stage.expect_local(connection.server_end, hooks=NO_SOCKET)


@scenario("fin-without-connection", peer="reset-after-close")
def fin_without_connection_after_shutdown(stage: Stage) -> None:
    """As before, but A has only shut down its sending side, and so sees the error."""
    connection = stage.connection()
    stage.a.filter("output", "tcp flags & fin == fin drop")
    forget(connection.server)
    connection.client.shutdown(1)
    wait_state(connection.client, FIN_WAIT1)
    stage.a.unfilter()
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect_local(connection.server_end, hooks=NO_SOCKET)


@scenario("late-syn-ack", peer="connect-abandoned")
def late_syn_ack(stage: Stage) -> None:
    """The SYN-ACK comes when A's application has given up already."""
    listener = stage.listen()
    port = listener.getsockname()[1]
    stage.a.filter("input", "tcp flags & (syn|ack) == syn|ack drop")
    client, end = stage.start_connect(listener.getsockname()[:2])
    until(lambda: SYN_RECV in stage.b.tcp_states(port), "B to have answered the SYN")
    client.close()
    stage.expect_peer(end, certain_with=SEES_ICMP)
    stage.a.unfilter()
    until(lambda: SYN_RECV not in stage.b.tcp_states(port), "A's reset to reach B")
    stage.expect_local(end, hooks=NO_SOCKET)
    stage.expect("reset-in-handshake", stage.mirror(end), hooks=CHECKS)
