# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A firewall answers in the place of the one that a segment was meant for."""

from death import NO_SOCKET, REJECT, End
from net import ACK, RST, SYN, Address, Namespace, Segment, send_segment
from registry import scenario
from stage import Impossible, Stage, forget_both, wait_error

RULE = "meta l4proto tcp reject with tcp reset"
PORT = 9


LINK_REJECT = ("nf_reject_skb_v4_tcp_reset", "net_dev_queue")
"""Of rules on bridges and devices, which before v5.11 built their resets in functions of their own."""


def _refused(stage: Stage, firewall: Namespace, target: Address,
             hooks: tuple[str, ...] = REJECT) -> None:
    """A connects; the firewall refuses, and A cannot tell it from the target."""
    client, end = stage.start_connect(target)
    stage.expect_peer(end, errno=wait_error(client))
    stage.expect_local(End(firewall.inode, end.peer, end.local), pid=None, hooks=hooks)


@scenario("netfilter-reject-input", peer="connection-refused", is_apart=True)
def netfilter_reject_input(stage: Stage) -> None:
    """B's firewall refuses A's SYN."""
    stage.b.filter("input", RULE)
    _refused(stage, stage.b, (stage.address(stage.b), PORT))


@scenario("netfilter-reject-input", peer="reset-by-peer", is_apart=True)
def netfilter_reject_established(stage: Stage) -> None:
    """The rule comes when the connection is open: B's socket knows nothing of its end."""
    connection = stage.connection()
    stage.b.filter("input", RULE)
    connection.client.send(b"are you still there?")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    stage.expect_local(connection.server_end, pid=None, hooks=REJECT)


@scenario("netfilter-reject-output", peer="connection-refused", is_apart=True)
def netfilter_reject_output(stage: Stage) -> None:
    """A's own firewall refuses what A sends."""
    stage.a.filter("output", f"oifname veth0 {RULE}")  # not the reset itself, on lo
    _refused(stage, stage.a, (stage.address(stage.b), PORT))


@scenario("netfilter-reject-output", peer="reset-by-peer", is_apart=True)
def netfilter_reject_output_established(stage: Stage) -> None:
    """A's own firewall ends an open connection; B hears nothing of it."""
    connection = stage.connection()
    stage.a.filter("output", f"oifname veth0 {RULE}")  # not the reset itself, on lo
    connection.client.send(b"are you still there?")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
    end = connection.client_end
    stage.expect_local(End(end.netns, end.peer, end.local), pid=None, hooks=REJECT)


@scenario("netfilter-reject-forward", peer="connection-refused", is_apart=True)
def netfilter_reject_forward(stage: Stage) -> None:
    """A router refuses in B's name."""
    router, address = stage.router()
    router.filter("forward", RULE)
    _refused(stage, router, (address, PORT))


@scenario("netfilter-reject-forward", peer="connection-refused", is_apart=True)
def netfilter_reject_prerouting(stage: Stage) -> None:
    """A router refuses before it has routed."""
    router, address = stage.router()
    router.filter("prerouting", RULE)
    _refused(stage, router, (address, PORT))


def _add_table(host: Namespace, text: str) -> None:
    try:
        host.run("nft", "-f", "-", text=text)
    except RuntimeError as error:
        raise Impossible(f"this kernel or nft has no such REJECT: {error}") from error


@scenario("netfilter-reject-bridge", peer="connection-refused", is_apart=True)
def netfilter_reject_bridge(stage: Stage) -> None:
    """A bridge refuses in B's name."""
    host, address = stage.bridge()
    _add_table(host, f"""
        add table bridge lab
        add chain bridge lab pre {{ type filter hook prerouting priority 0; }}
        add rule bridge lab pre {RULE}
    """)
    _refused(stage, host, (address, PORT), LINK_REJECT)


@scenario("netfilter-reject-bridge", peer="connection-refused", is_apart=True)
def netfilter_reject_device(stage: Stage) -> None:
    """B's device refuses before anything else of B sees the segment."""
    _add_table(stage.b, f"""
        add table netdev lab
        add chain netdev lab in {{ type filter hook ingress device veth0 priority 0; }}
        add rule netdev lab in {RULE}
    """)
    _refused(stage, stage.b, (stage.address(stage.b), PORT))


def _wait_counted(stage: Stage) -> None:
    """Until B has seen what was sent before: the wire keeps the order."""
    sniffer = stage.sniff(stage.b)
    _reset_meets_rule(stage, 7)
    sniffer.wait(lambda s: s.flags == RST | ACK and s.target[1] == 7, "the probe")


def _reset_meets_rule(stage: Stage, port: int) -> None:
    """A reset that B's rule drops."""
    probe = Segment((stage.address(stage.a), port), (stage.address(stage.b), port), 1, 1, RST | ACK)
    stage.inject(probe)
    stage.expect_filtered(End(stage.b.inode, probe.target, probe.source))


def _forbid(stage: Stage) -> None:
    """B's rule; A's kernel knows B's address already, so that resets need not wait for it."""
    forget_both(stage.connection())
    stage.b.filter("input", RULE)


@scenario()
def reset_meets_reject(stage: Stage) -> None:
    """A reset is never answered by a reset: the rule only drops it."""
    _forbid(stage)
    _reset_meets_rule(stage, 5555)
    _wait_counted(stage)


@scenario()
def bad_checksum_meets_reject(stage: Stage) -> None:
    """A segment that was damaged on the way is not answered either."""
    _forbid(stage)
    syn = Segment((stage.address(stage.a), 5555), (stage.address(stage.b), PORT), 1, 0, SYN)
    send_segment(stage.a, syn, checksum_error=1)
    _wait_counted(stage)


@scenario("no-listener", peer="connection-refused")
def accepting_rule(stage: Stage) -> None:
    """A rule that matches and accepts: the reset is TCP's own."""
    stage.b.filter("input", "meta l4proto tcp accept")
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    stage.expect_peer(end, errno=wait_error(client))
    stage.expect_local(stage.mirror(end), pid=None, hooks=NO_SOCKET)
