# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Network namespaces of the lab, and single TCP segments on the wires between them.

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

ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSE, CLOSE_WAIT, LAST_ACK = (
    range(1, 10))

_CLONE_NEWNET = 0x40000000
_ETH_P_ALL = 3
_POLL_INTERVAL_S = 0.004
_TCP_BYTES = 20
_IPV6_TRANSPARENT = 75
_HOPS = 64
_NEIGHBOURS_MAX = 1 << 16
_NETLINK_NETFILTER, _NFNL_SUBSYS_CTNETLINK, _IPCTNL_MSG_CT_DELETE = 12, 1, 2
_NLM_F_REQUEST, _NLM_F_ACK = 1, 4
_LIBC = ctypes.CDLL(None, use_errno=True)


class LabTimeout(Exception):
    """Something that the scenario waits for did not come."""


def until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S,
          interval_s: float = _POLL_INTERVAL_S) -> None:
    """Waits for a condition that the kernel only tells to who asks (/proc, TCP_INFO)."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise LabTimeout(what)
        time.sleep(interval_s)


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


@contextlib.contextmanager
def machine_sysctl(key: str, value: int) -> Iterator[None]:
    """Sets net.<key> of the whole machine inside the block.

    A process of its own puts the old value back: it waits for the end of its input, which comes
    whatever becomes of this one.
    """
    path = f"/proc/sys/net/{key}"
    with open(path, encoding="ascii") as file:
        old = file.read().strip()
    command = ["sh", "-c", f"cat; echo {old} >{path}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True):
        with open(path, "w", encoding="ascii") as file:
            file.write(str(value))
        yield


@contextlib.contextmanager
def room_for_neighbours() -> Iterator[None]:
    """The machine's namespaces share one table of neighbours for each family, 1024 unless told
    otherwise, and the lab keeps hundreds of namespaces: the last ones would reach nobody."""
    with contextlib.ExitStack() as settings:
        for family in ("ipv4", "ipv6"):
            for number in (1, 2, 3):
                settings.enter_context(
                    machine_sysctl(f"{family}/neigh/default/gc_thresh{number}", _NEIGHBOURS_MAX))
        yield


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

    def sysctl(self, key: str, value: int | str) -> None:
        """Sets net.<key>, given as a path below /proc/sys/net."""
        with self.entered(), open(f"/proc/sys/net/{key}", "w", encoding="ascii") as file:
            file.write(str(value))

    def sysctl_if_known(self, key: str, value: int) -> None:
        """As sysctl(), for a setting that older kernels do not have (and do without)."""
        with contextlib.suppress(FileNotFoundError):
            self.sysctl(key, value)

    def filter(self, hook: str, rule: str) -> None:
        """Adds an nftables rule to a hook (`input`, `output` ...), for both families."""
        self.run("nft", "-f", "-", text=f"""
            add table inet lab
            add chain inet lab {hook} {{ type filter hook {hook} priority 0; }}
            add rule inet lab {hook} {rule}
        """)

    def refilter(self, hook: str, rule: str) -> None:
        """Puts an nftables rule in the place of that hook's: no packet passes between the two."""
        self.run("nft", "-f", "-", text=f"""
            flush chain inet lab {hook}
            add rule inet lab {hook} {rule}
        """)

    def unfilter(self) -> None:
        """Takes all rules away."""
        self.run("nft", "flush", "table", "inet", "lab")

    def masquerade(self, device: str) -> None:
        """What it forwards by that device goes in its own name."""
        # Two at a time that have the kernel load a module: one is told that there is none (6.1).
        subprocess.run(["modprobe", "-qa", "nft_chain_nat", "nft_masq"], check=False)
        self.run("nft", "-f", "-", text=f"""
            add table inet nat
            add chain inet nat out {{ type nat hook postrouting priority 100; }}
            add rule inet nat out oifname {device} masquerade
        """)

    def flush_conntrack(self) -> None:
        """Its connection tracking forgets all that it knows, as by `conntrack -F`."""
        delete = _NFNL_SUBSYS_CTNETLINK << 8 | _IPCTNL_MSG_CT_DELETE
        with self.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as netlink:
            netlink.settimeout(PATIENCE_S)
            netlink.send(struct.pack("=IHHIIBBH", 20, delete, _NLM_F_REQUEST | _NLM_F_ACK, 1, 0,
                                     socket.AF_UNSPEC, 0, 0))
            error = struct.unpack_from("=i", netlink.recv(4096), 16)[0]
        if error != 0:
            raise OSError(-error, f"flush of conntrack: {os.strerror(-error)}")

    def tcp_states(self, port: int) -> list[int]:
        """States of all TCP sockets with that port at an end, minisocks and requests included."""
        lines: list[str] = []
        with self.entered():
            for name in ("tcp", "tcp6"):
                with open(f"/proc/thread-self/net/{name}", encoding="ascii") as file:
                    lines += list(file)[1:]
        return [_proc_state(line) for line in lines if _proc_has(line, port)]

    def resets_sent(self) -> int:
        """Tcp OutRsts: how many resets the kernel itself says that it sent here."""
        return self._counter("snmp", "Tcp", "OutRsts")

    def listen_drops(self) -> int:
        """TcpExt ListenDrops: SYNs and last ACKs that listeners dropped here."""
        return self._counter("netstat", "TcpExt", "ListenDrops")

    def icmps_at_locked_sockets(self) -> int:
        """TcpExt LockDroppedIcmps: ICMP errors that came while a process held the socket."""
        return self._counter("netstat", "TcpExt", "LockDroppedIcmps")

    def _counter(self, file: str, group: str, name: str) -> int:
        with self.entered(), open(f"/proc/thread-self/net/{file}", encoding="ascii") as lines:
            names, values = [line.split() for line in lines if line.startswith(f"{group}:")]
        return int(values[names.index(name)])


