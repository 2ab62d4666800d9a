# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""How top begins and ends: the terminal is as it was before, whatever ends it, and said is what there is to say."""

from __future__ import annotations

import os
import random
import re
import select
import signal
import subprocess
import tempfile
from pathlib import Path

from stage import NOBODY, NETNS, RECORDING, TRACER, Actor, deaths, differ, namespace, rows, terminal
from tap import Tap
from terminal import Terminal, children

RESIZES = 300
EXIT_FAILED, EXIT_USAGE = 1, 2
SHOWN = "close-unread"
"""What stands on the screen of the recording."""


def modes(window: Terminal) -> str:
    """Of the terminal, with what tmux knows of it."""
    said = window.run("stty -a")
    settings = said[:said.index("run ")]
    return f"{settings}alternate {window.value('alternate_on')} cursor {window.value('cursor_flag')}"


def processes(window: Terminal) -> tuple[int, int]:
    """The guard, which the shell waits for, and the one that has the screen."""
    guard, = children(window.shell)
    worker, = children(guard)
    return guard, worker


def show_recording(window: Terminal, options: str = "") -> tuple[int, int]:
    """top on a recording, which needs no root and no second."""
    window.start(f"{TRACER} top {options} {RECORDING}")
    window.see(SHOWN, "q: quit")
    return processes(window)


def check_kills(test: Tap, window: Terminal) -> None:
    """By a key, and by every signal, to either of the two processes."""
    before = modes(window)
    kills: list[tuple[str, signal.Signals | None, int, int | None]] = [
        ("q", None, 0, 0), ("Ctrl-C", None, 0, 0), ("Ctrl-\\", None, 0, EXIT_FAILED),
        ("SIGTERM", signal.SIGTERM, 0, 0), ("SIGINT", signal.SIGINT, 0, 0), ("SIGHUP", signal.SIGHUP, 0, 0),
        ("SIGTERM to the worker", signal.SIGTERM, 1, 0), ("SIGKILL to the worker", signal.SIGKILL, 1, EXIT_FAILED),
        ("SIGSEGV to the worker", signal.SIGSEGV, 1, EXIT_FAILED), ("SIGKILL to the guard", signal.SIGKILL, 0, None)]
    for name, number, whom, status in kills:
        pids = show_recording(window)
        handles = [os.pidfd_open(pid) for pid in pids]
        if number is None:
            window.keys(name.replace("Ctrl-", "C-").lower())
        else:
            os.kill(pids[whom], number)
        for handle in handles:
            select.select([handle], [], [])
            os.close(handle)
        if status is not None:
            screen = window.end()
            said = rf"ended by signal {int(number or signal.SIGQUIT)} |AddressSanitizer"
            test.check(f"{name} ends it with {status}", [] if f"ended with {status}." in screen and (
                status != EXIT_FAILED or re.search(said, screen)) else [screen])
        # Without its guard the worker writes when the shell does, too: the modes are right, the text is anybody's.
        test.check(f"{name}: the terminal is as it was before", differ(modes(window), before))


def check_stop(test: Tap, window: Terminal) -> None:
    """Ctrl-Z gives the terminal to the shell, fg gives it back."""
    before = modes(window)
    show_recording(window)
    window.keys("C-z")
    window.see("Stopped")
    stopped = modes(window)
    test.check("Ctrl-Z: the terminal is the shell's", differ(stopped, before))
    window.order("fg")
    screen = window.see(SHOWN, "q: quit")
    test.check("fg: the screen is there again", [] if len(rows(screen)) == 2 else [screen])
    window.keys("q")
    window.match(r"^ready\$$")
    test.check("and then q: the terminal is as it was before", differ(modes(window), before))


def check_resizes(test: Tap, window: Terminal) -> None:
    """Sizes of any kind, faster than anybody can draw."""
    pids = show_recording(window)
    chance = random.Random(1)
    for number in range(RESIZES):
        window.resize(chance.randint(1, 300), chance.randint(1, 90))
        if number % 3 == 0:
            window.keys(chance.choice(["Enter", "Escape", "?", "g", "s", "Down", "NPage"]))
    window.resize(30, 5)
    window.see("needs 40 columns and 8")
    window.resize(80, 24)
    screen = window.see("q: quit") if "any key" not in window.see("rsttrace top", ":") else ""
    if not screen:
        window.keys("x")
        screen = window.see("q: quit")
    window.keys("Escape", "Escape")
    screen = window.wait(lambda screen: len(rows(screen)) >= 1, "its rows")
    test.check(f"{RESIZES} resizes: it lives, and shows what it should",
               [] if processes(window) == pids and len(screen.splitlines()) == 24 else [screen])
    window.keys("q")
    screen = window.end()
    test.check("and ends well", [] if "ended with 0." in screen else [screen])


