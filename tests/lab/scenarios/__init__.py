# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""All scenarios: importing this package registers them."""

from . import (closed_ports, closes, handshakes, icmp, kills, listeners, near_misses, received,
               timers, windows)
from . import memory, mptcp_paths

__all__ = ["closed_ports", "closes", "handshakes", "icmp", "kills", "listeners", "near_misses",
           "received", "timers", "windows",
           "memory", "mptcp_paths"]
