# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Segments are lost, and retransmission gets through in the end; or only large ones are lost."""

import socket

from net import DEVICE, ESTABLISHED, until
from registry import scenario
from stage import (Connection, Stage, set_user_timeout, tcp_info, wait_acked, wait_error,
                   wait_state)

FULL_SIZED = "meta length gt 1000"


def _end(connection: Connection) -> None:
    """An ordinary end, B first."""
    connection.server.close()
    assert connection.client.recv(1) == b""
    connection.client.close()


def _patient_connection(stage: Stage) -> Connection:
    """B retransmits after a second and not sooner, however busy the machine is."""
    stage.b.run("ip", "route", "add", stage.address(stage.a), "dev", DEVICE, "rto_min", "1s")
    return stage.connection()


@scenario("recovered")
def recovered(stage: Stage) -> None:
    """B's segments are lost until it has repeated one twice."""
    connection = stage.connection()
    stage.cut()
    connection.server.send(b"news")
    until(lambda: tcp_info(connection.server).retransmits >= 2, "two retransmissions")
    stage.a.unfilter()
    assert connection.client.recv(100) == b"news"
    wait_acked(connection.server)
    _end(connection)
    stage.expect_local(connection.server_end, why="retransmits unanswered; the peer answered")


@scenario()
def lost_syn_is_no_outage(stage: Stage) -> None:
    """A's first SYN is lost: a slow connect(), but there was no connection yet."""
    listener = stage.listen()
    stage.b.filter("input", "meta l4proto tcp drop")
    client, _ = stage.start_connect(listener.getsockname()[:2])
    until(lambda: tcp_info(client).retransmits >= 1, "a second SYN")
    stage.b.unfilter()
    wait_state(client, ESTABLISHED)
    server = stage.accept(listener)
    server.close()
    client.close()


@scenario("retransmission-timeout")
def no_recovery(stage: Stage) -> None:
    """An outage that is not survived is a timeout and nothing else."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = _patient_connection(stage)
    stage.cut()
    connection.server.send(b"news")
    stage.expect_local(connection.server_end, errno=wait_error(connection.server),
                       fields={"tcp.retransmit_runs": 1})


@scenario("user-timeout", peer="recovered")
def second_outage(stage: Stage) -> None:
    """B survives an outage, and the next one not: two runs of retransmits."""
    connection = _patient_connection(stage)
    stage.cut()
    connection.server.send(b"news")
    until(lambda: tcp_info(connection.server).retransmits >= 1, "a retransmission")
    stage.a.unfilter()
    assert connection.client.recv(100) == b"news"
    wait_acked(connection.server)
    stage.expect_peer(connection.server_end)
    set_user_timeout(connection.server, 1500)
    stage.cut()
    connection.server.send(b"more")
    stage.expect_local(connection.server_end, errno=wait_error(connection.server),
                       fields={"tcp.retransmit_runs": 2})


@scenario("path-mtu-black-hole")
def path_mtu_black_hole(stage: Stage) -> None:
    """Small segments reach A, full-sized ones do not, and nothing tells B."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    connection = stage.connection()
    stage.a.filter("input", f"{FULL_SIZED} drop")
    server = connection.server
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server.send(b"x" * 3000)
    server.send(b"x" * 100)
    stage.expect_local(connection.server_end, errno=wait_error(server), certainty="likely")


@scenario("retransmission-timeout")
def one_segment_lost_for_ever(stage: Stage) -> None:
    """One full-sized segment is lost again and again, another one arrives: not the size."""
    stage.b.sysctl("ipv4/tcp_retries2", 1)
    listener = stage.listen()
    sniffer = stage.sniff(stage.a)
    connection = stage.connection_to(listener)
    first = stage.server_sends_next(sniffer, connection.server_end.local[1])
    stage.a.filter("input", f"tcp sequence {first} drop")
    server = connection.server
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    mss = server.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    for _ in range(2):
        server.send(b"x" * mss)
    stage.expect_local(connection.server_end, errno=wait_error(server))
