# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A cgroup of a scenario's own, of either version."""

from __future__ import annotations

import contextlib
from pathlib import Path

from stage import Impossible

_USABLE = {"pids", "freezer", "cpuacct"}
"""Controllers of v1 whose cgroups can be entered as they are made."""


def _mounts() -> list[tuple[str, Path, set[str]]]:
    """Type, place and options of every mount."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        lines = [line.split() for line in file]
    return [(line[2], Path(line[1]), set(line[3].split(","))) for line in lines]


def _root_of_v2() -> Path:
    for kind, place, _ in _mounts():
        if kind == "cgroup2":
            return place
    raise Impossible("no cgroup v2 is mounted here")


def _root_of_v1() -> Path:
    for kind, place, options in _mounts():
        if kind == "cgroup" and (options & _USABLE or "name=lab" in options):
            return place
    raise Impossible("no cgroup v1 is mounted here")


class Cgroup:
    """Of v1 or v2, at a path below the root."""

    def __init__(self, version: int, path: str) -> None:
        self._v2 = _root_of_v2()
        self._root = self._v2 if version == 2 else _root_of_v1()
        self._made: list[Path] = []
        self._place = self._root / path.lstrip("/")
        while not self._place.exists():  # others make and remove its parents, too
            with contextlib.suppress(FileNotFoundError):
                self._make()

    def _make(self) -> None:
        for directory in (*reversed(self._place.parents), self._place):
            if self._root in directory.parents:
                with contextlib.suppress(FileExistsError):
                    directory.mkdir()
                    self._made.append(directory)

    def enter(self) -> None:
        """The process that calls this; of v2 it is in the root otherwise, as where v1 is in use."""
        for place in (self._v2, self._place):
            (place / "cgroup.procs").write_text("0", encoding="ascii")

    def leave(self) -> None:
        """Back to the root; what was made goes, unless somebody else is in it by now."""
        (self._root / "cgroup.procs").write_text("0", encoding="ascii")
        for directory in reversed(self._made):
            with contextlib.suppress(OSError):
                directory.rmdir()
