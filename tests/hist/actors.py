# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Who acts in tests/hist/run: tracers whose output is read while they run, and processes whose connections die."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import jsonschema
from net import PATIENCE_S, Namespace
from storm import TRACER

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((ROOT / "docs" / "rsttrace-hist-v1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
CLOSED_PORT, SILENT_PORT = 9, 7
ATTACH_S = 120.0  # of seven at once, where a kernel is emulated
IDLE_S = (1.5, 3.0)
IDLE_EACH = 12
LINGER_ZERO = struct.pack("ii", 1, 0)


class Watch:
    """rsttrace, whose stdout is collected while it runs. It attaches meanwhile: attached()."""

    def __init__(self, *arguments: str, **popen: object) -> None:
        self.process = subprocess.Popen([TRACER, *arguments], stderr=subprocess.PIPE, text=True,
                                        **{"stdout": subprocess.PIPE, **popen})  # type: ignore
        self.lines: list[str] = []
        self.said: list[str] = []
        self.news = threading.Condition()
        self.readers = [threading.Thread(target=self._read, args=ends, daemon=True) for ends in (
            (self.process.stdout, self.lines), (self.process.stderr, self.said)) if ends[0]]
        for reader in self.readers:
            reader.start()

    def attached(self) -> Watch:
        """Itself, once it watches."""
        self.wait(lambda: any("attached" in line for line in self.said) or self.process.poll() is not None, ATTACH_S)
        return self

    def _read(self, file: Iterable[str], lines: list[str]) -> None:
        for line in file:
            with self.news:
                lines.append(line)
                self.news.notify_all()

    def wait(self, done: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Until what it has printed is enough."""
        with self.news:
            if not self.news.wait_for(done, patience_s):
                raise RuntimeError("".join(self.said))

    def end(self, number: int | None = signal.SIGTERM) -> list[str]:
        """Ends it; all that it printed."""
        if number:
            self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        for reader in self.readers:
            reader.join(PATIENCE_S)
        return self.lines

    def pictures(self) -> list[dict]:
        """Ends it; what it printed as JSON, each held against the schema."""
        told = [json.loads(line) for line in self.end()]
        for picture in told:
            VALIDATOR.validate(picture)
        return told


class Child:
    """A process of its own, which works in a namespace when it is told to, and then waits to be let go."""

    def __init__(self, namespace: Namespace, work: Callable[[], None]) -> None:
        self.mine, its = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            with namespace.entered():
                its.recv(1)
                work()
                its.send(b"d")
                its.recv(1)
            os._exit(0)
        its.close()

    def run(self) -> None:
        """Tells it to, and waits until it has."""
        self.mine.send(b"g")
        if self.mine.recv(1) != b"d":
            raise RuntimeError("a child has failed")

    def end(self) -> None:
        """Lets it go."""
        self.mine.send(b"e")  # children that were made later have this end too: closing it would not do
        os.waitpid(self.pid, 0)


def refuse(times: int, address: str = "127.0.0.1", port: int = CLOSED_PORT) -> None:
    """Connects to a closed port: a reset sent by nobody, one received."""
    for _ in range(times):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as client:
            client.connect_ex((address, port))


def pair(listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    """Both ends of a connection."""
    client = socket.create_connection(listener.getsockname()[:2])
    return client, listener.accept()[0]


def linger(times: int) -> None:
    """Connections that one end resets: one sent, one received, both of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(times):
            client, server = pair(listener)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            client.close()
            wait_reset(server)


def unread(times: int) -> None:
    """Connections closed with a byte unread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(times):
            client, server = pair(listener)
            client.send(b"x")
            server.recv(1, socket.MSG_PEEK)
            server.close()
            wait_reset(client)


def wait_reset(sock: socket.socket) -> None:
    """Until it has come."""
    try:
        sock.recv(1)
    except ConnectionResetError:
        pass
    sock.close()


def unanswered(times: int) -> None:
    """Connects that nobody answers."""
    clients = [socket.socket() for _ in range(times)]
    for client in clients:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 20)
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", SILENT_PORT))
    for client in clients:
        select.select([], [client], [])
        client.close()


def idle_limits() -> None:
    """A server that resets its connections when they have been idle for as long as its limits say."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ends = [pair(listener) for _ in range(len(IDLE_S) * IDLE_EACH)]
    closing = []
    for number, (client, server) in enumerate(ends):
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        server.send(b"x")
        client.recv(1)
        closing.append((time.monotonic() + IDLE_S[number % len(IDLE_S)], client, server))
    for due, client, server in sorted(closing, key=lambda one: one[0]):
        select.select([server], [], [], max(0.0, due - time.monotonic()))
        server.close()
        wait_reset(client)
