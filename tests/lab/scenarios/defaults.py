# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The kernel's own timers, nothing shortened: minutes and hours, in guests where waiting takes no time.

How long exactly follows from the RTO, which a loaded host stretches, and from the timer wheel, which
fires up to an eighth late.
"""

import socket

from net import until
from registry import scenario
from stage import Stage, wait_error
from .windows import SMALL_BUFFER, fill_window

HALF_AN_HOUR_S, THREE_HOURS_S = 1800.0, 10800.0
LOOK_EVERY_S = 1.0


@scenario("retransmission-timeout", slow_limit_s=HALF_AN_HOUR_S)
def retransmission_timeout_default(stage: Stage) -> None:
    """tcp_retries2 = 15."""
    connection = stage.connection()
    stage.cut()
    connection.server.send(b"x" * 100)
    stage.expect_local(connection.server_end,
                       why_like=r"1[45] retransmits in (9[2-9]\d s|1[5-8] min( \d+ s)?) unanswered",
                       errno=wait_error(connection.server, HALF_AN_HOUR_S))


@scenario("orphan-retransmission-timeout", slow_limit_s=HALF_AN_HOUR_S)
def orphan_retransmission_timeout_default(stage: Stage) -> None:
    """tcp_orphan_retries = 0, which stands for 8."""
    connection = stage.connection()
    stage.cut()
    connection.server.close()
    port = connection.server_end.local[1]
    until(lambda: not stage.b.tcp_states(port), "B's end to be gone", HALF_AN_HOUR_S, LOOK_EVERY_S)
    stage.expect_local(connection.server_end, why_like=r"[78] retransmits in 1[0-3]\d s unanswered")


@scenario("keepalive-timeout", slow_limit_s=THREE_HOURS_S)
def keepalive_timeout_default(stage: Stage) -> None:
    """Two hours of silence, then nine probes, 75 seconds apart; timers that long go by steps of up to 131 s."""
    connection = stage.connection()
    connection.server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    stage.cut()
    stage.expect_local(connection.server_end, why_like=r"9 probes unanswered, peer silent for 2 h 1[1-3] min",
                       errno=wait_error(connection.server, THREE_HOURS_S))


@scenario("syn-timeout", slow_limit_s=HALF_AN_HOUR_S)
def syn_timeout_default(stage: Stage) -> None:
    """tcp_syn_retries = 6: 127 s, or 131 s where tcp_syn_linear_timeouts = 4 adds its own (v6.5)."""
    stage.b.filter("input", "meta l4proto tcp drop")
    client, end = stage.start_connect((stage.address(stage.b), stage.unused_port()))
    stage.expect_local(end, errno=wait_error(client, HALF_AN_HOUR_S),
                       why_like=r"(6 retransmits in 1(2[7-9]|3\d)|10 retransmits in 13\d) s;")


@scenario("zero-window-timeout", slow_limit_s=HALF_AN_HOUR_S)
def zero_window_timeout_default(stage: Stage) -> None:
    """tcp_retries2 = 15, for the probes of a closed window."""
    connection = stage.connection(receive_buffer=SMALL_BUFFER)
    fill_window(connection)
    stage.cut()
    stage.expect_local(connection.server_end, why_like=r"15 probes in (9[2-9]\d s|1[5-9] min( \d+ s)?) unanswered",
                       errno=wait_error(connection.server, HALF_AN_HOUR_S))
