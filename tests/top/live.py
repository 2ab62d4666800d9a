# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""What top shows of real deaths, and what its keys do."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from stage import (HTTP, NETNS, NOBODY, TRACER, Actor, Cast, counts, deaths, differ, documented, masked, namespace,
                   rows, terminal)
from tap import Tap
from terminal import Terminal

SIZES = ((80, 24), (200, 50))
FIRST, PAUSED = 118, 10
"""Deaths that are there at first, and that happen in the pause."""


class Viewer:
    """Somebody who types and looks. A picture may be half drawn when it is looked at: what is not there yet is waited
    for, and only then is it missing."""

    def __init__(self, test: Tap, window: Terminal, cast: Cast) -> None:
        self.test, self.window, self.cast = test, window, cast

    def expect(self, name: str, value: Callable[[str], object], wanted: object) -> None:
        """A check of what can be read from the screen."""
        screen = self.window.look(lambda screen: value(screen) == wanted)
        self.test.check(name, differ(value(screen), wanted) and [*differ(value(screen), wanted), screen])

    def says(self, name: str, *texts: str) -> None:
        """A check that all of these stand on the screen."""
        self.expect(name, lambda screen: [text for text in texts if text not in screen], [])

    def type(self, *keys: str) -> None:
        """By tmux's names."""
        self.window.keys(*keys)

    def resize(self, columns: int, lines: int) -> None:
        """And waits until the screen is drawn anew: its right corner says where the deaths come from. (tmux tells its
        programs late, and cuts what stands there at once.)"""
        self.window.resize(columns, lines)
        self.window.wait(lambda screen: len(screen.splitlines()) == lines and len(screen.splitlines()[0]) == columns
                         and re.search(r"tier \w+$", screen.splitlines()[0]) is not None, "a new picture")


def check_screens(viewer: Viewer) -> None:
    """What is there, and at both sizes."""
    viewer.expect("every process and cause has a row with its deaths", counts, viewer.cast.play())
    viewer.says("the head counts all of them", f"{FIRST} deaths in", ", 0 unknown, 0 lost")
    viewer.type("s", "s")
    for columns, lines in SIZES:
        viewer.resize(columns, lines)
        viewer.expect(f"{columns} x {lines} is what docs/top.md shows", masked,
                      documented(f"overview {columns}x{lines}"))
        viewer.expect(f"{columns} x {lines}: it is filled, down to the keys", lambda screen: (
            len(screen.splitlines()), "q: quit" in screen.splitlines()[-1]), (lines, True))
    viewer.resize(80, 24)


def check_sorting(viewer: Viewer) -> None:
    """s, S and r."""
    cast = viewer.cast

    def listed(title: str) -> Callable[[str], object]:
        return lambda screen: (title in screen, [row[2] for row in rows(screen)])

    falling = [40, 40, 12, 12, 7, 7]
    for key, title, wanted in (("S", "1 MIN▼", falling), ("s", "DEATHS▼", falling), ("r", "DEATHS▲", falling[::-1]),
                               ("r", "DEATHS▼", falling)):
        viewer.type(key)
        viewer.expect(f"{key}: {title}", listed(title), (True, wanted))
    viewer.type("s", "s")
    viewer.expect("names ascend, nobody comes last", lambda screen: (
        "PROCESS▲" in screen, [row[0] for row in rows(screen)]), (True, [
            cast.curl.name, cast.curl.name, cast.nginx.name, f"({cast.redis.name})", cast.wget.name, "(no process)"]))
    viewer.type("s")
    viewer.expect("CAUSE▲: causes ascend", lambda screen: ("CAUSE▲" in screen, [row[1] for row in rows(screen)]), (
        True, ["close-unread", *["connection-refused"] * 2, *["no-listener"] * 2, "reset-by-peer"]))


def check_grouping(viewer: Viewer) -> None:
    """g: by process, program, cause, and both again."""
    cast = viewer.cast
    viewer.type("g")
    viewer.expect("by process: the sums of its causes", counts, {
        (cast.curl.name, "reset-by-peer"): 47, (cast.nginx.name, "close-unread"): 40, (cast.wget.name,
        "connection-refused"): 12, (f"({cast.redis.name})", "no-listener"): 12, ("(no process)", "no-listener"): 7})
    viewer.type("g")
    viewer.expect("by program: names without pids", lambda screen: sorted(name for name, _ in counts(screen)),
                  ["(no process)", "(redis)", "curl", "nginx", "wget"])
    viewer.type("g")
    viewer.expect("by cause: the sums of its processes",
                  lambda screen: sorted((cause, deaths) for _, cause, deaths in rows(screen)),
                  [("close-unread", 40), ("connection-refused", 19), ("no-listener", 19), ("reset-by-peer", 40)])
    viewer.type("g")
    viewer.says("by both again", "by process and cause")


def check_filter(viewer: Viewer) -> None:
    """/ narrows while it is typed, Enter keeps it, Esc takes it back."""

    def shown(screen: str) -> object:
        return re.findall(r"filter: \w+(?:  by)?", screen), len(rows(screen))

    viewer.type("/")
    viewer.says("/ says how to end it", "Enter keeps the filter")
    viewer.window.type("NGI")
    viewer.expect("/ narrows while it is typed", shown, (["filter: NGI"], 1))
    viewer.type("Enter")
    viewer.expect("Enter keeps it", shown, (["filter: NGI  by"], 1))
    viewer.type("/", "x")
    viewer.says("nothing may be left", "no row contains that")
    viewer.type("Escape")
    viewer.expect("Esc while typing takes back what was typed", shown, (["filter: NGI  by"], 1))
    viewer.type("Escape")
    viewer.expect("Esc shows all again", shown, ([], 6))


