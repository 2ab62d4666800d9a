# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What only the packets' own tracepoints tell (--deep): resets that TCP did not send, resets that it
ignored, segments that it never saw."""

import socket
import struct

from death import DROPS, NO_SOCKET, End
from net import (ACK, DEVICE, ESTABLISHED, RST, SYN, SYN_SENT, Address, Namespace, Segment,
                 until)
from registry import scenario
from stage import Connection, Impossible, Stage, forget_both, set_linger, tcp_info, wait_error

FAR_WIRE = "veth1"
TCP_MD5SIG = 14
ICMP_REPORTS = ("inet_sk_error_report", "tcp_v4_err")
"""Tells that no ICMP error came in."""
DROP_REASONS = ("reasons of dropped segments",)
"""Tells why."""
DROP_SOCKETS = ("sockets of dropped segments",)
"""Tells for whom."""


def _sniffed_connection(stage: Stage) -> tuple[Connection, int, int]:
    """A connection, what B expects next of A, and what A expects next of B."""
    listener = stage.listen()
    sniffer = stage.sniff(stage.a)
    connection = stage.connection_to(listener)
    seen = sniffer.wait(lambda s: s.flags == SYN | ACK, "a SYN-ACK")
    return connection, seen.ack, seen.seq + 1


def _still_works(connection: Connection) -> None:
    """Data passes, so the connection is alive; and what was injected before it has been dealt with."""
    connection.client.send(b"still here")
    assert connection.server.recv(100) == b"still here"


# Resets that leave


@scenario("raw-socket-reset", peer="reset-by-peer")
def raw_socket_reset(stage: Stage) -> None:
    """A program at B resets A's connection by a raw socket; B's own end lives on."""
    connection, _, expected = _sniffed_connection(stage)
    end = connection.client_end
    stage.inject(Segment(end.peer, end.local, expected, 0, RST))
    stage.expect_peer(end, errno=wait_error(connection.client))


@scenario("raw-socket-reset")
def raw_socket_reset_parked(stage: Stage) -> None:
    """It fits no connection, and has to wait until the neighbour's address is known."""
    source = (stage.address(stage.b), stage.unused_port())
    target = (stage.address(stage.a), stage.unused_port())
    sniffer = stage.sniff(stage.a)
    stage.b.run("ip", "neighbour", "flush", "dev", DEVICE)
    stage.inject(Segment(source, target, 1, 0, RST), is_neighbour_known=False)
    sniffer.wait(lambda s: s.source == source and s.flags == RST, "the reset")


def _is_refused(probe: socket.socket, target: Address) -> bool:
    """Whether an answer has come: all neighbours on the way know each other then."""
    try:
        probe.connect(target)
        probe.send(b"?")
        probe.recv(1)
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def _far_host(stage: Stage) -> tuple[Namespace, str]:
    """A host behind B, which forwards to it; and its address."""
    far = stage.third_host()
    stage.b.run("ip", "link", "add", FAR_WIRE, "type", "veth", "peer", "name", "veth0", "netns",
                far.path)
    prefix, bits = ("fd08::", 64) if stage.is_ipv6 else ("10.8.0.", 24)
    nodad = "nodad" if stage.is_ipv6 else ""
    near = ("fd09::" if stage.is_ipv6 else "10.9.0.")
    stage.b.run("ip", "-batch", "-", text=f"""
        link set {FAR_WIRE} up
        address add {prefix}2/{bits} dev {FAR_WIRE} {nodad}
    """)
    far.run("ip", "-batch", "-", text=f"""
        link set lo up
        link set veth0 up
        address add {prefix}3/{bits} dev veth0 {nodad}
        route add {near}{'/64' if stage.is_ipv6 else '0/24'} via {prefix}2
    """)
    stage.a.run("ip", *(["-6"] if stage.is_ipv6 else []), "route", "add",
                f"{prefix}{'/64' if stage.is_ipv6 else '0/24'}", "via", stage.address(stage.b))
    stage.b.sysctl("ipv6/conf/all/forwarding" if stage.is_ipv6 else "ipv4/ip_forward", 1)
    with stage.a.socket(stage.socket_family, socket.SOCK_DGRAM) as probe:
        probe.setblocking(False)
        until(lambda: _is_refused(probe, (f"{prefix}3", 9)), "the way there and back")
    return far, f"{prefix}3"


@scenario("forwarded-reset", peer="connection-refused")
def forwarded_reset(stage: Stage) -> None:
    """A host behind B refuses A; B passes the reset on."""
    far, address = _far_host(stage)
    client, end = stage.start_connect((address, 9))
    stage.expect_peer(end, errno=wait_error(client))
    stage.expect("no-listener", End(far.inode, end.peer, end.local), pid=None, hooks=NO_SOCKET)
    stage.expect_local(stage.mirror(end), pid=None, hooks=("net_dev_queue",))


@scenario("below-stack-reset", peer="reset-by-peer")
def below_stack_reset(stage: Stage) -> None:
    """Below TCP, B's segments get a RST flag."""
    stage.retransmit_late(stage.b, 30)  # that would be a reset again
    connection = stage.connection()
    port = connection.server_end.local[1]
    stage.b.filter("output", f"tcp sport {port} tcp flags & psh == psh @th,104,8 set 0x14")
    connection.server.send(b"x")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect_local(connection.server_end, pid=None, hooks=("net_dev_queue",))


@scenario("reset-not-sent", peer="linger-zero")
def reset_not_sent(stage: Stage) -> None:
    """B's reset does not pass B's own firewall."""
    connection = stage.connection()
    stage.b.filter("output", "tcp flags & rst == rst drop")
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_peer(connection.server_end)
    stage.expect_local(connection.server_end, hooks=DROPS)


