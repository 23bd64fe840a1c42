#!/usr/bin/env python3
"""Tests what scripts/tidy.py remembers, with a stand-in for clang-tidy that finds fault with every file that says so."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TIDY = pathlib.Path(__file__).resolve().parents[2] / "scripts/tidy.py"
TOOL = """#!/bin/sh
[ "$1" = --version ] && exit
for file; do :; done
! grep -H BAD "$file"
"""


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, text in {".clang-tidy": "Checks: x", "a.cpp": '#include "a.hpp"\n', "a.hpp": '#include "b.pb.h"\n', "b.proto": "", "c.cpp": "",
                           "clang-tidy-19": TOOL}.items():
            (self.root / name).write_text(text)
        (self.root / "clang-tidy-19").chmod(0o755)

    def tidy(self):
        path = f"{self.root}:{os.environ['PATH']}"
        done = subprocess.run([sys.executable, TIDY, "--build", "build", "a.cpp", "c.cpp"], cwd=self.root, env=os.environ | {"PATH": path},
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    def test_reads_a_clean_file_once(self):
        self.assertEqual(self.tidy(), (0, ["tidy: 2 files, 2 read, 0 with findings"]))
        self.assertEqual(self.tidy(), (0, ["tidy: 2 files, 0 read, 0 with findings"]))

    def test_reads_again_what_a_change_reaches(self):
        for changed, read in (("a.cpp", 1), ("a.hpp", 1), ("b.proto", 1), (".clang-tidy", 2)):
            self.tidy()
            with open(self.root / changed, "a", encoding="utf-8") as file:
                file.write("\n")
            self.assertEqual(self.tidy(), (0, [f"tidy: 2 files, {read} read, 0 with findings"]), changed)

    def test_a_finding_fails_until_it_is_mended(self):
        (self.root / "c.cpp").write_text("BAD\n")
        for read in (2, 1):
            self.assertEqual(self.tidy(), (1, ["c.cpp:BAD", f"tidy: 2 files, {read} read, 1 with findings"]))
        (self.root / "c.cpp").write_text("")
        self.assertEqual(self.tidy(), (0, ["tidy: 2 files, 1 read, 0 with findings"]))


if __name__ == "__main__":
    unittest.main(verbosity=1)