def check_pause(viewer: Viewer, told: Path) -> None:
    """p keeps the screen as it is; nothing is missed. What is told beside it shows that deaths go on."""
    viewer.type("p")
    viewer.says("p says so", "PAUSED", f"{FIRST} deaths")
    viewer.cast.close_unread(PAUSED // 2)
    while deaths(told) < FIRST + PAUSED:
        os.sched_yield()
    viewer.type("?")
    viewer.window.see("any key: back")
    viewer.type("x")
    viewer.says("p: deaths do not change the screen", "PAUSED", f"{FIRST} deaths", "by process and cause")
    viewer.type("p")
    viewer.expect("p again: those of the pause are counted",
                  lambda screen: (f"{FIRST + PAUSED} deaths" in screen, "PAUSED" in screen), (True, False))


def check_deaths(viewer: Viewer) -> None:
    """Enter: the last deaths of a row, with their evidence."""
    viewer.type("/")
    viewer.window.type("close-unread")
    viewer.type("Enter", "Enter")
    viewer.says("Enter: the last deaths, with the newest's evidence", "evidence, lines 1-", f"127.0.0.1:{HTTP}",
                f"{viewer.cast.nginx.name}, close-unread: death 1 of the 16 that are kept",
                "rst-sent, certain: closed with 10 bytes unread", "tcp: state ESTABLISHED")
    for keys, number in ((("Down", "Down"), 3), (("End",), 16), (("Up",), 15), (("Home",), 1)):
        viewer.type(*keys)
        viewer.says(f"{' '.join(keys)}: death {number}", f"death {number} of the 16")
    viewer.type("NPage", "NPage", "NPage")
    viewer.expect("PgDn: the rest of the evidence",
                  lambda screen: ("what to do:" in screen, "rst-sent, certain" in screen), (True, False))
    viewer.type("PPage", "PPage", "PPage")
    viewer.says("PgUp: back", "evidence, lines 1-")
    viewer.resize(200, 50)
    viewer.says("200 x 50 has room for the sentence and all evidence", "WHY", "closed with 10 bytes unread",
                "tcp: state ESTABLISHED", "what to do:")
    viewer.resize(80, 24)
    viewer.type("Escape")
    viewer.says("Esc: back", "filter: close-unread")
    viewer.type("Escape")
    viewer.expect("and all rows again", lambda screen: len(rows(screen)), 6)


def check_help(viewer: Viewer) -> None:
    """?"""
    viewer.type("?")
    viewer.expect("? lists the keys, as docs/top.md does", lambda screen: masked(screen)[3:],
                  documented("help 80x24")[3:])
    viewer.type("Space")
    viewer.says("any key leads back", "by process and cause")


def width(text: str) -> int:
    """Columns on a terminal, of what this test uses."""
    return sum(2 if "\u2e80" <= character <= "\uff60" else 1 for character in text)


def starts(screen: str) -> list[int]:
    """The columns at which causes begin, those of a header first."""
    return [width(line[:line.index(word)]) for word in ("CAUSE", "connection-refused")
            for line in screen.splitlines() if word in line]


def check_names(viewer: Viewer) -> None:
    """Names with control characters, bytes that are not UTF-8, and characters that take two columns."""
    viewer.type("z")
    viewer.says("z counts from zero", " 0 deaths in", "no deaths yet")
    evil, wide = Actor(b"e\x1b[31m\xff"), Actor("日本語".encode())
    evil.do(f"knock {NOBODY} 2")
    wide.do(f"knock {NOBODY} 3")
    viewer.says("names are escaped, and others are left alone", "e\\x1b[31m\\xff[", "日本語[")
    viewer.expect("columns stay where they are", lambda screen: (len(starts(screen)), len(set(starts(screen)))), (3, 1))
    evil.close()
    wide.close()


def check_storm(viewer: Viewer) -> None:
    """Keys do something while deaths come as fast as they can."""
    storm = [Actor(b"storm") for _ in range(2 * (os.cpu_count() or 1))]
    for actor in storm:
        actor.begin(f"knock {NOBODY} 1000000000")
    viewer.window.see("storm")
    viewer.type("?")
    viewer.window.see("any key: back")
    viewer.type("x")
    viewer.window.see("by process and cause")
    raging = all(actor.process.poll() is None for actor in storm)
    for actor in storm:
        actor.process.kill()
        actor.process.wait()
    viewer.test.check("keys are heard in a storm", [] if raging else ["it was over already"])


def check_live(test: Tap) -> None:
    """With real deaths, as root."""
    with tempfile.TemporaryDirectory() as folder, namespace(), terminal() as window:
        told = Path(folder, "deaths.json")
        cast = Cast()
        viewer = Viewer(test, window, cast)
        window.start(f"{TRACER} top --netns {NETNS} -o json={told}")
        viewer.says("an empty screen says what it waits for", "no deaths yet")
        check_screens(viewer)
        check_sorting(viewer)
        check_grouping(viewer)
        check_filter(viewer)
        check_pause(viewer, told)
        check_deaths(viewer)
        check_help(viewer)
        check_names(viewer)
        check_storm(viewer)
        viewer.type("q")
        screen = window.end()
        good = "ended with 0." in screen and " deaths (" in screen
        test.check("q ends it with its summary", [] if good else [screen])
        cast.close()
