# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A day of a web server on which four things went wrong; and what a report has to say of each."""

from __future__ import annotations

from datetime import datetime, timezone

from incident import HOUR, MINUTE, SECOND, Database, Death

HOSTILE = "</script><img src=x onerror=alert(1)>"  # the name of a process is anybody's to choose


def at(clock: str, day: int = 2) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return int(datetime(2026, 1, day, hours, minutes, seconds, tzinfo=timezone.utc).timestamp()) * SECOND


class Day:
    """No two incidents have the same time: each gets the next free nanosecond."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.taken = 0
        database.titles = {
            "retransmission-timeout": "data never acknowledged", "syn-timeout": "connect() timed out",
            "close-unread": "closed with unread data", "no-listener": "SYN to a port where nothing listens",
            "netfilter-reject-input": "rejected by this host's firewall (input)",
            "reset-by-peer": "connection reset by peer",
        }

    def add(self, time_ns: int, cause: str, kind: str, **rest: object) -> None:
        self.taken += 1
        self.database.add(Death(time_ns + self.taken, cause, kind, **rest))

    def background(self, from_ns: int, to_ns: int) -> None:
        """Clients that reset, as they always do."""
        for number, time_ns in enumerate(range(from_ns, to_ns, 10 * MINUTE)):
            self.add(time_ns, "reset-by-peer", "rst-received", process="nginx", pid=900, local=("10.0.0.1", 443),
                     peer=(f"198.51.100.{number % 200}", 30000 + number), why="reset by the peer")
            self.add(time_ns + MINUTE, "close-unread", "rst-sent", process="api", pid=1000, local=("10.0.0.1", 8080),
                     peer=(f"10.0.1.{number % 9}", 31000 + number), why="closed with 12 bytes unread")

    def peer_gone(self) -> None:
        """From 10:42:03 to 10:47:15: 214 connections of 6 processes."""
        first, last = at("10:42:03"), at("10:47:15")
        for number in range(214):
            died = first + 60 * SECOND + number * (last - first - 60 * SECOND) // 213
            is_connect = number % 20 == 19
            self.add(died - self.taken - 1, "syn-timeout" if is_connect else "retransmission-timeout", "timeout",
                     process=f"worker{number % 3}", pid=2000 + number % 6, local=("10.0.0.1", 40000 + number),
                     peer=("10.0.3.7", 5432), why="data never acknowledged",
                     numbers={"elapsed_ms": 60000 if number == 0 else 20000, "retransmits": 7},
                     details={} if is_connect else {"tcp": {"rto_ms": 6400}})

    def deploy(self) -> None:
        """From 11:05:00: the api, with a new pid, closes with unread data."""
        for number in range(300):
            self.add(at("11:05:00") + number * SECOND, "close-unread", "rst-sent", process="api", pid=4711,
                     local=("10.0.0.1", 8080), peer=(f"10.0.1.{number % 9}", 32000 + number),
                     why="closed with 512 bytes unread", numbers={"unread_bytes": 512, "age_ms": 2 ** (number % 12)})

    def scan(self) -> None:
        """At 11:12:00, 500 ports in 4 seconds."""
        for number in range(500):
            self.add(at("11:12:00") + number * 4 * SECOND // 499, "no-listener", "rst-sent",
                     local=("10.0.0.1", 1 + number), peer=("203.0.113.9", 55555),
                     why=f"nothing listens on port {number}")

    def firewall(self) -> None:
        """From 11:20:00 to 11:25:00, a rule rejects port 8443."""
        for number in range(31):
            self.add(at("11:20:00") + number * 10 * SECOND, "netfilter-reject-input", "rst-sent",
                     local=("10.0.0.1", 8443), peer=(f"10.0.1.{number % 5}", 33000 + number),
                     why="rejected by netfilter")

    def hostile(self) -> None:
        self.add(at("11:28:00"), "linger-zero", "rst-sent", process=HOSTILE, pid=666, local=("10.0.0.1", 1234),
                 peer=("10.0.1.1", 1), why=f"closed by {HOSTILE} & \u2028 \"quoted\"", details={"note": HOSTILE})


def build(maker: str, path: str) -> None:
    """The day before as it always is, and the hour in which it happened."""
    database = Database(maker, path)
    day = Day(database)
    database.session(at("00:00:00", 1), at("12:00:00"))
    database.setting(at("00:00:00", 1), "net.ipv4.tcp_retries2", "15")
    database.setting(at("10:41:00"), "net.ipv4.tcp_retries2", "7")
    database.gap(at("11:00:00"), at("11:00:30"), "disk full", 3)
    day.background(at("00:00:00", 1), at("12:00:00"))
    day.peer_gone()
    day.deploy()
    day.scan()
    day.firewall()
    day.hostile()
    database.close()


def build_many(maker: str, path: str, count: int) -> None:
    """As many incidents as a bad hour of a large server has."""
    database = Database(maker, path)
    day = Day(database)
    database.session(at("10:00:00"), at("11:00:00"))
    causes = (("close-unread", "rst-sent"), ("reset-by-peer", "rst-received"), ("retransmission-timeout", "timeout"))
    for number in range(count):
        cause, kind = causes[number % 3]
        day.add(at("10:00:00") + number * HOUR // count, cause, kind, process=f"server{number % 7}",
                pid=100 + number % 7, local=("10.0.0.1", 443),
                peer=(f"10.{number % 250}.{number % 13}.1", 1024 + number % 60000),
                why=f"why {number % 100}", numbers={"age_ms": number % 5000, "idle_ms": number % 3000},
                details={"tcp": {"rto_ms": number % 900}})
    database.close()
