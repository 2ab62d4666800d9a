# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Network namespaces of the lab, the wire between two of them, and single TCP segments on it.

The namespaces have no names: they live as long as somebody holds a descriptor of them, so nothing
is left behind whatever ends the lab.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Address = tuple[str, int]

DEVICE = "veth0"
PATIENCE_S = 10.0
"""How long anything is waited for: far longer than it takes, as a loaded machine is no failure."""

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT = range(1, 9)

_CLONE_NEWNET = 0x40000000
_ETH_P_ALL = 3
_POLL_INTERVAL_S = 0.004
_LIBC = ctypes.CDLL(None, use_errno=True)


class LabTimeout(Exception):
    """Something that the scenario waits for did not come."""


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Waits for a condition that the kernel only tells to who asks (/proc, TCP_INFO)."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise LabTimeout(what)
        time.sleep(_POLL_INTERVAL_S)


def _checked(status: int, call: str) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")


def disconnect(sock: socket.socket) -> None:
    """connect(AF_UNSPEC), which Python's own connect() cannot say."""
    _checked(_LIBC.connect(sock.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16), "connect")


def die_with_parent(signal_number: int) -> None:
    """Makes the kernel send that signal to this process when its parent ends."""
    pr_set_pdeathsig = 1
    _checked(_LIBC.prctl(pr_set_pdeathsig, signal_number), "prctl")


class Namespace:
    """One network namespace."""

    def __init__(self) -> None:
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _checked(_LIBC.unshare(_CLONE_NEWNET), "unshare")
            self.descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            _checked(_LIBC.setns(home, _CLONE_NEWNET), "setns")
        finally:
            os.close(home)
        self.inode = os.fstat(self.descriptor).st_ino

    @property
    def path(self) -> str:
        """A path by which another process can open it while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets and processes made inside the block belong to this namespace."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _checked(_LIBC.setns(self.descriptor, _CLONE_NEWNET), "setns")
            try:
                yield
            finally:
                _checked(_LIBC.setns(before, _CLONE_NEWNET), "setns")
        finally:
            os.close(before)

    def run(self, *command: str, text: str = "") -> str:
        """Runs a command in here, feeds it `text`, returns what it prints."""
        with self.entered():
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout

    def socket(self, family: int, kind: int = socket.SOCK_STREAM,
               protocol: int = 0) -> socket.socket:
        """A socket of this namespace."""
        with self.entered():
            return socket.socket(family, kind, protocol)

    def sysctl(self, key: str, value: int) -> None:
        """Sets net.<key>, given as a path below /proc/sys/net."""
        with self.entered(), open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
            file.write(str(value))

    def sysctl_if_known(self, key: str, value: int) -> None:
        """As sysctl(), for a setting that older kernels do not have (and do without)."""
        with contextlib.suppress(FileNotFoundError):
            self.sysctl(key, value)

    def filter(self, hook: str, rule: str) -> None:
        """Adds an nftables rule to the hook `input` or `output`, for both families."""
        self.run("nft", "-f", "-", text=f"""
            add table inet lab
            add chain inet lab {hook} {{ type filter hook {hook} priority 0; }}
            add rule inet lab {hook} {rule}
        """)

    def unfilter(self) -> None:
        """Takes all rules away."""
        self.run("nft", "flush", "table", "inet", "lab")

    def tcp_states(self, port: int) -> list[int]:
        """States of all TCP sockets with that port at an end, minisocks and requests included."""
        lines: list[str] = []
        with self.entered():
            for name in ("tcp", "tcp6"):
                with open(f"/proc/thread-self/net/{name}", encoding="ascii") as file:
                    lines += list(file)[1:]
        return [_proc_state(line) for line in lines if _proc_has(line, port)]


def _proc_state(line: str) -> int:
    return int(line.split()[3], 16)


def _proc_has(line: str, port: int) -> bool:
    ends = line.split()[1:3]
    return any(int(end.rpartition(":")[2], 16) == port for end in ends)


def join(left: Namespace, right: Namespace) -> None:
    """Joins two namespaces by a wire: 10.9.0.1 and fd09::1 on the left, .2 on the right."""
    left.run("ip", "link", "add", DEVICE, "type", "veth",
             "peer", "name", DEVICE, "netns", right.path)
    for number, namespace in ((1, left), (2, right)):
        namespace.run("ip", "-batch", "-", text=f"""
            link set lo up
            link set {DEVICE} up
            address add 10.9.0.{number}/24 dev {DEVICE}
            address add fd09::{number}/64 dev {DEVICE} nodad
        """)
    for target, namespace in (("fd09::2", left), ("fd09::1", right)):
        until(lambda ns=namespace, to=target: _has_route(ns, to), f"a route to {target}")


def _has_route(namespace: Namespace, target: str) -> bool:
    with namespace.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex((target, 9)) == 0


@dataclass(frozen=True)
class Segment:
    """A TCP segment, as far as the lab needs it."""

    source: Address
    target: Address
    seq: int
    ack: int
    flags: int
    payload: int = 0


def parse_segment(packet: bytes) -> Segment | None:
    """Reads an IPv4 or IPv6 packet; None when it holds no TCP."""
    if packet[0] >> 4 == 4:
        family, addresses = socket.AF_INET, packet[12:20]
        protocol, start = packet[9], (packet[0] & 15) * 4
        end = int.from_bytes(packet[2:4], "big")
    else:
        family, addresses = socket.AF_INET6, packet[8:40]
        protocol, start = packet[6], 40
        end = start + int.from_bytes(packet[4:6], "big")
    if protocol != socket.IPPROTO_TCP:
        return None
    half = len(addresses) // 2
    source = socket.inet_ntop(family, addresses[:half])
    target = socket.inet_ntop(family, addresses[half:])
    sport, dport, seq, ack, offset, flags = struct.unpack("!HHIIBB", packet[start:start + 14])
    payload = end - start - (offset >> 4) * 4
    return Segment((source, sport), (target, dport), seq, ack, flags, payload)


class Sniffer:
    """Sees what passes a namespace's end of the wire, both ways, filtered later or not."""

    def __init__(self, namespace: Namespace) -> None:
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                        socket.htons(_ETH_P_ALL))
        self._socket.bind((DEVICE, _ETH_P_ALL))

    def close(self) -> None:
        """Stops seeing."""
        self._socket.close()

    def wait(self, wanted: Callable[[Segment], bool], what: str) -> Segment:
        """The first segment, seen since the start or the last wait, that is wanted."""
        deadline = time.monotonic() + PATIENCE_S
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                packet, address = self._socket.recvfrom(65536)
            except TimeoutError:
                break
            is_ip = address[1] in (0x0800, 0x86DD)
            segment = parse_segment(packet) if is_ip else None
            if segment is not None and wanted(segment):
                return segment
        raise LabTimeout(what)


def send_segment(namespace: Namespace, segment: Segment) -> None:
    """Puts a made-up segment (no options, no data) on the wire."""
    source, target = segment.source[0], segment.target[0]
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    header = _tcp_header(segment, 0)
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    pseudo = addresses + struct.pack("!HH", socket.IPPROTO_TCP, len(header))
    header = _tcp_header(segment, _checksum(pseudo + header))
    with namespace.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.bind((source, 0))
        raw.sendto(header, (target, 0))


def _tcp_header(segment: Segment, checksum: int) -> bytes:
    ports = segment.source[1], segment.target[1]
    numbers = segment.seq & 0xFFFFFFFF, segment.ack & 0xFFFFFFFF
    return struct.pack("!HHIIBBHHH", *ports, *numbers, 5 << 4, segment.flags, 65535, checksum, 0)


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF
