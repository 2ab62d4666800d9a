# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Writes cpio archives as the kernel unpacks them (format newc), everything root's.

The kernel takes several of them one after another as one, so each is made, and kept, by itself.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_ALIGNMENT = 4


class Archive:
    """An archive that is being written; paths in it have no leading slash."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._paths: set[str] = set()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self._entry("TRAILER!!!", 0, b"")

    def directory(self, path: str) -> None:
        """Adds a directory, and those above it, unless it is there."""
        path = path.strip("/")
        if not path or path in self._paths:
            return
        self.directory(os.path.dirname(path))
        self._entry(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Adds a file."""
        self.directory(os.path.dirname(path))
        self._entry(path.strip("/"), stat.S_IFREG | mode, data)

    def copy(self, source: Path, path: str) -> None:
        """Adds a file of this machine's. Its time counts: python's compiled files depend on it."""
        self.directory(os.path.dirname(path))
        about = source.stat()
        self._entry(path.strip("/"), about.st_mode, source.read_bytes(), int(about.st_mtime))

    def link(self, path: str, target: str) -> None:
        """Adds a symbolic link."""
        self.directory(os.path.dirname(path))
        self._entry(path.strip("/"), stat.S_IFLNK | 0o777, os.fsencode(target))

    def has(self, path: str) -> bool:
        """Whether something of that name was added."""
        return path.strip("/") in self._paths

    def host(self, path: str | Path) -> None:
        """Adds a file of this machine in its place, and the links that lead to it."""
        path = Path(path)
        path = path.parent.resolve() / path.name  # /bin may be a link, and is one in the guest
        if self.has(str(path)):
            return
        if path.is_symlink():
            target = os.readlink(path)
            self.link(str(path), target)
            self.host(path.parent / target)
        else:
            self.copy(path, str(path))

    def tree(self, top: Path, to: str, is_wanted: Callable[[str], bool]) -> None:
        """Adds a directory's content below another name; is_wanted judges relative paths."""
        for name in sorted(os.listdir(top)):
            self._branch(top, name, to, is_wanted)

    def _branch(self, top: Path, relative: str, to: str, is_wanted: Callable[[str], bool]) -> None:
        source, target = top / relative, f"{to}/{relative}"
        if not is_wanted(relative):
            return
        if source.is_symlink():
            self.link(target, os.readlink(source))
        elif source.is_dir():
            self.directory(target)
            for name in sorted(os.listdir(source)):
                self._branch(top, f"{relative}/{name}", to, is_wanted)
        elif source.is_file():
            self.copy(source, target)

    def _entry(self, path: str, mode: int, data: bytes, time_s: int = 0) -> None:
        name = os.fsencode(path) + b"\0"
        self._paths.add(path)
        numbers = (len(self._paths), mode, 0, 0, 1, time_s, len(data), 0, 0, 0, 0, len(name), 0)
        header = b"070701" + b"".join(b"%08X" % number for number in numbers)
        self._write(header + name)
        self._write(data)

    def _write(self, data: bytes) -> None:
        self._file.write(data + b"\0" * (-len(data) % _ALIGNMENT))
