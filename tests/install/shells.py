# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Interactive shells on a terminal of their own. A program in rsttrace's place says what it was started with."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from pathlib import Path
from types import TracebackType

LIMIT_S = 60
SHELLS = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], ". /usr/share/bash-completion/bash_completion"),
    "zsh": (["zsh", "-f", "-i"], "fpath=({share}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D -u"),
    "fish": (["fish", "-i"], ""),
}
"""How each is started, and what makes it complete what is installed elsewhere than it is itself."""


class Shell:
    """One shell, which waits for what is typed."""

    def __init__(self, name: str, share: Path, scratch: Path) -> None:
        command, prepare = SHELLS[name]
        home = scratch / name
        home.mkdir()
        (home / "deaths.rec").touch()
        self._answers_path = home / "answers"
        os.mkfifo(self._answers_path)
        program = home / "rsttrace"
        program.write_text(f'#!/bin/sh\necho "$*" >{self._answers_path}\n', encoding="ascii")
        program.chmod(0o755)
        env = {"PATH": f"{home}:/usr/bin:/bin", "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8",
               "XDG_DATA_DIRS": f"{share}:/usr/share", "XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home)}
        self._heard = b""
        self._answers = os.open(self._answers_path, os.O_RDWR)  # not to block, and not to end with a writer
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(home)
            os.execvpe(command[0], command, env)
        if prepare:
            self._type(prepare.format(share=share) + "\n")
        self.run("rsttrace ready")

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)
        os.close(self._answers)

    def _type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode("ascii"))

    def run(self, keys: str) -> str:
        """Types these keys and Return; the arguments of the program that this ran."""
        self._type(keys + "\n")
        until = time.monotonic() + LIMIT_S
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([self._terminal, self._answers], [], [], left)
            if self._terminal in ready:
                self._heard += os.read(self._terminal, 65536)
            if self._answers in ready:
                return os.read(self._answers, 65536).decode("ascii", "replace").strip()
        return f"(nothing within {LIMIT_S} s)"

    def said(self) -> str:
        """All that stood on its terminal."""
        return self._heard.decode("utf-8", "replace")
