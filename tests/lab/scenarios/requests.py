# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Half-open connections of B's listener: what ends them, and segments that do not fit them."""

import socket

from death import NO_SOCKET
from half_open import CHECKS, ISN, TIMERS, HalfOpen
from net import ACK, RST, SYN, SYN_RECV, until
from registry import scenario
from stage import Impossible, Stage, wait_acked

FUNCTIONS = ("tcp_check_req",)


@scenario("ack-to-listener")
def ack_to_listener(stage: Stage) -> None:
    """An ACK of a connection that B does not know."""
    client = HalfOpen(stage, stage.listen()).silence()
    client.send(ACK, ISN, 2000)
    client.wait_reset()
    stage.expect_local(client.end, certain_with=FUNCTIONS)


@scenario("bad-ack-in-handshake")
def bad_ack_in_handshake(stage: Stage) -> None:
    """The last ACK acknowledges 77 too many; the right one makes the connection afterwards."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send(ACK, ISN + 1, client.server_isn + 78)
    client.wait_reset()
    stage.expect_local(client.end, certain_with=FUNCTIONS, else_slug="ack-to-listener")
    client.finish()


@scenario("bad-syn-cookie", peer="syn-cookie-sent")
def bad_syn_cookie(stage: Stage) -> None:
    """What comes back is not the cookie that was sent."""
    stage.b.sysctl("ipv4/tcp_syncookies", 2)
    client = HalfOpen(stage, stage.listen()).open()
    client.send(ACK, ISN + 1, client.server_isn + 78)
    client.wait_reset()
    stage.expect_peer(client.end, hooks=("tcp_conn_request",))
    stage.expect_local(client.end, certain_with=("cookie_v4_check",), else_slug="ack-to-listener")


@scenario("bad-syn-in-handshake")
def bad_syn_in_handshake(stage: Stage) -> None:
    """A second SYN with another number."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send(SYN, ISN + 100)
    client.wait_reset()
    client.wait_gone()
    stage.expect_local(client.end)


@scenario("reset-in-handshake")
def reset_in_handshake(stage: Stage) -> None:
    """A SYN scan: the answer to the SYN-ACK is a reset."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send(RST, ISN + 1)
    client.wait_gone()
    stage.expect_local(client.end, hooks=CHECKS)


@scenario("inexact-reset-in-handshake")
def inexact_reset_in_handshake(stage: Stage) -> None:
    """A reset 49 too far on is challenged, and the handshake goes on."""
    with open("/proc/kallsyms", encoding="ascii") as symbols:
        if not any(line.split()[2] == "tcp_reqsk_send_challenge_ack" for line in symbols):
            raise Impossible("this kernel lets any reset in the window end a handshake")
    client = HalfOpen(stage, stage.listen()).open()
    client.send(RST, ISN + 50)
    client.wait(ACK, "a challenge ACK")
    stage.expect_local(client.end, hooks=("tcp_reqsk_send_challenge_ack",))
    client.finish()


@scenario("synack-timeout")
def synack_timeout(stage: Stage) -> None:
    """The client never answers."""
    stage.b.sysctl("ipv4/tcp_synack_retries", 1)
    client = HalfOpen(stage, stage.listen()).open()
    client.wait_gone()
    stage.expect_local(client.end, hooks=TIMERS, why="2 SYN-ACKs")


@scenario("defer-accept-timeout")
def defer_accept_timeout(stage: Stage) -> None:
    """The client finishes its handshake and says nothing."""
    stage.b.sysctl("ipv4/tcp_synack_retries", 1)
    listener = stage.listen()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
    client = HalfOpen(stage, listener).open()
    client.send_last_ack()
    client.wait_gone()
    stage.expect_local(client.end, hooks=TIMERS)


@scenario("listener-closed-in-handshake", peer="no-connection")
def listener_closed_in_handshake(stage: Stage) -> None:
    """The last ACK finds the listener closed."""
    listener = stage.listen()
    client = HalfOpen(stage, listener).open()
    listener.close()
    client.send_last_ack()
    client.wait_reset()
    stage.expect_local(client.end, hooks=("inet_csk_reqsk_queue_drop_and_put", "timer_cancel"))
    stage.expect_peer(client.end, hooks=NO_SOCKET)


@scenario("listener-closed-in-handshake")
def listener_closed_in_handshake_silence(stage: Stage) -> None:
    """Nothing comes any more: the timer of the handshake finds the listener closed."""
    listener = stage.listen()
    client = HalfOpen(stage, listener).open()
    listener.close()
    client.wait_gone()
    stage.expect_local(client.end, hooks=TIMERS)


@scenario("icmp-in-handshake")
def icmp_in_handshake(stage: Stage) -> None:
    """A's firewall rejects the SYN-ACK by an ICMP error that ends a handshake."""
    client = HalfOpen(stage, stage.listen())
    client.silence("reject with icmpv6 type admin-prohibited" if stage.is_ipv6
                   else "reject with icmp type host-unreachable")
    client.send_syn()
    client.wait(SYN | ACK, "a SYN-ACK")
    client.wait_gone()
    stage.expect_local(client.end, hooks=("tcp_req_err", "timer_cancel"))


@scenario("handshake-paws")
def handshake_paws(stage: Stage) -> None:
    """The last ACK's sequence number lies outside the window; B answers what it expects."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send(ACK, ISN - 5000, client.server_isn + 1)
    client.wait(ACK, "B's ACK")
    stage.expect_local(client.end, hooks=FUNCTIONS, why="outside the window")
    client.finish()


@scenario()
def syn_repeated(stage: Stage) -> None:
    """The client sends its SYN again: it gets the SYN-ACK again, and that is all."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send_syn()
    client.wait(SYN | ACK, "the SYN-ACK again")
    client.finish()


@scenario()
def reset_far_off_in_handshake(stage: Stage) -> None:
    """A reset outside the window changes nothing."""
    client = HalfOpen(stage, stage.listen()).open()
    client.send(RST, ISN - 5000)
    client.finish()


@scenario()
def icmp_for_an_older_handshake(stage: Stage) -> None:
    """An ICMP error that does not end a handshake: prohibited with IPv4, no route with IPv6."""
    client = HalfOpen(stage, stage.listen())
    client.silence("reject with icmpv6 type no-route" if stage.is_ipv6
                   else "reject with icmp type admin-prohibited")
    client.send_syn()
    client.server_isn = client.wait(SYN | ACK, "a SYN-ACK").seq
    stage.a.refilter("input", f"tcp dport {client.client[1]} drop")
    assert SYN_RECV in stage.b.tcp_states(client.client[1])
    client.finish()


@scenario()
def deferred_data(stage: Stage) -> None:
    """TCP_DEFER_ACCEPT waits for data, which comes."""
    listener = stage.listen()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
    client, _ = stage.connect(listener.getsockname()[:2])
    until(lambda: SYN_RECV in stage.b.tcp_states(client.getsockname()[1]), "the bare ACK to be deferred")
    client.send(b"hello")
    assert stage.accept(listener).recv(5) == b"hello"
    wait_acked(client)
