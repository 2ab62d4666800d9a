#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Holds lines of the json sink against their JSON schema.

    check-schema.py SCHEMA < LINES      exit status 0 when every line is valid, 1 with a message per problem

Without an argument it is a test of the tree: the schema itself, the samples of the unit tests, the recordings' goldens.
"""

import json
import os
import subprocess
import sys

import jsonschema

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", os.path.join(ROOT, "build"))
sys.path.insert(0, os.path.join(ROOT, "tests"))

from tap import Tap  # noqa: E402


def validator_of(schema):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def problems(validator, lines):
    """What is wrong with them."""
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
        except ValueError as error:
            yield f"line {number}: not JSON: {error}"
            continue
        for error in validator.iter_errors(value):
            yield f"line {number}: {'.'.join(map(str, error.absolute_path)) or 'the object'}: {error.message}"


def unnoticed(validator, line):
    """Spoils a good line in every way that the schema must notice."""
    spoilers = {
        "a key that no field has": lambda value: value.update(surprise=1),
        "one deep inside": lambda value: value["network"]["local"].update(surprise=1),
        "a required key gone": lambda value: value.pop("why"),
        "a required key gone inside": lambda value: value["kernel"].pop("hook"),
        "a number as a string": lambda value: value["process"].update(pid="2211"),
        "a kind that does not exist": lambda value: value.update(kind="rst"),
    }
    for name, spoil in spoilers.items():
        value = json.loads(line)
        spoil(value)
        if validator.is_valid(value):
            yield name


def goldens():
    folder = os.path.join(ROOT, "tests", "replay")
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".ndjson")]


def test_tree():
    tap = Tap()
    output = subprocess.run([os.path.join(BUILD, "gen-schema")], check=True, stdout=subprocess.PIPE).stdout
    validator = validator_of(json.loads(output))
    tap.check("the schema is a valid JSON schema", [])
    samples = subprocess.run([os.path.join(BUILD, "test", "test_sinks"), "--ndjson"], check=True,
                             stdout=subprocess.PIPE, text=True).stdout.splitlines()
    tap.check("what the json sink writes is valid", problems(validator, samples))
    tap.check("what is not valid is noticed", unnoticed(validator, samples[0]))
    for path in goldens():
        with open(path, encoding="utf-8") as file:
            tap.check(os.path.relpath(path, ROOT), problems(validator, file))
    tap.finish()


def main():
    if len(sys.argv) == 1:
        test_tree()
    with open(sys.argv[1], encoding="utf-8") as file:
        validator = validator_of(json.load(file))
    lines = sys.stdin.readlines()
    found = list(problems(validator, lines)) if lines else ["there are no lines: whoever writes them has died"]
    for problem in found:
        print(problem, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