def _proc_state(line: str) -> int:
    return int(line.split()[3], 16)


def _proc_has(line: str, port: int) -> bool:
    ends = line.split()[1:3]
    return any(int(end.rpartition(":")[2], 16) == port for end in ends)


@dataclass(frozen=True)
class Segment:
    """A TCP segment, as far as the lab needs it."""

    source: Address
    target: Address
    seq: int
    ack: int
    flags: int
    payload: int = 0
    window: int = 65535
    options: bytes = b""
    data: bytes = b""
    """To send; what is sniffed has only its length, .payload."""


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
    fields = struct.unpack("!HHIIBBH", packet[start:start + 16])
    sport, dport, seq, ack, offset, flags, window = fields
    data = start + (offset >> 4) * 4
    return Segment((source, sport), (target, dport), seq, ack, flags, end - data, window,
                   packet[start + _TCP_BYTES:data])


class Sniffer:
    """Sees what passes a namespace's end of the wire, both ways, filtered later or not."""

    def __init__(self, namespace: Namespace, device: str = DEVICE) -> None:
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                        socket.htons(_ETH_P_ALL))
        self._socket.bind((device, _ETH_P_ALL))

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


def send_segment(namespace: Namespace, segment: Segment, *, checksum_error: int = 0,
                 hops: int | None = None) -> None:
    """Puts a made-up segment on the wire, in anybody's name; hops: its TTL or hop limit."""
    source, target = segment.source[0], segment.target[0]
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    header = _tcp_header(segment, 0)
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, target)
    pseudo = addresses + struct.pack("!HH", socket.IPPROTO_TCP, len(header))
    checksum = _checksum(pseudo + header + b"\0" * (len(header) % 2)) ^ checksum_error
    header = _tcp_header(segment, checksum)
    with namespace.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        if family == socket.AF_INET:  # before 5.17 no raw socket could be bound to a foreign address
            raw.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
            header = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, hops or _HOPS, socket.IPPROTO_TCP,
                                 0) + addresses + header  # the kernel fills in what is 0
        else:
            raw.setsockopt(socket.IPPROTO_IPV6, _IPV6_TRANSPARENT, 1)
            raw.bind((source, 0))
            raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, hops or _HOPS)
        raw.sendto(header, (target, 0))


def send_icmp(namespace: Namespace, target: str, kind: tuple[int, int], quoted: Segment) -> None:
    """Sends an ICMP error of that type and code, which quotes the beginning of a segment."""
    source = quoted.source[0]
    is_ipv6 = ":" in source
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    addresses = socket.inet_pton(family, source) + socket.inet_pton(family, quoted.target[0])
    header = (struct.pack("!IHBB", 6 << 28, 20, socket.IPPROTO_TCP, 64) if is_ipv6 else
              struct.pack("!BBHHHBBH", 0x45, 0, 40, 1, 0, 64, socket.IPPROTO_TCP, 0))
    packet = header + addresses + _tcp_header(quoted, 0)
    message = struct.pack("!BBHI", *kind, 0, 0) + packet
    if not is_ipv6:  # the kernel does it for ICMPv6
        message = message[:2] + struct.pack("!H", _checksum(message)) + message[4:]
    protocol = socket.IPPROTO_ICMPV6 if is_ipv6 else socket.IPPROTO_ICMP
    with namespace.socket(family, socket.SOCK_RAW, protocol) as raw:
        raw.sendto(message, (target, 0))


def _tcp_header(segment: Segment, checksum: int) -> bytes:
    ports = segment.source[1], segment.target[1]
    numbers = segment.seq & 0xFFFFFFFF, segment.ack & 0xFFFFFFFF
    words = (_TCP_BYTES + len(segment.options)) // 4
    fixed = struct.pack("!HHIIBBHHH", *ports, *numbers, words << 4, segment.flags, segment.window,
                        checksum, 0)
    return fixed + segment.options + segment.data


def _checksum(data: bytes) -> int:
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF
