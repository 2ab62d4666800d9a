# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The wires between the lab's network namespaces: a direct one, by a router, by a bridge."""

from __future__ import annotations

import contextlib
import socket
import struct

from net import DEVICE, Namespace, until

_ICMP6_ECHO_REQUEST, _ICMP6_ECHO_REPLY = 128, 129


def join(left: Namespace, right: Namespace) -> None:
    """Joins two namespaces by a wire: 10.9.0.1 and fd09::1 on the left, .2 on the right."""
    wire = f"link add {DEVICE} type veth peer name {DEVICE} netns {right.path}"
    for number, namespace, first in ((1, left, wire), (2, right, "")):
        namespace.run("ip", "-batch", "-", text=f"""
            {first}
            link set lo up
            link set {DEVICE} up
            address add 10.9.0.{number}/24 dev {DEVICE}
            address add fd09::{number}/64 dev {DEVICE} nodad
        """)
    _wait_reachable(left, "fd09::2")


def _wire(left: Namespace, left_device: str, right: Namespace, right_device: str) -> None:
    left.run("ip", "link", "add", left_device, "type", "veth",
             "peer", "name", right_device, "netns", right.path)


def _configure(namespace: Namespace, device: str, *addresses: str, routes: str = "") -> None:
    lines = [f"address add {address} dev {device}{' nodad' if ':' in address else ''}"
             for address in addresses]
    namespace.run("ip", "-batch", "-", text="\n".join(
        ["link set lo up", f"link set {device} up", *lines, routes]))


def route(left: Namespace, router: Namespace, right: Namespace) -> tuple[str, str]:
    """Joins two hosts by a router, whose devices are `left` and `right`; the right one's addresses."""
    _wire(left, "veth1", router, "left")
    _wire(right, "veth1", router, "right")
    _configure(router, "left", "10.9.1.254/24", "fd09:1::fe/64")
    _configure(router, "right", "10.9.2.254/24", "fd09:2::fe/64")
    router.sysctl("ipv4/ip_forward", 1)
    router.sysctl("ipv6/conf/all/forwarding", 1)
    _configure(left, "veth1", "10.9.1.1/24", "fd09:1::1/64",
               routes="route add 10.9.2.0/24 via 10.9.1.254\nroute add fd09:2::/64 via fd09:1::fe")
    _configure(right, "veth1", "10.9.2.2/24", "fd09:2::2/64",
               routes="route add 10.9.1.0/24 via 10.9.2.254\nroute add fd09:1::/64 via fd09:2::fe")
    _wait_reachable(left, "fd09:2::2")
    return "10.9.2.2", "fd09:2::2"


def bridge(left: Namespace, middle: Namespace, right: Namespace) -> tuple[str, str]:
    """Joins two hosts by a bridge with the ports `left` and `right`; the right one's addresses."""
    _wire(left, "veth1", middle, "left")
    _wire(right, "veth1", middle, "right")
    middle.run("ip", "-batch", "-", text="""
        link add br0 type bridge forward_delay 0
        link set left master br0
        link set right master br0
        link set left up
        link set right up
        link set br0 up
    """)
    _configure(left, "veth1", "10.9.3.1/24", "fd09:3::1/64")
    _configure(right, "veth1", "10.9.3.2/24", "fd09:3::2/64")
    _wait_reachable(left, "fd09:3::2")
    return "10.9.3.2", "fd09:3::2"


def _wait_reachable(namespace: Namespace, target: str) -> None:
    """Until IPv6 works there and back.

    A route says too little: a new address answers no neighbour before the kernel's work queue has
    dealt with it, and with many namespaces that can take longer than a connect() waits.
    """
    with namespace.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as probe:
        probe.setblocking(False)
        until(lambda: _echoes(probe, target), f"an echo from {target}")


def _echoes(probe: socket.socket, target: str) -> bool:
    """Whether an echo has come; asks for another one."""
    with contextlib.suppress(BlockingIOError):
        while True:
            if probe.recv(64)[0] == _ICMP6_ECHO_REPLY:
                return True
    with contextlib.suppress(OSError):  # no route yet, or no neighbour
        probe.sendto(struct.pack(">BBHHH", _ICMP6_ECHO_REQUEST, 0, 0, 0, 0), (target, 0))
    return False
