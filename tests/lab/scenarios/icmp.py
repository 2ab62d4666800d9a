# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A's attempt to connect ends with an ICMP error."""

import socket

from registry import scenario
from stage import ICMP_ERRORS, Stage, forget_both, wait_error

ABSENT_HOST = 77
PORT = 9
IPV6_RECVERR = 25


@scenario("icmp-unreachable")
def icmp_unreachable(stage: Stage) -> None:
    """The neighbour does not exist: A's own kernel says so, when nobody holds the socket."""
    neighbours = f"{'ipv6' if stage.is_ipv6 else 'ipv4'}/neigh/veth0"
    stage.a.sysctl(f"{neighbours}/mcast_solicit", 1)
    stage.a.sysctl(f"{neighbours}/retrans_time_ms", 100)
    client, end = stage.start_connect((stage.host_address(ABSENT_HOST), PORT))
    stage.expect_local(end, errno=wait_error(client))


def _rejected(stage: Stage, kind: str) -> None:
    """B refuses the SYN by ICMP, which arrives while connect() holds the socket."""
    forget_both(stage.connection())  # so that no ICMP waits for a neighbour
    stage.b.filter("input", f"meta l4proto tcp reject with icmpx type {kind}")
    client = stage.tcp_socket(stage.a)
    if stage.is_ipv6:  # without it, IPv6 keeps the error to itself until the next SYN
        client.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
    client, end = stage.start_connect((stage.address(stage.b), PORT), client)
    stage.expect_local(end, errno=wait_error(client), certain_with=ICMP_ERRORS,
                       else_slug="connect-abandoned")
    client.close()


@scenario("icmp-unreachable-late")
def icmp_unreachable_late(stage: Stage) -> None:
    """Host unreachable."""
    _rejected(stage, "host-unreachable")


@scenario("icmp-unreachable-late")
def icmp_unreachable_late_port(stage: Stage) -> None:
    """Port unreachable: the application sees the errno of a refusing reset."""
    _rejected(stage, "port-unreachable")
