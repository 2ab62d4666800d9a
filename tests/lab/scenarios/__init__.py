# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""All scenarios: importing this package registers them."""

from . import (backlog, closed_ports, closes, handshakes, icmp, kills, listeners, near_misses,
               received, requests, timers, windows)

__all__ = ["backlog", "closed_ports", "closes", "handshakes", "icmp", "kills", "listeners",
           "near_misses", "received", "requests", "timers", "windows"]
