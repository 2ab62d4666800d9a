# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""All scenarios: importing this package registers them."""

from . import (closed_ports, closes, deep, handshakes, icmp, kills, listeners, near_misses, received,
               timers, windows)

__all__ = ["closed_ports", "closes", "deep", "handshakes", "icmp", "kills", "listeners", "near_misses",
           "received", "timers", "windows"]
