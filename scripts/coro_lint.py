#!/usr/bin/env python3
"""Coroutine rules that the compiler does not know (g++ 12 and Asio of Boost 1.81 make bugs of them):

  capture   a lambda that captures and is itself a coroutine: the captures live in the lambda object, which is usually
            gone before the frame is. Pass the values as parameters.
  nested    more than one co_await in one statement: g++ 12 destroys temporaries of such statements twice or not at all.
  suspend   a lock_guard, unique_lock or scoped_lock declared before a co_await of the same block: the lock would be
            held while other work runs on the thread.

usage: coro_lint.py [--root DIR] [file…]
"""

import argparse
import os
import re
import sys

import levels

LAMBDA = re.compile(r"\[([^\[\]]*)\]\s*(?:\(|(?:mutable|->|\{))")
LOCK = re.compile(r"\bstd::(?:lock_guard|unique_lock|scoped_lock)\b")
AWAIT = re.compile(r"\bco_(?:await|return|yield)\b")


def strip(text):
    """The text with comments, strings and character literals blanked out, every offset and line kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    pattern = (r'R"([^ ()\\\t\n]*)\((?:.|\n)*?\)\1"' r'|//[^\n]*|/\*(?:.|\n)*?\*/'
               r'|"(?:\\.|[^"\\\n])*"' r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'")
    return re.sub(pattern, blank, text)


def matching(text, start, opening, closing):
    """Offset of the bracket that closes the one at start, or -1."""
    depth = 0
    for offset in range(start, len(text)):
        if text[offset] == opening:
            depth += 1
        elif text[offset] == closing:
            depth -= 1
            if depth == 0:
                return offset
    return -1


def lambda_bodies(text):
    """(offset of the introducer, captures, start, end of the body) of every lambda."""
    for match in LAMBDA.finditer(text):
        before = text[:match.start()].rstrip()[-1:]
        if before and (before.isalnum() or before in "_)]"):
            continue  # a subscript
        offset = match.end(1) + 1
        while offset < len(text) and text[offset] not in "({;":
            offset += 1
        if offset < len(text) and text[offset] == "(":
            offset = matching(text, offset, "(", ")")
            if offset < 0:
                continue
            while offset < len(text) and text[offset] not in "{;":
                offset += 1
        if offset >= len(text) or text[offset] != "{":
            continue
        end = matching(text, offset, "{", "}")
        if end > 0:
            yield match.start(), match.group(1).strip(), offset, end


def without_inner(text, start, end, bodies):
    """The body of a lambda with the bodies of lambdas inside it blanked."""
    body = text[start:end]
    for _, _, inner_start, inner_end in bodies:
        if start < inner_start and inner_end < end:
            body = (body[:inner_start - start] + " " * (inner_end - inner_start) + body[inner_end - start:])
    return body


def check_text(path, original):
    text = strip(original)
    faults = []

    def fault(offset, rule, message):
        faults.append(f"{path}:{text.count(chr(10), 0, offset) + 1}: [{rule}] {message}")

    bodies = list(lambda_bodies(text))
    for offset, captures, start, end in bodies:
        if captures and AWAIT.search(without_inner(text, start, end, bodies)):
            fault(offset, "capture", f"a coroutine lambda captures [{captures}]; pass it as a parameter")

    for statement in re.finditer(r"[^;{}]+", text):
        if len(re.findall(r"\bco_await\b", statement.group(0))) > 1:
            fault(statement.start() + len(statement.group(0)) - len(statement.group(0).lstrip()), "nested",
                  "more than one co_await in one statement; give each its own variable")
    for lock in LOCK.finditer(text):
        depth, offset = 0, lock.end()
        while offset < len(text) and depth >= 0:
            depth += {"{": 1, "}": -1}.get(text[offset], 0)
            offset += 1
        if re.search(r"\bco_await\b", without_inner(text, lock.end(), offset, bodies)):
            fault(lock.start(), "suspend", "a lock is held across co_await; close its block first")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    files = arguments.files or levels.sources(arguments.root)
    faults = []
    for path in files:
        with open(os.path.join(arguments.root, path), encoding="utf-8", errors="replace") as file:
            faults += check_text(path, file.read())
    for fault in faults:
        print(fault)
    print(f"coro_lint: {len(files)} files, {len(faults)} violations")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
