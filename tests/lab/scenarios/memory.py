# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Too many orphans: the kernel gives up what its application has closed."""

import os
import socket

from net import CLOSE_WAIT, FIN_WAIT2, machine_sysctl, until
from registry import scenario
from stage import TCP_LINGER2, Connection, Impossible, Stage, wait_state
from .closes import LONG_FIN_TIMEOUT_S

MAX_ORPHANS = "ipv4/tcp_max_orphans"
"""Of the whole machine: there is one, and the kernel counts all namespaces' orphans together."""


def _need_max_orphans() -> None:
    if not os.path.exists(f"/proc/sys/net/{MAX_ORPHANS}"):
        raise Impossible("tcp_max_orphans belongs to a namespace that is not ours")


def _keep_orphan(stage: Stage) -> None:
    """An orphan of B that lasts: it waits for A's FIN, and no shortage ends it."""
    stage.b.sysctl("ipv4/tcp_fin_timeout", LONG_FIN_TIMEOUT_S)
    connection = stage.connection()
    connection.server.close()
    wait_state(connection.client, CLOSE_WAIT)
    port = connection.server_end.local[1]
    until(lambda: stage.b.tcp_states(port) == [FIN_WAIT2], "B to be in FIN_WAIT2")


def _lose_orphan(stage: Stage, connection: Connection) -> None:
    """Ends when B's timer has given up an orphan because there are too many: they are counted."""
    port = connection.server_end.local[1]
    until(lambda: not stage.b.tcp_states(port), "an orphan to be given up")
    stage.expect("orphan-out-of-resources", connection.server_end)
    stage.expect_filtered(connection.client_end)


def _close_unheard(connection: Connection) -> None:
    connection.server.send(b"x" * 100)
    connection.server.close()


@scenario("orphan-out-of-resources", is_alone=True)
def orphan_out_of_resources(stage: Stage) -> None:
    """B closes with data unacknowledged, and then there are to be no orphans any more."""
    _need_max_orphans()
    connection = stage.connection()
    stage.cut()
    _close_unheard(connection)
    with machine_sysctl(MAX_ORPHANS, 0):
        _lose_orphan(stage, connection)


def _close_without_memory(stage: Stage, *connections: Connection) -> None:
    """B closes when there are too many orphans, and the kernel knows: it counts now and then."""
    first = stage.connection()
    stage.cut()
    _close_unheard(first)
    with machine_sysctl(MAX_ORPHANS, 0):
        _lose_orphan(stage, first)
        for connection in connections:
            _close_unheard(connection)


@scenario("close-out-of-memory", is_alone=True)
def close_out_of_memory(stage: Stage) -> None:
    """B closes when there are too many orphans already."""
    _need_max_orphans()
    _keep_orphan(stage)
    connection = stage.connection()
    _close_without_memory(stage, connection)
    stage.expect_local(connection.server_end)
    stage.expect_filtered(connection.client_end)


@scenario("close-out-of-memory", is_alone=True)
def close_out_of_memory_with_linger2(stage: Stage) -> None:
    """As before; TCP_LINGER2 is negative, but the connection is not in FIN_WAIT2 yet."""
    _need_max_orphans()
    _keep_orphan(stage)
    connection = stage.connection()
    connection.server.setsockopt(socket.IPPROTO_TCP, TCP_LINGER2, -1)
    _close_without_memory(stage, connection)
    stage.expect_local(connection.server_end)
    stage.expect_filtered(connection.client_end)
