# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Two namespaces that act as two hosts, a third between them where the servers of a fleet are, and tracers."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "lab")]

import net  # noqa: E402

TRACER = str(Path(os.environ.get("RSTTRACE", ROOT / "build" / "rsttrace")).resolve())
CLOSED_PORT = 9
PATIENCE_S = 20.0


class Fleet:
    """Hosts 0 and 1 reach each other by way of the middle."""

    def __init__(self) -> None:
        self.middle, self.hosts = net.Namespace(), (net.Namespace(), net.Namespace())
        self.middle.run("ip", "link", "set", "lo", "up")
        self.middle.sysctl("ipv4/ip_forward", 1)
        for number, host in enumerate(self.hosts):
            device, ours, theirs = f"host{number}", self.server_address(number), self.address(number)
            self.middle.run("ip", "link", "add", device, "type", "veth", "peer", "name", "veth0", "netns", host.path)
            self.middle.run("ip", "address", "add", f"{ours}/24", "dev", device)
            self.middle.run("ip", "link", "set", device, "up")
            for command in ("link set lo up", f"address add {theirs}/24 dev veth0", "link set veth0 up",
                            f"route add default via {ours}"):
                host.run("ip", *command.split())

    @staticmethod
    def address(number: int) -> str:
        return f"10.81.{number}.2"

    @staticmethod
    def server_address(number: int) -> str:
        """Where that host finds the servers in the middle."""
        return f"10.81.{number}.1"


class Tracer:
    """rsttrace in a namespace and of that namespace alone; everything that it says is kept."""

    def __init__(self, namespace: net.Namespace, *arguments: str, environment: dict[str, str] | None = None,
                 hostname: str = "") -> None:
        named = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', hostname] if hostname else []
        with namespace.entered():
            self.process = subprocess.Popen([*named, TRACER, "export", "--netns", namespace.path, *arguments],
                                            stderr=subprocess.PIPE, text=True, env=os.environ | (environment or {}),
                                            preexec_fn=lambda: net.die_with_parent(signal.SIGTERM))
        self.said: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        net.until(lambda: self.has_said("attached") or self.process.poll() is not None, "attached", PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)

    def has_said(self, word: str) -> bool:
        return any(word in line for line in self.said)

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Status and everything that it said."""
        self.process.send_signal(number)
        self.process.wait()
        self.reader.join()
        return self.process.returncode, "".join(self.said)


@contextmanager
def server(namespace: net.Namespace, *command: str, log: str = os.devnull) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs there until the end of the block."""
    with open(log, "ab") as out, namespace.entered():
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(namespace: net.Namespace, address: str, port: int, path: str, *, method: str = "GET", body: str | None = None,
        headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Status and text of an HTTP answer."""
    connection = http.client.HTTPConnection(address, port, timeout=PATIENCE_S)
    with namespace.entered():
        connection.connect()
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def answers(namespace: net.Namespace, address: str, port: int, path: str) -> bool:
    try:
        return ask(namespace, address, port, path)[0] == 200
    except OSError:
        return False


def refuse(namespace: net.Namespace, times: int, address: str = "127.0.0.1") -> None:
    """That many connects to a closed port: two deaths each where the address is its own."""
    for _ in range(times):
        with namespace.socket(socket.AF_INET) as client:
            client.connect_ex((address, CLOSED_PORT))


def close_unread(namespace: net.Namespace, times: int) -> None:
    """Connections closed with a byte unread: rst-sent by this process, rst-received by it as well."""
    with namespace.socket(socket.AF_INET) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        for _ in range(times):
            with namespace.socket(socket.AF_INET) as client:
                client.connect(listener.getsockname())
                client.send(b"x")
                accepted, _ = listener.accept()
                accepted.recv(1, socket.MSG_PEEK)
                accepted.close()
