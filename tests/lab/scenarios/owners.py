# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Deaths of sockets whose owner is not who connected or listened."""

import contextlib
import os
import signal
import socket
import tempfile
import time

from children import Child
from death import ACCEPT, NO_SOCKET, End
from net import until
from registry import scenario
from stage import Stage, set_linger, wait_error, wait_readable


TRACER_S = 600.0
"""Until there is a tracer: in a guest, kernel probes take minutes by its own clock."""


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
    stage.expect_peer(end, peer_end="reset-by-peer",
                      fields={"peer_end.process.pid": child.pid}, why_with=ACCEPT)


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


@scenario("no-listener", peer="connection-refused")
def owner_of_port_left(stage: Stage) -> None:
    """The process that listened has exited three seconds ago."""
    holder = stage.tcp_socket(stage.b)
    holder.bind((stage.address(stage.b), 0))
    target = holder.getsockname()[:2]

    def serve(child: Child) -> None:
        holder.listen()
        child.say()
        child.hear()
        os._exit(3)

    child = Child(serve)
    child.hear()
    holder.close()
    child.say()
    child.wait(3)
    left_s = time.monotonic()
    until(lambda: time.monotonic() - left_s > 3, "three seconds to pass")
    client, end = stage.start_connect(target)
    stage.expect_peer(end, errno=wait_error(client))
    stage.expect_local(stage.mirror(end), pid=child.pid, why="(exited with status 3)",
                       hooks=NO_SOCKET, fields={
                           "process.source": "former", "former.pid": child.pid,
                           "former.was_listener": True})


@scenario("reset-by-peer", peer="linger-zero", is_older=True)
def owner_before_the_tracer(stage: Stage) -> None:
    """A child had accepted before anybody watched: its open file says so."""
    listener = stage.listen()

    def serve(child: Child) -> None:
        server, _ = listener.accept()
        child.say()
        assert wait_error(server, TRACER_S) == "ECONNRESET"
        child.stay(server)  # who closes it soon is known by that

    child = Child(serve)
    client, end = stage.connect(listener.getsockname()[:2])
    child.hear()
    stage.until_watched()
    _reset(client)
    stage.expect_local(stage.mirror(end), pid=child.pid, errno="ECONNRESET", fields={
        "process.source": "scan", "tcp.age_ms": None})
    stage.expect_peer(end)


@scenario("reset-by-peer", peer="linger-zero", is_older=True)
def owner_about_to_spawn(stage: Stage) -> None:
    """The same while that child starts a program: what vfork() made has its socket, too."""
    listener = stage.listen()
    with tempfile.TemporaryDirectory() as directory:
        fifo = f"{directory}/held-up"
        os.mkfifo(fifo)

        def serve(child: Child) -> None:
            server, _ = listener.accept()
            child.say()
            os.posix_spawn("/bin/true", ["true"], {},
                           file_actions=[(os.POSIX_SPAWN_OPEN, 0, fifo, os.O_RDONLY, 0)])
            assert wait_error(server) == "ECONNRESET"
            child.stay(server)

        child = Child(serve)
        client, end = stage.connect(listener.getsockname()[:2])
        child.hear()
        until(child.has_child, "the program that is to start")
        stage.until_watched()
        _reset(client)
        with open(fifo, "wb"):  # which lets the program start
            pass
    stage.expect_local(stage.mirror(end), pid=child.pid, errno="ECONNRESET", fields={
        "process.source": "scan", "tcp.age_ms": None})
    stage.expect_peer(end)


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
