# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A shell in a tmux of its own, which a test types into and whose screen it reads. Whatever comes out of the program
wakes the test: it waits for a screen, never for a while."""

from __future__ import annotations

import os
import re
import select
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 30
PROMPT = "ready$ "


class Terminal:
    """One window with a shell that controls its jobs."""

    def __init__(self, columns: int = 80, rows: int = 24, **environment: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="rsttop")
        self.fifo = f"{self.folder.name}/output"
        os.mkfifo(self.fifo)
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = clean | {"LC_ALL": "C.UTF-8", "TZ": "UTC"} | environment
        Path(f"{self.folder.name}/rc").write_text(f"PS1='{PROMPT}'; ulimit -c 0\n", encoding="ascii")
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows),
                  f"exec bash --rcfile {self.folder.name}/rc -i")
        self.tmux("set-option", "-g", "window-size", "manual")
        self.runs = 0
        self.pipe = os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK)
        self.tmux("pipe-pane", "-O", f"exec cat >{self.fifo}")
        self.shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        self.wait(lambda screen: PROMPT.strip() in screen, "the shell's prompt")

    def tmux(self, *command: str) -> str:
        """What that command says."""
        return subprocess.run(["tmux", "-S", f"{self.folder.name}/socket", "-f", "/dev/null", *command], check=True,
                              capture_output=True, text=True, env=self.environment | {"TERM": "screen"}).stdout

    def close(self) -> None:
        """The shell and all that it started go with its terminal."""
        self.tmux("kill-server")
        os.close(self.pipe)
        self.folder.cleanup()

    def screen(self) -> str:
        """What stands there now."""
        return self.tmux("capture-pane", "-p")

    def look(self, holds: Callable[[str], bool]) -> str:
        """The first screen of which it holds, or, when patience has come to its end, what stands there then."""
        deadline = time.monotonic() + PATIENCE_S
        screen = self.screen()
        while not holds(screen):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            if select.select([self.pipe], [], [], left)[0]:
                os.read(self.pipe, 1 << 20)
            screen = self.screen()
        return screen

    def wait(self, holds: Callable[[str], bool], what: str) -> str:
        """The first screen of which it holds; without it there is no going on."""
        screen = self.look(holds)
        if not holds(screen):
            raise TimeoutError(f"waited for {what}; the screen is:\n{screen}")
        return screen

    def see(self, *texts: str) -> str:
        """Waits until all of these stand on the screen."""
        return self.wait(lambda screen: all(text in screen for text in texts), " and ".join(texts))

    def match(self, pattern: str) -> str:
        """Waits until that pattern is on the screen."""
        return self.wait(lambda screen: re.search(pattern, screen, re.MULTILINE) is not None, pattern)

    def keys(self, *keys: str) -> None:
        """Types keys by tmux's names for them."""
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Types a text as it is."""
        self.tmux("send-keys", "-l", text)

    def order(self, command: str) -> None:
        """A command for the shell."""
        self.type(command)
        self.keys("Enter")

    def resize(self, columns: int, rows: int) -> None:
        """The window's size, and with it the terminal's."""
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def value(self, name: str) -> str:
        """What tmux knows of the terminal: "alternate_on", "cursor_flag"."""
        return self.tmux("display-message", "-p", f"#{{{name}}}").strip()

    def run(self, command: str) -> str:
        """Runs a command to its end and returns what it left on a cleared screen, its status last."""
        self.start(command)
        return self.end()

    def start(self, command: str) -> None:
        """Begins it."""
        self.runs += 1
        self.order(f"clear; {command}; echo run {self.runs} ended with $?.")

    def end(self) -> str:
        """Waits until it is over."""
        return self.match(rf"^run {self.runs} ended with \d+\.$")


def children(pid: int) -> list[int]:
    """Of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
