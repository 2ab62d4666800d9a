# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A process is killed, or an administrator kills the connection."""

import os
import signal
import socket
from pathlib import Path

from net import die_with_parent
from registry import scenario
from stage import Impossible, Stage, wait_error, wait_readable

DESTROYER = Path(__file__).resolve().parents[3] / "build" / "lab-destroy.bpf"
READ_DESTROYER = """
    mount -t bpf bpf /sys/fs/bpf
    bpftool iter pin "$1" /sys/fs/bpf/destroy || exit
    cat /sys/fs/bpf/destroy
"""
"""In a mount namespace of its own, so that nothing is left."""


def _has_symbol(name: str) -> bool:
    with open("/proc/kallsyms", encoding="ascii") as file:
        return any(line.split()[2] == name for line in file)


def _hand_to_child(sock: socket.socket) -> int:
    """Gives the socket to a new process, which does nothing with it; its pid."""
    pid = os.fork()
    if pid == 0:
        try:
            die_with_parent(signal.SIGKILL)
            while True:
                signal.pause()
        finally:
            os._exit(1)
    sock.close()
    return pid


@scenario("close-unread", peer="reset-by-peer")
def close_unread_killed(stage: Stage) -> None:
    """B's process is killed before it has read what A sent."""
    connection = stage.connection()
    connection.client.send(b"x" * 10)
    wait_readable(connection.server, 10)
    pid = _hand_to_child(connection.server)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    stage.expect_local(connection.server_end, pid=pid, why="SIGKILL")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("admin-kill", peer="reset-by-peer")
def admin_kill(stage: Stage) -> None:
    """Root at B kills the connection with ss -K."""
    connection = stage.connection()
    stage.b.run("ss", "-K", "-t", "sport", "=", f":{connection.server_end.local[1]}")
    stage.expect_local(connection.server_end, errno=wait_error(connection.server))
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))


@scenario("bpf-destroy", peer="reset-by-peer")
def bpf_destroy(stage: Stage) -> None:
    """Root at B reads a BPF iterator that destroys every connection that it comes by."""
    if not _has_symbol("bpf_sock_destroy"):
        raise Impossible("this kernel has no bpf_sock_destroy()")
    if not DESTROYER.exists():
        raise Impossible("make test-programs has not been run")
    connection = stage.connection()
    stage.b.run("unshare", "-m", "sh", "-c", READ_DESTROYER, "sh", str(DESTROYER))
    stage.expect_local(connection.server_end, errno=wait_error(connection.server), why="cat")
    stage.expect_peer(connection.client_end, errno=wait_error(connection.client))
