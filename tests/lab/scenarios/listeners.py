# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Connections that B's kernel has accepted and B's application has not."""

import socket

from net import ESTABLISHED, until
from registry import scenario
from stage import Stage, wait_error, wait_pending, wait_state


@scenario("listener-closed", peer="reset-by-peer")
def listener_closed(stage: Stage) -> None:
    """B closes its listener with a connection in the accept queue."""
    listener = stage.listen()
    client, end = stage.connect(listener.getsockname()[:2])
    wait_pending(listener)
    listener.close()
    stage.expect_local(stage.mirror(end))
    stage.expect_peer(end, errno=wait_error(client))


@scenario("listener-shutdown", peer="reset-by-peer")
def listener_shutdown(stage: Stage) -> None:
    """B shuts its listener down with a connection in the accept queue."""
    listener = stage.listen()
    client, end = stage.connect(listener.getsockname()[:2])
    wait_pending(listener)
    listener.shutdown(socket.SHUT_RDWR)
    stage.expect_local(stage.mirror(end))
    stage.expect_peer(end, errno=wait_error(client))


@scenario("accept-queue-abort", peer="reset-by-peer")
def accept_queue_abort(stage: Stage) -> None:
    """A handshake ends when B's accept queue is full, and tcp_abort_on_overflow is set."""
    stage.b.sysctl("ipv4/tcp_abort_on_overflow", 1)
    listener = stage.listen(backlog=1)
    target = listener.getsockname()[:2]
    late = stage.tcp_socket(stage.a)
    late.bind((stage.address(stage.a), 0))
    port = late.getsockname()[1]
    stage.a.filter("output", f"tcp sport {port} tcp flags & (syn|ack) == ack drop")
    _, end = stage.start_connect(target, late)
    wait_state(late, ESTABLISHED)
    fillers = [stage.connect(target)[0] for _ in range(2)]
    until(lambda: stage.b.tcp_states(target[1]).count(ESTABLISHED) == len(fillers), "a full queue")
    stage.a.unfilter()
    stage.expect_local(stage.mirror(end))
    stage.expect_peer(end, errno=wait_error(late))
    for _ in fillers:
        stage.accept(listener)


@scenario("listener-killed", peer="reset-by-peer")
def listener_killed(stage: Stage) -> None:
    """Root at B kills the listener with a connection in its accept queue."""
    listener = stage.listen()
    target = listener.getsockname()[:2]
    client, end = stage.connect(target)
    wait_pending(listener)
    stage.b.run("ss", "-K", "-t", "state", "listening", "sport", "=", f":{target[1]}")
    stage.expect_local(stage.mirror(end), why="killed by ss")
    stage.expect_peer(end, errno=wait_error(client))
