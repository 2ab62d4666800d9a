# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Databases of rsttrace record with incidents of one's own: a day that is known, to be told again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent.parent
SECOND = 1_000_000_000
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


@dataclass
class Death:
    """A row of `incident`; the rest is what the tables beside it hold."""

    time_ns: int
    cause: str
    kind: str
    process: str = ""
    pid: int = 0
    local: tuple[str, int] = ("10.0.0.1", 40000)
    peer: tuple[str, int] = ("10.0.0.2", 443)
    why: str = "a sentence"
    certainty: str = "certain"
    count: int = 1
    numbers: dict[str, int] = field(default_factory=dict)
    details: dict[str, object] = field(default_factory=dict)


class Database:
    """Made by the store itself, so that its schema is the real one; filled by hand."""

    def __init__(self, maker: str, path: str) -> None:
        subprocess.run([maker, path, "1", "64M"], check=True, cwd=TREE, capture_output=True)
        self.db = sqlite3.connect(path)
        for table in ("incident", "setting", "gap", "session"):
            self.db.execute(f"DELETE FROM {table}")
        self.titles: dict[str, str] = {}

    def session(self, from_ns: int, to_ns: int) -> None:
        self.db.execute(
            "INSERT INTO session (started_ns, alive_ns, has_ended, boot_id, host, kernel, machine, version, tier,"
            " command, pid, netns) VALUES (?, ?, 1, 'b', 'web-1', '6.1.0', 'x86_64', '0', 'fentry', 'c', 1, 1)",
            (from_ns, to_ns))

    def setting(self, time_ns: int, name: str, value: str) -> None:
        self.db.execute("INSERT INTO setting (session, time_ns, name, value) VALUES (1, ?, ?, ?)",
                        (time_ns, name, value))

    def gap(self, from_ns: int, to_ns: int, reason: str, deaths: int) -> None:
        self.db.execute("INSERT INTO gap (session, started_ns, ended_ns, reason, incidents, deaths)"
                        " VALUES (1, ?, ?, ?, ?, ?)",
                        (from_ns, to_ns, reason, deaths, deaths))

    def _id(self, table: str, columns: dict[str, object]) -> int:
        where = " AND ".join(f"{name} IS ?" for name in columns)
        values = list(columns.values())
        row = self.db.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchone()
        if row:
            return row[0]
        # When the recorder may drop it: not of interest here.
        columns = columns | {column[1]: 0 for column in self.db.execute(f"PRAGMA table_info({table})")
                             if column[1].endswith("_ns")}
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        return self.db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values())).lastrowid

    def add(self, death: Death) -> None:
        session = self.db.execute("SELECT max(id) FROM session").fetchone()[0]
        row: dict[str, object] = {
            "time_ns": death.time_ns, "session": session, "count": death.count,
            "kind": self._id("word", {"text": death.kind}),
            "cause": self._id("cause", {"slug": death.cause, "title": self.titles.get(death.cause, death.cause)}),
            "certainty": self._id("word", {"text": death.certainty}),
            "sentence": self._id("sentence", {"text": death.why.replace("%", "%%")}),
            "local_address": self._id("address", {"text": death.local[0]}), "local_port": death.local[1],
            "peer_address": self._id("address", {"text": death.peer[0]}), "peer_port": death.peer[1],
            "shape": self._id("shape", {"text": json.dumps(death.details).replace("%", "%%")}),
        } | death.numbers
        if death.process:
            row["process"] = self._id("process", {"pid": death.pid, "name": death.process, "uid": 0, "cgroup_number": 0,
                                                  "cgroup": None})
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self.db.execute(f"INSERT INTO incident ({names}) VALUES ({marks})", list(row.values()))

    def close(self) -> None:
        self.db.commit()
        self.db.close()
