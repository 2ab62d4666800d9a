# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A storm and a tracer that watches it: shared by bench/run and tests/storm/run."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("BUILD", ROOT / "build")).resolve()
TRACER = str(Path(os.environ.get("RSTTRACE", BUILD / "rsttrace")).resolve())
LOAD = str(BUILD / "load")
SUMMARY = re.compile(r"(\d+) deaths?\b.*?(\d+) lost, (\d+) suppressed")
LAST_RECORDS_S = 30.0


def storm(workload: str, threads: int, seconds: float) -> dict[str, float]:
    """Runs it in a network namespace of its own: what it did, and what the kernel counted there."""
    done = subprocess.run([LOAD, workload, str(threads), str(seconds)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


class Tracer:
    """rsttrace, attached; its JSON goes to a file."""

    def __init__(self, *options: str, verb: tuple[str, ...] = ()) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="rsttrace-storm-")
        self.json = Path(self.folder.name, "json")
        self.process = subprocess.Popen([TRACER, *verb, "-o", f"json={self.json}", *options], stderr=subprocess.PIPE, text=True,
                                        stdout=subprocess.DEVNULL)
        self.said: list[str] = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if "attached (tier" in line:
                return
        raise RuntimeError("".join(self.said))

    def cpu_seconds(self) -> float:
        """What it has used up to now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """The most that it has had in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore

    def finish(self) -> list[dict]:
        """Ends it; what it told."""
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=LAST_RECORDS_S)[1].splitlines(keepends=True)
        told = [json.loads(line) for line in self.json.read_text(encoding="utf-8").splitlines()]
        self.folder.cleanup()
        return told

    def summary(self) -> tuple[int, int, int]:
        """Deaths, lost, suppressed, of its last lines."""
        found = SUMMARY.search("".join(self.said))
        if not found:
            raise RuntimeError("".join(self.said))
        return int(found[1]), int(found[2]), int(found[3])


def causes(told: list[dict], netns: int, is_counted: bool | None = None) -> Counter[tuple[str, str]]:
    """How many deaths of each kind and cause in that namespace; of those that were counted, or streamed, or both (None)."""
    sums: Counter[tuple[str, str]] = Counter()
    for line in told:
        if line.get("netns") == netns and is_counted in (None, "last_time" in line):
            sums[line["kind"], line["cause"]] += line["count"]
    return sums
