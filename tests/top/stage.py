# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Who dies on the screen of these tests, in which namespace, and how a screen is read."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal import Terminal

HERE = Path(__file__).resolve().parent
TREE = HERE.parents[1]
TRACER = str(Path(os.environ.get("RSTTRACE", TREE / "build" / "rsttrace")).resolve())
RECORDING = str(TREE / "tests" / "replay" / "close-unread.rec")
PAGE = (TREE / "docs" / "top.md").read_text(encoding="utf-8")
NETNS = f"rsttop{os.getpid()}"
HTTP, CACHE, NOBODY = 8080, 6379, 9
CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
BARS = "▁▂▃▄▅▆▇█"


class Actor:
    """See actor.py."""

    def __init__(self, name: bytes) -> None:
        self.process = subprocess.Popen([sys.executable, HERE / "actor.py", name.hex()], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.name = f"{name.decode(errors='replace')}[{self.process.pid}]"

    def begin(self, order: str) -> None:
        """Tells it to."""
        assert self.process.stdin is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        """Waits until it has."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "done\n", self.name

    def do(self, order: str) -> None:
        """Both."""
        self.begin(order)
        self.end()

    def close(self) -> None:
        """It goes."""
        self.process.communicate()


def deaths(told: Path) -> int:
    """In a file of JSON: one a line, but for those that a storm has counted. A last line may not be whole yet."""
    lines = told.read_text(encoding="utf-8").splitlines(keepends=True)
    return sum(json.loads(line)["count"] for line in lines if line.endswith("\n"))


@contextmanager
def namespace() -> Iterator[None]:
    """A network namespace with a loopback, entered by this process."""
    subprocess.run(["ip", "netns", "add", NETNS], check=True)
    try:
        subprocess.run(["ip", "-n", NETNS, "link", "set", "lo", "up"], check=True)
        with open(f"/run/netns/{NETNS}", "rb") as handle:
            if LIBC.setns(handle.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        subprocess.run(["ip", "netns", "del", NETNS], check=True)


@contextmanager
def terminal(columns: int = 80, rows: int = 24, **environment: str) -> Iterator[Terminal]:
    """With a shell in it."""
    opened = Terminal(columns, rows, **environment)
    try:
        yield opened
    finally:
        opened.close()


class Cast:
    """nginx serves, redis serves and stops, curl and wget connect: who died of what, and how often."""

    def __init__(self) -> None:
        self.nginx, self.redis, self.curl, self.wget = (Actor(name) for name in (b"nginx", b"redis", b"curl", b"wget"))

    def close_unread(self, times: int) -> None:
        """nginx closes on curl."""
        self.nginx.begin(f"unread {times}")
        self.curl.do(f"send {HTTP} {times}")
        self.nginx.end()

    def play(self) -> dict[tuple[str, str], int]:
        """All of it; what is to be counted."""
        self.nginx.do(f"serve {HTTP}")
        self.redis.do(f"serve {CACHE}")
        self.redis.do("close")
        self.close_unread(40)
        self.wget.do(f"knock {CACHE} 12")
        self.curl.do(f"knock {NOBODY} 7")
        return {(self.nginx.name, "close-unread"): 40, (self.curl.name, "reset-by-peer"): 40,
                (f"({self.redis.name})", "no-listener"): 12, (self.wget.name, "connection-refused"): 12,
                (self.curl.name, "connection-refused"): 7, ("(no process)", "no-listener"): 7}

    def close(self) -> None:
        """They go."""
        for actor in (self.nginx, self.redis, self.curl, self.wget):
            actor.close()


ROW = re.compile(r"^(?P<process>\S.*?)( [x+](?P<more>\d+))? +(?:(?:rst|timeout|error|several)\S* +)?"
                 r"(?P<cause>[a-z][a-z0-9-]+)(?: \+(?P<causes>\d+))? +(?P<rate>\d+\.\d) +(?P<minute>\d+) +"
                 r"(?P<deaths>\d+) +(?P<last>\w+)(?P<rest>.*)$", re.MULTILINE)


def rows(screen: str) -> list[tuple[str, str, int]]:
    """Process, cause and deaths of each row of the overview, in their order."""
    return [(row["process"], row["cause"], int(row["deaths"])) for row in ROW.finditer(screen)]


def counts(screen: str) -> dict[tuple[str, str], int]:
    """The same without an order."""
    return {(process, cause): deaths for process, cause, deaths in rows(screen)}


def masked(screen: str) -> list[str]:
    """Without what differs from one time to the next."""
    text = re.sub(r"\b(now|\d+[smh])\b", "AGO", screen)
    text = re.sub(r"\d+:\d+:\d+", "CLOCK", text)
    text = re.sub(r"in \d[\d.]* \w+( \d+ s)?,", "in TIME,", text)
    text = re.sub(r"tier \w+", "tier T", text)
    text = re.sub(r"[\d.]*\d", "N", re.sub(f"[{BARS}][{BARS} ]*", "BARS ", text))
    words = [line.split() for line in text.splitlines() if line.strip()]
    # Where the sentence behind the bars is cut depends on the length of pids.
    return [" ".join(line[:line.index("BARS") + 4] if "BARS" in line else line) for line in words]


def documented(name: str) -> list[str]:
    """A screen in docs/top.md, masked."""
    found = re.search(rf"<!-- screen {name} -->\n\n((?:    .*\n|\n)+)", PAGE)
    return masked(found[1]) if found else [f"docs/top.md has no screen {name}"]


def differ(got: object, wanted: object) -> list[str]:
    """For a check."""
    return [] if got == wanted else ["got:", *str(got).split("\n"), "wanted:", *str(wanted).split("\n")]
