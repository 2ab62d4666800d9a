# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The little TAP that the checks written in Python print; tools/test-summary reads it."""

import sys


class Tap:
    """One line per check. The plan comes last, so that a script that dies half-way has none and counts as failed."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, problems):
        """Passes when the list of problems is empty; each is shown on a line of its own."""
        problems = list(problems)
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            for line in problem.splitlines():
                print("# " + line)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    def finish(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
