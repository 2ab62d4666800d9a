# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Deaths of sockets whose owner is not who connected or listened."""

import contextlib
import signal
import socket

from children import Child
from death import ACCEPT, NO_SOCKET, End
from net import until
from registry import scenario
from stage import Stage, set_linger, wait_error, wait_readable


def _reset(client: socket.socket) -> None:
    set_linger(client, 0)
    client.close()


def _die_of_reset(server: socket.socket) -> None:
    assert wait_error(server) == "ECONNRESET"
    server.close()


@scenario("reset-by-peer", peer="linger-zero")
def owner_prefork(stage: Stage) -> None:
    """The parent listens, a child accepts, and the client resets."""
    listener = stage.listen()

    def serve(child: Child) -> None:
        server, _ = listener.accept()
        child.say()
        _die_of_reset(server)

    child = Child(serve)
    client, end = stage.connect(listener.getsockname()[:2])
    child.hear()
    _reset(client)
    child.wait()
    stage.expect_local(stage.mirror(end), pid=child.pid, owner_surely_with=ACCEPT, errno="ECONNRESET")
    stage.expect_peer(end)


@scenario("reset-by-peer", peer="linger-zero")
def owner_by_descriptor(stage: Stage) -> None:
    """The parent accepts, hands the socket to a child (SCM_RIGHTS), and the client resets."""
    ours, theirs = socket.socketpair()
    listener = stage.listen()

    def serve(child: Child) -> None:
        _, descriptors, _, _ = socket.recv_fds(theirs, 1, 1)
        server = socket.socket(fileno=descriptors[0])
        child.say()
        _die_of_reset(server)

    child = Child(serve)
    client, end = stage.connect(listener.getsockname()[:2])
    server = stage.accept(listener)
    socket.send_fds(ours, [b"x"], [server.fileno()])
    server.close()
    child.hear()
    _reset(client)
    child.wait()
    stage.expect_local(stage.mirror(end), pid=child.pid, errno="ECONNRESET")
    stage.expect_peer(end)


@scenario("close-unread", peer="reset-by-peer")
def owner_killed(stage: Stage) -> None:
    """A child that has not read is killed: its sockets are closed by its exit."""
    listener = stage.listen()

    def serve(child: Child) -> None:
        server, _ = listener.accept()
        wait_readable(server, 5)
        child.say()
        signal.pause()

    child = Child(serve)
    client, end = stage.connect(listener.getsockname()[:2])
    client.send(b"hello")
    child.hear()
    child.kill()
    stage.expect_peer(end, errno=wait_error(client), why="killed by SIGKILL")
    stage.expect_local(stage.mirror(end), pid=child.pid,
                       why="closed with 5 bytes unread, killed by SIGKILL")


@scenario("no-listener", peer="connection-refused")
def owner_of_port_killed(stage: Stage) -> None:
    """A child listens and is killed; a connect to its port says who it was and how it went."""
    holder = stage.tcp_socket(stage.b)
    holder.bind((stage.address(stage.b), 0))
    target = holder.getsockname()[:2]

    def serve(child: Child) -> None:
        holder.listen()
        child.say()
        signal.pause()

    child = Child(serve)
    child.hear()
    holder.close()
    child.kill()
    until(lambda: not stage.b.tcp_states(target[1]), "the listener to go")
    client = stage.tcp_socket(stage.a)
    client.bind((stage.address(stage.a), 0))
    local = client.getsockname()[:2]
    with contextlib.suppress(ConnectionRefusedError):
        client.connect(target)
    end = End(stage.a.inode, local, target)
    stage.expect_peer(end, errno="ECONNREFUSED")
    stage.expect_local(stage.mirror(end), pid=child.pid, why="(killed by SIGKILL)",
                       hooks=NO_SOCKET)


@scenario("linger-zero", peer="reset-by-peer")
def owner_parent_left(stage: Stage) -> None:
    """The process that connected has exited; its child, which inherited the socket, closes."""
    listener = stage.listen()
    client, end = stage.connect(listener.getsockname()[:2])
    server = stage.accept(listener)
    set_linger(client, 0)

    def keep(child: Child) -> None:
        child.hear()
        client.close()

    child = Child(keep)
    client.close()
    child.say()
    child.wait()
    stage.expect_local(end, pid=child.pid)
    stage.expect_peer(stage.mirror(end), errno=wait_error(server))
