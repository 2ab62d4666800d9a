# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What else watches resets, as bench/run starts it: how it says that it is attached, and what it says when it loses."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", Path(__file__).resolve().parent.parent / "build")).resolve()
READY_S = 20.0
SETTLE_S = 0.5
"""For one that does not say when it is attached."""
END_S = 10.0
PROBES = "tracepoint:tcp:tcp_send_reset, tracepoint:tcp:tcp_receive_reset"
EVENTS = "tcp:tcp_send_reset,tcp:tcp_receive_reset"
LOST = re.compile(r"[Ll]ost (\d+) events|(\d+) (?:packets dropped by kernel|events? lost)")


@dataclass(frozen=True)
class Rival:
    """One of them."""

    name: str
    command: tuple[str, ...]
    ready: str | None = None
    """What it prints when it is attached."""
    sees_all: bool = False
    """It is called by connections that do not die, too."""


def bpftrace(name: str, action: str) -> Rival:
    """A one-liner."""
    return Rival(f"bpftrace, {name}", ("bpftrace", "-e", f"{PROBES} {{ {action} }}"), "Attaching")


def ftrace(name: str, *options: str) -> Rival:
    """The kernel's own, read through its pipe into nothing."""
    instance = "/sys/kernel/tracing/instances/rsttrace-bench"
    switches = [f"echo 1 > {instance}/{switch}" for switch in (
        *options, "events/tcp/tcp_send_reset/enable", "events/tcp/tcp_receive_reset/enable")]
    script = (f"mkdir {instance} || exit; trap 'kill %1; wait; rmdir {instance}' TERM; {'; '.join(switches)}; "
              f"cat {instance}/trace_pipe > /dev/null & echo ready; wait")
    return Rival(f"ftrace, {name}", ("bash", "-mc", script), "ready")


RIVALS = (
    Rival("an empty program (the floor)", (str(BUILD / "floor"), str(BUILD / "floor.bpf")), "ready", sees_all=True),
    Rival("tcpdump -w", ("tcpdump", "-i", "any", "-w", "/dev/null", "tcp[13] & 4 != 0"), "listening", sees_all=True),
    Rival("tcpdump, printed", ("tcpdump", "-n", "-i", "any", "tcp[13] & 4 != 0"), "listening", sees_all=True),
    bpftrace("counted", "@ = count();"),
    bpftrace("printed", 'printf("%s %d\\n", comm, pid);'),
    bpftrace("with stacks", 'printf("%d %s\\n", pid, kstack(8));'),
    Rival("tcpstates (libbpf-tools)", ("stdbuf", "-oL", "tcpstates"), "SKADDR", sees_all=True),
    Rival("tcplife (libbpf-tools)", ("stdbuf", "-oL", "tcplife"), "PID", sees_all=True),
    Rival("tcpstates (bcc)", ("tcpstates-bpfcc",), "SKADDR", sees_all=True),
    Rival("trace (bcc)", ("trace-bpfcc", "t:tcp:tcp_send_reset", "t:tcp:tcp_receive_reset"), "PID"),
    Rival("stackcount (bcc)", ("stackcount-bpfcc", "t:tcp:tcp_send_reset"), "Tracing"),
    Rival("perf trace", ("perf", "trace", "-a", "--no-syscalls", "-e", EVENTS)),
    Rival("perf record", ("perf", "record", "-a", "-o", "/dev/null", "-e", EVENTS)),
    Rival("perf record -g", ("perf", "record", "-a", "-g", "-o", "/dev/null", "-e", EVENTS)),
    ftrace("piped"),
    ftrace("with stacks", "options/stacktrace"),
)


class Unavailable(Exception):
    """It does not run here; why."""


class Watching:
    """A rival, attached. What it prints goes to a file."""

    def __init__(self, rival: Rival) -> None:
        self.output = tempfile.NamedTemporaryFile(prefix="rsttrace-bench-")  # noqa: SIM115
        start = time.monotonic()
        try:
            self.process = subprocess.Popen(rival.command, stdout=self.output, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL)
        except FileNotFoundError as error:
            raise Unavailable("not installed") from error
        while rival.ready and rival.ready not in self.said() and time.monotonic() - start < READY_S:
            self.check()
            time.sleep(0.005)
        self.attached_s = time.monotonic() - start if rival.ready else None
        time.sleep(SETTLE_S)
        self.check()

    def said(self) -> str:
        """The beginning of what it printed."""
        with open(self.output.name, encoding="utf-8", errors="replace") as file:
            return file.read(1 << 16)

    def check(self) -> None:
        """It may have ended."""
        if self.process.poll() is not None:
            lines = self.said().strip().splitlines() or ["ended at once"]
            raise Unavailable(lines[-1][:100])

    def pids(self) -> list[int]:
        """It and its children."""
        found = [self.process.pid]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += map(int, task.read_text(encoding="ascii").split())
        return found

    def cpu_s(self) -> float:
        """What they have used up to now."""
        fields = [Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                  for pid in self.pids()]
        return sum(int(row[11]) + int(row[12]) for row in fields) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """The most that one of them has had in memory."""
        found = [re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
                 for pid in self.pids()]
        return max(int(match[1]) * 1024 for match in found if match)

    def finish(self) -> int:
        """Ends it; how many events it says that it lost."""
        self.process.send_signal(signal.SIGINT if self.process.args[0] in ("bpftrace", "tcpdump")  # type: ignore
                                 else signal.SIGTERM)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with open(self.output.name, encoding="utf-8", errors="replace") as file:
            lost = sum(int(match[1] or match[2]) for line in file for match in LOST.finditer(line))
        self.output.close()
        return lost