def check_refusals(test: Tap, window: Terminal) -> None:
    """Where there is no terminal, or none that it can use."""
    for command, status, words in (
            (f"{TRACER} top {RECORDING} </dev/null", EXIT_USAGE, "top needs a terminal, and stdin is none"),
            (f"{TRACER} top {RECORDING} | cat; (exit ${{PIPESTATUS[0]}})", EXIT_USAGE,
             "top needs a terminal, and stdout is none"),
            (f"TERM=nosuch {TRACER} top {RECORDING}", EXIT_FAILED, 'the terminal type "nosuch"'),
            (f"TERM=dumb {TRACER} top {RECORDING}", EXIT_FAILED, 'the terminal type "dumb"'),
            (f"{TRACER} top /nonexistent", EXIT_FAILED, "/nonexistent"),
            (f"{TRACER} top -o json {RECORDING}", EXIT_USAGE, "give the output json its own =FILE"),
            (f"{TRACER} top --deep {RECORDING}", EXIT_USAGE, "--deep makes no sense with a recording")):
        screen = window.run(command)
        test.check(f"{command.replace(TRACER, 'rsttrace').replace(RECORDING, 'FILE')} is refused",
                   [] if f"ended with {status}." in screen and words in screen.replace("\n", "") else [screen])


def check_plain(test: Tap) -> None:
    """A terminal that knows ASCII alone, and one that wants no colours."""
    with terminal(LC_ALL="C") as window:
        show_recording(window)
        screen = window.see("PER Sv")
        test.check("in the C locale everything is ASCII", [] if screen.isascii() and "#" in screen else [screen])
    for environment, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        with terminal(**environment) as window:
            show_recording(window)
            colours = re.findall(r"\x1b\[(?:[0-9;]*;)?3[0-8][;m]", window.tmux("capture-pane", "-p", "-e"))
            test.check(f"colours with {environment or 'no NO_COLOR'}", differ(bool(colours), is_coloured))


def check_user(test: Tap) -> None:
    """A recording is for everybody."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for source, name in ((TRACER, "rsttrace"), (RECORDING, "x.rec")):
            subprocess.run(["install", "-m", "755", source, f"{folder}/{name}"], check=True)
        with terminal() as window:
            window.start(f"setpriv --reuid 65534 --regid 65534 --clear-groups {folder}/rsttrace top {folder}/x.rec")
            screen = window.see(SHOWN, "reset-by-peer")
            test.check("a recording needs no root", [] if "recording, tier" in screen else [screen])


def check_said(test: Tap, window: Terminal) -> None:
    """What is said while the screen is there stands at its foot, and is said when it has gone; files get their
    lines."""
    before = modes(window)
    with tempfile.TemporaryDirectory() as folder:
        window.start(f"{TRACER} top --netns {NETNS} --raw /dev/full -o json={folder}/x.json")
        window.see("no deaths yet")
        actor = Actor(b"client")
        actor.do(f"knock {NOBODY} 200")
        window.see("400 deaths", "cannot write /dev/full")
        os.kill(processes(window)[0], signal.SIGTERM)
        screen = window.end()
        actor.close()
        told = deaths(Path(f"{folder}/x.json"))
    test.check("what is said under the screen is told afterwards",
               [] if "cannot write /dev/full" in screen and "400 deaths (" in screen and
               f"ended with {EXIT_FAILED}." in screen else [screen])
    test.check("an output with a file goes on beside it", differ(told, 400))
    test.check("SIGTERM while live: the terminal is as it was before", differ(modes(window), before))


def check_endings(test: Tap) -> None:
    """All of it."""
    with terminal() as window:
        check_refusals(test, window)
        check_kills(test, window)
        check_stop(test, window)
        check_resizes(test, window)
    check_plain(test)
    check_user(test)
    with namespace(), terminal() as window:
        check_said(test, window)
