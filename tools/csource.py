# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Just enough reading of C for the checks: what is comment, what is code, where functions begin and end."""

import re
from collections import namedtuple

Item = namedtuple("Item", "is_function line lines name head text")

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
# BPF_PROG(name, ...) is the function "name"; SEC("...") before it is not its name.
WRAPPED = re.compile(r"\bBPF_\w+\s*\(\s*(\w+)")
CALLED = re.compile(r"(\w+)\s*\(")


def hollow(text):
    """The same lines and columns, with spaces for text."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda m: hollow(m.group()) if m.group()[0] == "/" else m.group(), text)


def without_strings(text):
    """Neither comments nor what stands in strings: "" remains of each."""

    def replace(match):
        token = match.group()
        return hollow(token) if token[0] == "/" else token[0] + " " * (len(token) - 2) + token[0]

    return TOKEN.sub(replace, text)


def item_of(code, start, end):
    text = code[start:end]
    head = re.split(r"[={;]", text, maxsplit=1)[0]
    brace = text.find("{")
    before = text[:brace].rstrip() if brace >= 0 else ""
    plain = re.sub(r"\bSEC\s*\([^)]*\)", "", head)
    name = WRAPPED.search(plain) or CALLED.search(plain)
    line = code.count("\n", 0, start) + 1
    return Item(before.endswith(")") and "=" not in before, line, text.count("\n") + 1,
                name.group(1) if name else plain.strip(), head, text)


def items(text):
    """What stands at file scope: functions, and everything else up to its semicolon."""
    code = DIRECTIVE.sub(lambda m: hollow(m.group()), without_strings(text))
    start, depth = None, 0
    for place, char in enumerate(code):
        if start is None and not char.isspace():
            start = place
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0 and item_of(code, start, place + 1).is_function:
                yield item_of(code, start, place + 1)
                start = None
        elif char == ";" and depth == 0:
            yield item_of(code, start, place + 1)
            start = None
