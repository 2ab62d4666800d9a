# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""nginx at B: its master listens, its worker has the connections, and whose they are is asked."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from net import PATIENCE_S, LabTimeout, die_with_parent, until
from registry import scenario
from stage import Impossible, Stage, outstanding, set_linger, wait_error

CONFIGURATION = """
daemon off;
user root root;
worker_processes 1;
pid {folder}/pid;
error_log stderr emerg;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    lingering_close off;
    server {{
        listen {listen};
        location / {{ return 200 "worker $pid"; }}
    }}
}}
"""
REQUEST = b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n"
LINE_BYTES = 40000
"""A longer request line than nginx takes (large_client_header_buffers)."""


@dataclass(frozen=True)
class _Talk:
    """A client's connection that a worker has answered on, and keeps."""

    client: socket.socket
    client_end: End
    worker: int


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


@contextlib.contextmanager
def _served(stage: Stage) -> Iterator[_Talk]:
    """A talk with nginx, which ends after the block."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if program is None:
        raise Impossible("nginx is not installed: sudo apt-get install nginx")
    host, port = stage.address(stage.b), stage.unused_port()
    with tempfile.TemporaryDirectory(prefix="rsttrace-lab-") as folder:
        listen = f"[{host}]:{port}" if stage.is_ipv6 else f"{host}:{port}"
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(CONFIGURATION.format(folder=folder, listen=listen), "utf-8")
        command = [program, "-p", folder, "-c", str(configuration), "-e", "stderr"]
        with stage.b.entered():
            master = subprocess.Popen(command, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
        try:
            yield _talk(stage, (host, port), master)
        finally:
            master.terminate()
            master.wait(PATIENCE_S)


def _talk(stage: Stage, address: tuple[str, int], master: subprocess.Popen[bytes]) -> _Talk:
    def listens() -> bool:
        if master.poll() is not None:
            raise LabTimeout(f"nginx, which ended with status {master.returncode}")
        return bool(stage.b.tcp_states(address[1]))

    until(listens, "nginx to listen")
    client, end = stage.connect(address)
    client.send(REQUEST)
    answer = b""
    while b"worker " not in answer:
        answer += client.recv(4096)
    worker = int(answer.rpartition(b" ")[2])
    assert worker != master.pid
    return _Talk(client, end, worker)


@scenario("close-unread", peer="reset-by-peer")
def owner_nginx_worker_killed(stage: Stage) -> None:
    """A worker that hangs is killed with a request unread."""
    with _served(stage) as talk:
        os.kill(talk.worker, signal.SIGSTOP)
        until(lambda: _state(talk.worker) == "T", "the worker to stop")
        talk.client.send(REQUEST)
        until(lambda: outstanding(talk.client) == 0, "the request to arrive")
        os.kill(talk.worker, signal.SIGKILL)
        stage.expect_peer(talk.client_end, errno=wait_error(talk.client))
    stage.expect_local(stage.mirror(talk.client_end), pid=talk.worker,
                       why=f"closed with {len(REQUEST)} bytes unread, killed by SIGKILL")


@scenario("close-unread", peer="reset-by-peer")
def owner_nginx_worker_closes(stage: Stage) -> None:
    """A request line that is too long: the worker answers with an error and does not read the rest."""
    with _served(stage) as talk:
        os.kill(talk.worker, signal.SIGSTOP)  # so that it is all there when the worker looks
        until(lambda: _state(talk.worker) == "T", "the worker to stop")
        talk.client.send(b"GET /" + b"x" * LINE_BYTES)
        until(lambda: outstanding(talk.client) == 0, "the request to arrive")
        # What the client acknowledges of the answer would meet a socket that is gone by then.
        stage.a.filter("output", "meta l4proto tcp drop")
        os.kill(talk.worker, signal.SIGCONT)
        stage.expect_peer(talk.client_end, errno=wait_error(talk.client))
    stage.expect_local(stage.mirror(talk.client_end), pid=talk.worker, why="closed with",
                       fields={"process.executable.name": "nginx"})


@scenario("reset-by-peer", peer="linger-zero")
def owner_nginx_worker_hears(stage: Stage) -> None:
    """The client resets a connection that a worker keeps alive."""
    with _served(stage) as talk:
        set_linger(talk.client, 0)
        talk.client.close()
        port = talk.client_end.local[1]
        until(lambda: not stage.b.tcp_states(port), "the worker to close")
    stage.expect_peer(talk.client_end)
    stage.expect_local(stage.mirror(talk.client_end), pid=talk.worker, errno="ECONNRESET")
