# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""connect() fails on A, before anything is sent or when somebody takes the socket away."""

import socket

from net import SYN_SENT, until
from registry import scenario
from stage import End, Impossible, Stage, error_name, forget_both, wait_error

PORT = 9
IP_BIND_ADDRESS_NO_PORT = 24
CONNECT = ("tcp_v4_connect",)


def _fail(stage: Stage, client: socket.socket, target: tuple[str, int]) -> str:
    """A connect() that must fail at once; how."""
    client.setblocking(False)
    return error_name(client.connect_ex(target))


@scenario("no-route")
def no_route(stage: Stage) -> None:
    """Nothing leads there."""
    target = ("fd09:9::1" if stage.is_ipv6 else "10.9.9.1", PORT)
    error = _fail(stage, stage.tcp_socket(stage.a), target)
    stage.expect_local(End(stage.a.inode, (None, None), target), errno=error, hooks=CONNECT)


@scenario("no-route")
def no_route_prohibited(stage: Stage) -> None:
    """An administrator wants nothing to lead there."""
    target = ("fd09:9::1" if stage.is_ipv6 else "10.9.9.1", PORT)
    stage.a.run("ip", "route", "add", "prohibit", target[0])
    error = _fail(stage, stage.tcp_socket(stage.a), target)
    assert error == "EACCES"
    stage.expect_local(End(stage.a.inode, (None, None), target), errno=error, hooks=CONNECT)


@scenario("ports-exhausted")
def ports_exhausted(stage: Stage) -> None:
    """Two ports, and both are taken."""
    stage.a.sysctl("ipv4/ip_local_port_range", "40000 40001")
    listener = stage.listen()
    taken = [stage.connection_to(listener) for _ in range(2)]
    client = stage.tcp_socket(stage.a)
    client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((stage.address(stage.a), 0))
    target = listener.getsockname()[:2]
    error = _fail(stage, client, target)
    assert error == "EADDRNOTAVAIL"
    end = End(stage.a.inode, (stage.address(stage.a), None), target)
    stage.expect_local(end, errno=error)
    for connection in taken:
        forget_both(connection)


@scenario("abort-without-reset")
def abort_without_reset(stage: Stage) -> None:
    """Root at A destroys a socket that is still connecting."""
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), PORT))
    until(lambda: SYN_SENT in stage.a.tcp_states(end.local[1]), "A to be connecting")
    try:
        said = stage.a.run("ss", "-K", "-t", "state", "syn-sent", "sport", "=", f":{end.local[1]}")
    except RuntimeError as error:
        raise Impossible(f"this kernel destroys no such socket: {error}") from error
    if str(end.local[1]) not in said:
        client.close()
        raise Impossible("this kernel destroys no socket that is still connecting")
    stage.expect_local(end, errno=wait_error(client))
