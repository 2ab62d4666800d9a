# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""ICMP errors: those that end A's attempt to connect, and those that an open connection survives."""

import socket

from death import SEES_ICMP, End
from net import ACK, PSH, SYN, Segment, Sniffer, send_icmp, until
from registry import scenario
from stage import Connection, Stage, forget_both, set_user_timeout, tcp_info, wait_acked, wait_error

ABSENT_HOST = 77
PORT = 9
IP_RECVERR = 11
IPV6_RECVERR = 25
ICMP_HOOKS = ("tcp_v4_err",)


def _hasten_neighbours(stage: Stage) -> None:
    neighbours = f"{'ipv6' if stage.is_ipv6 else 'ipv4'}/neigh/veth0"
    stage.a.sysctl(f"{neighbours}/mcast_solicit", 1)
    stage.a.sysctl(f"{neighbours}/retrans_time_ms", 100)


@scenario("neighbour-unresolved")
def neighbour_unresolved(stage: Stage) -> None:
    """The neighbour does not exist: A's own kernel says so, when nobody holds the socket."""
    _hasten_neighbours(stage)
    client, end = stage.start_connect((stage.host_address(ABSENT_HOST), PORT))
    stage.expect_local(end, errno=wait_error(client))


@scenario("neighbour-unresolved")
def neighbour_unresolved_gateway(stage: Stage) -> None:
    """The gateway does not exist."""
    _hasten_neighbours(stage)
    target = "fd09:9::1" if stage.is_ipv6 else "10.9.9.1"
    stage.a.run("ip", "route", "add", target, "via", stage.host_address(ABSENT_HOST))
    client, end = stage.start_connect((target, PORT))
    stage.expect_local(end, errno=wait_error(client))


def _refuse_next_syn(stage: Stage, kind: str) -> tuple[socket.socket, End]:
    """B drops the first SYN and refuses the second by ICMP: then nobody holds A's socket."""
    sniffer = stage.sniff(stage.b)
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), PORT))
    sniffer.wait(lambda s: s.flags == SYN and s.source == end.local, "A's first SYN")
    stage.b.refilter("input", f"meta l4proto tcp reject with icmpx type {kind}")
    return client, end


@scenario("icmp-unreachable")
def icmp_unreachable(stage: Stage) -> None:
    """Host unreachable, but not for want of a neighbour."""
    client, end = _refuse_next_syn(stage, "host-unreachable")
    stage.expect_local(end, errno=wait_error(client))


@scenario("icmp-unreachable")
def icmp_unreachable_port(stage: Stage) -> None:
    """Port unreachable: the errno of a refusing reset."""
    client, end = _refuse_next_syn(stage, "port-unreachable")
    stage.expect_local(end, errno=wait_error(client))


@scenario("icmp-unreachable")
def icmp_unreachable_router(stage: Stage) -> None:
    """A router on the way refuses."""
    router, address = stage.router()
    router.filter("forward", "meta l4proto tcp drop")
    sniffer = Sniffer(router, "left")
    client, end = stage.start_connect((address, PORT))
    sniffer.wait(lambda s: s.flags == SYN and s.source == end.local, "A's first SYN")
    sniffer.close()
    router.refilter("forward", "meta l4proto tcp reject with icmpx type admin-prohibited")
    stage.expect_local(end, errno=wait_error(client))


def _rejected(stage: Stage, kind: str) -> None:
    """B refuses the SYN by ICMP, which arrives while connect() holds the socket.

    Unless ksoftirqd is behind with its work, and ICMP has to wait for it: A's kernel says which.
    """
    forget_both(stage.connection())  # so that no ICMP waits for a neighbour
    stage.b.filter("input", f"meta l4proto tcp reject with icmpx type {kind}")
    client = stage.tcp_socket(stage.a)
    if stage.is_ipv6:  # without it, IPv6 keeps the error to itself until the next SYN
        client.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    client, end = stage.start_connect((stage.address(stage.b), PORT), client)
    error = wait_error(client)
    if stage.a.icmps_at_locked_sockets():
        stage.expect_local(end, errno=error, certain_with=SEES_ICMP, else_slug="connect-abandoned")
    else:
        stage.expect("icmp-unreachable", end, errno=error)
    client.close()


@scenario("icmp-unreachable-late")
def icmp_unreachable_late(stage: Stage) -> None:
    """Host unreachable."""
    _rejected(stage, "host-unreachable")


