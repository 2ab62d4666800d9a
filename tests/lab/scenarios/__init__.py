# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""All scenarios: importing this package registers them."""

from . import (closed_ports, closes, handshakes, icmp, kills, listeners, near_misses, received,
               timers, windows)
from . import fastopen, memory, mptcp_paths, outages

__all__ = ["closed_ports", "closes", "handshakes", "icmp", "kills", "listeners", "near_misses",
           "received", "timers", "windows",
           "fastopen", "memory", "mptcp_paths", "outages"]
