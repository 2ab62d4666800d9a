# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""B gives up by itself: retransmissions, keepalive probes, SYNs without an answer."""

import socket

from net import until
from registry import scenario
from stage import Connection, Stage, set_keepalive, set_user_timeout, wait_error

ICMP_UNREACHABLE = "reject with icmpx type host-unreachable"


def _send_unheard(stage: Stage, connection: Connection) -> None:
    """B sends what never reaches A; ends when B has given up."""
    stage.cut()
    connection.server.send(b"x" * 100)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server),
                       fields={"tcp.zero_window_ms": None, "tcp.window_limited_ms": 0})


@scenario("retransmission-timeout")
def retransmission_timeout(stage: Stage) -> None:
    """tcp_retries2 is used up."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    _send_unheard(stage, stage.connection())


@scenario("retransmission-timeout")
def retransmission_timeout_soft_error(stage: Stage) -> None:
    """tcp_retries2 is used up, and an ICMP error on the way decides what the application sees."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = stage.connection()
    stage.a.filter("input", f"meta l4proto tcp {ICMP_UNREACHABLE}")
    connection.server.send(b"x" * 100)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))


@scenario("user-timeout")
def user_timeout(stage: Stage) -> None:
    """TCP_USER_TIMEOUT is over before tcp_retries2 is."""
    connection = stage.connection()
    set_user_timeout(connection.server, 500)
    _send_unheard(stage, connection)


@scenario("orphan-retransmission-timeout")
def orphan_retransmission_timeout(stage: Stage) -> None:
    """As retransmission-timeout, but B's application had closed before."""
    stage.b.sysctl("ipv4/tcp_orphan_retries", 1)
    connection = stage.connection()
    stage.cut()
    connection.server.send(b"x" * 100)
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: not stage.b.tcp_states(port), "B's end to be gone")
    stage.expect_local(connection.server_end)


def _probe_unheard(stage: Stage, connection: Connection) -> None:
    """B's keepalive gives up, with a reset that A's firewall drops as it did the probes."""
    stage.cut()
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
    stage.expect_filtered(connection.client_end)


@scenario("keepalive-timeout")
def keepalive_timeout(stage: Stage) -> None:
    """An idle peer does not answer the keepalive probe."""
    connection = stage.connection()
    set_keepalive(connection.server, probes=1)
    _probe_unheard(stage, connection)


@scenario("keepalive-user-timeout")
def keepalive_user_timeout(stage: Stage) -> None:
    """As before, but TCP_USER_TIMEOUT sets the limit rather than the number of probes."""
    connection = stage.connection()
    set_keepalive(connection.server, probes=9)
    set_user_timeout(connection.server, 1500)
    _probe_unheard(stage, connection)


def _connect_unheard(stage: Stage, client: socket.socket) -> None:
    """A's SYNs never reach B; ends when A has given up."""
    stage.a.sysctl_if_known("ipv4/tcp_syn_linear_timeouts", 0)
    stage.b.filter("input", "meta l4proto tcp drop")
    _, end = stage.start_connect((stage.address(stage.b), stage.unused_port()), client)
    stage.expect_local(end, errno=wait_error(client))


@scenario("syn-timeout")
def syn_timeout(stage: Stage) -> None:
    """TCP_SYNCNT is used up."""
    client = stage.tcp_socket(stage.a)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_SYNCNT, 1)
    _connect_unheard(stage, client)


@scenario("syn-user-timeout")
def syn_user_timeout(stage: Stage) -> None:
    """TCP_USER_TIMEOUT is over before the tries are used up."""
    client = stage.tcp_socket(stage.a)
    set_user_timeout(client, 1000)
    _connect_unheard(stage, client)


@scenario("local-output-failure")
def local_output_failure(stage: Stage) -> None:
    """B's own firewall drops what B sends."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = stage.connection()
    stage.b.filter("output", "meta l4proto tcp drop")
    connection.server.send(b"x" * 100)
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
