#!/usr/bin/env python3
"""Runs clang-tidy 19 on source files and remembers which were clean: a file is read again only when it, a header of the project
that it reaches, the rules or the tool have changed. Called by `./dev lint`.

usage: tidy.py --build FOLDER --jobs N FILE…
"""

import argparse
import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys

TOOL = "clang-tidy-19"
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def reached(path, seen):
    """The file and every file of the project that it includes, directly or not; generated ones follow from their .proto."""
    if path not in seen and os.path.exists(path):
        with open(path, "rb") as file:
            seen[path] = file.read()
        for name in INCLUDE.findall(seen[path]):
            target = name.decode()
            reached(target.replace(".pb.h", ".proto") if target.endswith(".pb.h") else target, seen)
    return seen


def digest(path, rules):
    total = hashlib.sha256(rules)
    for name, content in sorted(reached(path, {}).items()):
        total.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()


class Memory:
    """The digest with which each file was clean last, one small file each."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def _file(self, path):
        return os.path.join(self.folder, path.replace("/", "%"))

    def knows(self, path, value):
        try:
            with open(self._file(path), encoding="ascii") as file:
                return file.read() == value
        except FileNotFoundError:
            return False

    def keep(self, path, value):
        with open(self._file(path), "w", encoding="ascii") as file:
            file.write(value)


def rules_of():
    with open(".clang-tidy", "rb") as file:
        return file.read() + subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="the build folder with compile_commands.json")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    memory, rules = Memory(os.path.join(arguments.build, "tidy")), rules_of()
    wanted = {path: digest(path, rules) for path in arguments.files}
    unread = [path for path, value in wanted.items() if not memory.knows(path, value)]

    def read(path):
        done = subprocess.run([TOOL, "-p", arguments.build, "--quiet", path], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            memory.keep(path, wanted[path])
        return done.returncode, done.stdout

    bad = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, arguments.jobs)) as pool:
        for code, findings in pool.map(read, unread):
            if code != 0:
                bad += 1
                print(findings, end="", flush=True)
    print(f"tidy: {len(wanted)} files, {len(unread)} read, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
