# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Local errors: connect() fails on A, somebody takes the socket away, the kernel cannot decrypt."""

import socket
import struct
import subprocess

from death import End
from net import SYN_SENT, until
from registry import scenario
from stage import Impossible, Stage, error_name, forget_both, wait_error

PORT = 9
IP_BIND_ADDRESS_NO_PORT = 24
CONNECT = ("tcp_v4_connect",)
TCP_ULP = 31
SOL_TLS = 282
TLS_RX = 2
TLS_CIPHER_AES_GCM_128 = 51


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


def _start_tls(sock: socket.socket, direction: int) -> None:
    """Makes the kernel decrypt or encrypt: TLS 1.2, AES-GCM with 128 bits, all of them zero."""
    subprocess.run(["modprobe", "tls"], check=False, capture_output=True)  # may be built in
    try:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_ULP, b"tls")
        sock.setsockopt(SOL_TLS, direction, struct.pack("=HH", 0x0303, TLS_CIPHER_AES_GCM_128)
                        + bytes(8 + 16 + 4 + 8))
    except OSError as error:
        raise Impossible(f"this kernel has no kTLS: {error}") from error


@scenario("ulp-error")
def ulp_error(stage: Stage) -> None:
    """A's kernel cannot decrypt what B sends."""
    connection = stage.connection()
    _start_tls(connection.client, TLS_RX)
    connection.server.send(b"\x17\x03\x03\x00\x28" + bytes(40))  # a record with a wrong tag
    try:
        connection.client.recv(100)
    except OSError as refusal:
        error = error_name(refusal.errno or 0)
    else:
        raise AssertionError("the kernel decrypted what nobody had encrypted")
    stage.expect_local(connection.client_end, errno=error, hooks=(
        "inet_sk_error_report", "sock_def_error_report"))
