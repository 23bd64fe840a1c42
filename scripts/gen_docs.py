#!/usr/bin/env python3
"""Writes the tables of the code into the documents, between the lines

    <!-- generated: NAME -->  …  <!-- end -->

where NAME is a table of the program doc_tables (errors, settings, verdicts) or "levels" (scripts/levels.py). `./dev docs` calls
it; with --check it writes nothing and fails when a document differs from the code.

usage: gen_docs.py --tables PROGRAM [--check]
"""

import argparse
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
REQUIRED = {"errors", "settings", "verdicts", "levels"}  # each stands in some document


def table(name, program):
    command = [sys.executable, os.path.join(ROOT, "scripts", "levels.py"), "--markdown"] if name == "levels" \
        else [program, name]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", required=True, help="the program doc_tables of the build")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    seen, stale = set(), []
    for folder, _, files in os.walk(os.path.join(ROOT, "docs")):
        for name in sorted(files):
            path = os.path.join(folder, name)
            if not name.endswith(".md"):
                continue
            with open(path, encoding="utf-8") as file:
                old = file.read()

            def fresh(match):
                seen.add(match.group(2))
                return match.group(1) + table(match.group(2), arguments.tables) + match.group(4)
            new = BLOCK.sub(fresh, old)
            if new == old:
                continue
            stale.append(os.path.relpath(path, ROOT))
            if not arguments.check:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(new)
    for name in sorted(REQUIRED - seen):
        print(f"gen_docs: no document has the block 'generated: {name}'")
    for path in stale:
        print(f"gen_docs: {path} {'differs from the code; run ./dev docs' if arguments.check else 'written'}")
    print(f"gen_docs: {len(seen)} tables, {len(stale)} documents {'stale' if arguments.check else 'written'}")
    return 1 if REQUIRED - seen or (stale and arguments.check) else 0


if __name__ == "__main__":
    sys.exit(main())
