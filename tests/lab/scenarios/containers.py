# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The owner lives in namespaces and a cgroup of its own, as containers do."""

import ctypes
import os
import socket

from cgroup import Cgroup
from children import Child
from registry import scenario
from stage import Stage, wait_error, wait_readable

CLONE_NEWPID = 0x20000000


def _isolate() -> None:
    """The next child is the first process of a new PID namespace: to itself, it is number 1."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWPID) != 0:
        raise OSError(ctypes.get_errno(), "a PID namespace")


def _contained(stage: Stage, version: int, path: str, **more: str | None) -> None:
    """A process in there listens, accepts, and closes with data unread."""
    address = (stage.address(stage.b), stage.unused_port())

    def serve(child: Child) -> None:
        assert os.getpid() == 1
        cgroup = Cgroup(version, path)
        cgroup.enter()
        with socket.create_server(address, family=stage.socket_family) as listener:
            child.say()
            server, _ = listener.accept()
        wait_readable(server, 5)
        child.hear()
        server.close()
        child.say()
        child.stay()  # the path of a cgroup is found while there is one
        cgroup.leave()

    _isolate()
    with stage.b.entered():
        child = Child(serve)
    child.hear()
    client, end = stage.connect(address)
    client.send(b"hello")
    child.say()
    child.hear()
    stage.expect_local(stage.mirror(end), pid=child.pid, fields={
        "process.source": "syscall", "cgroup": path, **more})
    stage.expect_peer(end, errno=wait_error(client), peer_end="close-unread", fields={
        "peer_end.process.pid": child.pid, "peer_end.netns": stage.b.inode})


@scenario("close-unread", peer="reset-by-peer")
def owner_in_container(stage: Stage) -> None:
    """With cgroup v2, by a name that says no more than that it is one."""
    _contained(stage, 2, f"/rsttrace-lab-{os.getpid()}/inner", **{"container.id": None})


@scenario("close-unread", peer="reset-by-peer")
def owner_in_container_v1(stage: Stage) -> None:
    """With cgroup v1, where Docker would put it."""
    number = f"{os.getpid():064x}"
    _contained(stage, 1, f"/docker/{number}", **{
        "container.runtime": "docker", "container.id": number})
