#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""A process with a name of its own whose connections die when it is told to: `actor.py HEX-OF-NAME`, then lines.

`serve PORT`: listens; `unread N`: takes N connections and closes each with data unread; `close`: stops listening.
`send PORT N`: N connections that send and wait for the reset; `knock PORT N`: N connects to a closed port.
Each is answered with a line "done"."""

from __future__ import annotations

import ctypes
import socket
import sys

PR_SET_NAME = 15
HOST = "127.0.0.1"


def unread(listener: socket.socket, times: int) -> None:
    """Closes connections with data unread."""
    for _ in range(times):
        connection, _ = listener.accept()
        with connection:
            connection.recv(1, socket.MSG_PEEK)


def send(port: int, times: int) -> None:
    """Connects, sends, and waits for the end."""
    for _ in range(times):
        with socket.create_connection((HOST, port)) as connection:
            connection.sendall(b"0123456789")
            try:
                connection.recv(1)
            except ConnectionResetError:
                pass


def knock(port: int, times: int) -> None:
    """Connects to where nobody listens."""
    for _ in range(times):
        with socket.socket() as connection:
            connection.connect_ex((HOST, port))


def main() -> None:
    """Does what it is told, line by line."""
    name = bytes.fromhex(sys.argv[1])
    ctypes.CDLL(None).prctl(PR_SET_NAME, ctypes.c_char_p(name), 0, 0, 0)
    listener = socket.socket()
    for line in sys.stdin:
        order, *numbers = line.split()
        if order == "serve":
            listener = socket.create_server((HOST, int(numbers[0])))
        elif order == "close":
            listener.close()
        elif order == "unread":
            unread(listener, int(numbers[0]))
        else:
            {"send": send, "knock": knock}[order](int(numbers[0]), int(numbers[1]))
        print("done", flush=True)


if __name__ == "__main__":
    main()