@scenario("reset-not-sent", peer="no-listener")
def reset_not_sent_without_socket(stage: Stage) -> None:
    """B hides its closed ports: the refusal is made and dropped."""
    stage.b.filter("output", "tcp flags & rst == rst drop")
    sniffer = stage.sniff(stage.b)
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    sniffer.wait(lambda s: s.flags == SYN and s.target == end.peer, "A's SYN")
    until(lambda: stage.b.resets_sent() == 1, "B to have refused")
    stage.a.filter("output", "tcp flags & syn == syn drop")
    stage.expect_peer(stage.mirror(end), pid=None,
                      hooks=("resets without a socket", "tcp_v4_send_reset"))
    stage.expect_local(stage.mirror(end), pid=None, hooks=DROPS)
    client.close()
    stage.expect("connect-abandoned", end, certain_with=ICMP_REPORTS)


# Resets that are ignored


@scenario("reset-without-ack-in-syn-sent", peer="connect-abandoned")
def reset_without_ack_in_syn_sent(stage: Stage) -> None:
    """A reset that acknowledges nothing comes while A connects."""
    stage.b.filter("input", "meta l4proto tcp drop")
    sniffer = stage.sniff(stage.a)
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    syn = sniffer.wait(lambda s: s.flags == SYN and s.target == end.peer, "A's SYN")
    stage.inject(Segment(syn.target, syn.source, 1000, 0, RST))
    sniffer.wait(lambda s: s.target == end.local and s.flags == RST, "the reset to arrive")
    assert tcp_info(client).state == SYN_SENT
    stage.expect_local(end, hooks=DROP_REASONS, certain_with=DROP_SOCKETS, owner_with=DROP_SOCKETS)
    client.close()
    stage.expect_peer(end, certain_with=ICMP_REPORTS)


@scenario("reset-to-listener")
def reset_to_listener(stage: Stage) -> None:
    """A reset with an ACK for a port on which B listens."""
    listener = stage.listen()
    target = listener.getsockname()[:2]
    source = (stage.address(stage.a), 9)
    forget_both(stage.connection())  # so that the reset need not wait for a neighbour
    stage.inject(Segment(source, target, 1, 1, RST | ACK))
    stage.connection_to(listener)
    stage.expect_local(End(stage.b.inode, target, source), hooks=DROPS)


@scenario("reset-without-connection")
def reset_without_connection(stage: Stage) -> None:
    """A reset for which B has no socket at all."""
    target = (stage.address(stage.b), stage.unused_port())
    source = (stage.address(stage.a), 9)
    forget_both(stage.connection())
    sniffer = stage.sniff(stage.b)
    stage.inject(Segment(source, target, 1, 0, RST))
    sniffer.wait(lambda s: s.target == target and s.flags == RST, "the reset")
    stage.expect_local(End(stage.b.inode, target, source), pid=None, hooks=DROP_REASONS)


@scenario("reset-failed-check")
def reset_failed_check(stage: Stage) -> None:
    """An exact reset that was damaged on the way."""
    connection, expected, _ = _sniffed_connection(stage)
    end = connection.client_end
    stage.inject(Segment(end.local, end.peer, expected, 0, RST), checksum_error=1)
    _still_works(connection)
    stage.expect_local(connection.server_end, hooks=DROP_REASONS)


@scenario("reset-filtered", peer="linger-zero")
def reset_filtered(stage: Stage) -> None:
    """B's reset does not pass A's firewall: A's end stays half-open."""
    connection = stage.connection()
    stage.a.filter("input", "tcp flags & rst == rst drop")
    set_linger(connection.server, 0)
    connection.server.close()
    stage.expect_peer(connection.server_end)
    stage.expect_filtered(connection.client_end)
    assert tcp_info(connection.client).state == ESTABLISHED


# Segments that are dropped


@scenario("segment-filtered", peer="connect-abandoned")
def segment_filtered(stage: Stage) -> None:
    """A's SYN does not pass B's firewall."""
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    client.close()
    stage.expect_local(stage.mirror(end), pid=None, hooks=DROPS)
    stage.expect_peer(end, certain_with=ICMP_REPORTS)


def _tcp_md5sig(stage: Stage, address: str) -> bytes:
    """struct tcp_md5sig with a key for that peer."""
    packed = socket.inet_pton(stage.socket_family, address)
    peer = (struct.pack("=HHI", socket.AF_INET6, 0, 0) + packed if stage.is_ipv6 else
            struct.pack("=HH", socket.AF_INET, 0) + packed)
    return struct.pack("=128sBBHi80s", peer, 0, 0, 3, 0, b"key")


@scenario("md5-ao-mismatch", peer="connect-abandoned")
def md5_ao_mismatch(stage: Stage) -> None:
    """B's listener wants signatures of A, which has no key."""
    listener = stage.listen()
    try:
        listener.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG,
                            _tcp_md5sig(stage, stage.address(stage.a)))
    except OSError as error:
        raise Impossible("this kernel has no TCP-MD5") from error
    sniffer = stage.sniff(stage.b)
    client, end = stage.start_connect(listener.getsockname()[:2])
    sniffer.wait(lambda s: s.flags == SYN and s.target == end.peer, "A's SYN")
    client.close()
    stage.expect_local(stage.mirror(end), hooks=DROP_REASONS + ("tcp_hash_md5_required",))
    stage.expect_peer(end, certain_with=ICMP_REPORTS)