@scenario("icmp-unreachable-late")
def icmp_unreachable_late_port(stage: Stage) -> None:
    """Port unreachable: the application sees the errno of a refusing reset."""
    _rejected(stage, "port-unreachable")


def _reject_data(stage: Stage, connection: Connection) -> None:
    """From now on B answers A's segments by ICMP."""
    stage.b.filter("input", "meta l4proto tcp reject with icmpx type host-unreachable")
    connection.client.send(b"are you still there?")


@scenario("icmp-error-recverr")
def icmp_error_recverr(stage: Stage) -> None:
    """The application wants to know of ICMP errors at once; the connection lives on."""
    stage.retransmit_late(stage.a, 2)  # not before the rule is gone: a second error would come of it
    connection = stage.connection()
    if stage.is_ipv6:
        connection.client.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    else:
        connection.client.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    _reject_data(stage, connection)
    error = wait_error(connection.client)
    stage.b.unfilter()
    assert connection.server.recv(100) == b"are you still there?"
    wait_acked(connection.client)  # or it might come when A has been taken away
    stage.expect_local(connection.client_end, errno=error, hooks=(
        "inet_sk_error_report", "sock_def_error_report"))


def _wait_soft_error(connection: Connection) -> None:
    until(lambda: tcp_info(connection.client).retransmits >= 1, "a retransmission")


@scenario("icmp-soft-error", quiet=("icmp-soft-error",))
def icmp_soft_error(stage: Stage) -> None:
    """A's socket only remembers the error; B becomes reachable again, and all is well."""
    connection = stage.connection()
    _reject_data(stage, connection)
    _wait_soft_error(connection)
    stage.b.unfilter()
    assert connection.server.recv(100) == b"are you still there?"
    wait_acked(connection.client)  # or it might come when A has been taken away
    stage.expect_local(connection.client_end, hooks=ICMP_HOOKS)


@scenario("user-timeout")
def icmp_soft_error_then_timeout(stage: Stage) -> None:
    """Nothing comes back: the timeout gives the error that was remembered."""
    connection = stage.connection()
    set_user_timeout(connection.client, 600)
    _reject_data(stage, connection)
    error = wait_error(connection.client)
    assert error == "EHOSTUNREACH"
    stage.expect_local(connection.client_end, errno=error, why=f"network reported {error}")


@scenario("path-mtu-update", quiet=("path-mtu-update",))
def path_mtu_update(stage: Stage) -> None:
    """The wire beyond the router is narrower than A and B think."""
    router, address = stage.router()
    router.run("ip", "link", "set", "right", "mtu", "1300")
    with stage.listen(address=address) as listener:
        connection = stage.connection_to(listener)
    connection.client.send(b"x" * 4000)
    received = 0
    while received < 4000:
        received += len(connection.server.recv(4000))
    wait_acked(connection.client)
    stage.expect_local(connection.client_end, why="1300", hooks=ICMP_HOOKS)


def _forge(stage: Stage, quoted: Segment) -> None:
    """B tells A of a segment of A's that its host could not be reached."""
    send_icmp(stage.b, quoted.source[0], (1, 3) if stage.is_ipv6 else (3, 1), quoted)


@scenario("icmp-ignored", quiet=("icmp-ignored",))
def icmp_ignored(stage: Stage) -> None:
    """The error quotes a sequence number that is not in flight: a forged one would."""
    listener = stage.listen()
    sniffer = stage.sniff(stage.b)
    connection = stage.connection_to(listener)
    end = connection.client_end
    syn = sniffer.wait(lambda s: s.flags == SYN and s.source == end.local, "A's SYN")
    _forge(stage, Segment(end.local, end.peer, syn.seq + 100_000, 0, ACK))
    connection.client.send(b"still here")
    assert connection.server.recv(100) == b"still here"
    wait_acked(connection.client)
    stage.expect_local(end, hooks=ICMP_HOOKS, why="not in flight")


@scenario("icmp-ignored", quiet=("icmp-ignored",))
def icmp_ignored_no_connection(stage: Stage) -> None:
    """The error is about a connection that does not exist."""
    end = End(stage.a.inode, (stage.address(stage.a), 5555), (stage.address(stage.b), PORT))
    _forge(stage, Segment(end.local, end.peer, 1, 0, PSH | ACK))
    stage.expect_local(end, pid=None, hooks=ICMP_HOOKS, why="no such connection")
