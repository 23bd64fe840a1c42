#!/usr/bin/env python3
"""Tests ./dev without building anything: help of every verb, clear refusals, the package list, what fuzz counts."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERBS = {"bench", "build", "conformance", "crash", "demo", "docs", "format", "fresh", "fuzz", "lint", "setup", "simulate", "test"}


def run(*command, cwd=ROOT):
    result = subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout, result.stderr


class Dev(unittest.TestCase):
    def test_lists_its_verbs_and_their_help(self):
        code, out, _ = run("./dev")
        self.assertEqual(code, 0)
        self.assertEqual(set(re.findall(r"^  (\w+)", out, re.MULTILINE)), VERBS)
        for verb in VERBS:
            code, out, err = run("./dev", verb, "--help")
            self.assertEqual((code, err), (0, ""), verb)
            self.assertIn(f": {verb}", out.splitlines()[0], verb)

    def test_refuses_what_it_does_not_know(self):
        for arguments in (["nope"], ["../dev"], ["setup", "nope"], ["build", "nope"], ["demo", "--nope"],
                          ["test", "--nope"], ["bench", "--json"], ["crash", "many"], ["fresh", "nope"],
                          ["format", "--nope"], ["lint", "--nope"], ["conformance", "nope"],
                          ["conformance", "connectors", "--nope"], ["conformance", "vectors", "--nope"]):
            code, _, err = run("./dev", *arguments)
            self.assertEqual(code, 2, arguments)
            self.assertTrue(err.startswith("dev: "), (arguments, err))

    def test_names_its_suites(self):
        code, out, _ = run("./dev", "conformance")
        self.assertEqual(code, 0)
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["connectors", "dsp", "edc", "vectors"])

    def test_works_from_another_folder(self):
        self.assertEqual(run(os.path.join(ROOT, "dev"), "test", "--help", cwd="/")[0], 0)

    def test_is_executable(self):
        for path in ("dev", ".ci/run", "scripts/levels.py"):
            self.assertTrue(os.stat(os.path.join(ROOT, path)).st_mode & stat.S_IXUSR, path)


class Packages(unittest.TestCase):
    def test_sections(self):
        code, out, _ = run("scripts/packages.sh", "build", "run")
        self.assertEqual(code, 0)
        names = out.split()
        self.assertIn("g++", names)
        self.assertIn("curl", names)
        self.assertNotIn("clang-19", names)
        self.assertEqual(names, sorted(set(names)))

    def test_an_unknown_section_is_an_error(self):
        self.assertEqual(run("scripts/packages.sh", "build", "nope")[0], 2)

    def test_the_image_uses_the_same_list(self):
        with open(os.path.join(ROOT, "docker", "Dockerfile"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(len(re.findall(r"packages\.sh (?:build|image)\)", text)), 2)
        self.assertEqual(len(re.findall(r"apt-get install", text)), 2)


class ContinuousIntegration(unittest.TestCase):
    """.ci/run beside a ./dev that only pretends to test, and to build."""

    def ci(self, body, build=":"):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, ".ci"))
            shutil.copy(os.path.join(ROOT, ".ci", "run"), os.path.join(folder, ".ci"))
            with open(os.path.join(folder, "dev"), "w", encoding="utf-8") as file:
                file.write(f'#!/bin/sh\ncase "$1" in setup) exit ;; build) {build}; exit ;; esac\n{body}\n')
            os.chmod(os.path.join(folder, "dev"), 0o755)
            code, out, _ = run("bash", os.path.join(folder, ".ci", "run"), cwd="/")
            lines = out.splitlines()
            self.assertEqual(sum(bool(re.match(r"\d+ passed, ", line)) for line in lines), 1, out)
            return code, lines[-1]

    def test_sums_the_three_runs(self):
        self.assertEqual(self.ci('echo "$*"; echo "10 passed, 0 failed, 2 skipped"'),
                         (0, "30 passed, 0 failed, 6 skipped"))

    def test_one_failed_run_fails(self):
        self.assertEqual(self.ci('if [ "$2" = --asan ]; then echo "9 passed, 1 failed, 0 skipped"; exit 1; fi; '
                                 'echo "10 passed, 0 failed, 0 skipped"'), (1, "29 passed, 1 failed, 0 skipped"))

    def test_a_run_that_ends_early_counts_as_failed(self):
        self.assertEqual(self.ci('if [ "$2" = --tsan ]; then exit 1; fi; echo "5 passed, 0 failed, 0 skipped"'),
                         (1, "10 passed, 1 failed, 0 skipped"))

    def test_a_mode_waits_for_what_is_built_ahead_of_it(self):
        tested = 'if [ -z "$2" ] || [ -e "built$2" ]; then echo "5 passed, 0 failed, 0 skipped"; fi'
        self.assertEqual(self.ci(tested, build='sleep 0.3; touch "built--$2"'), (0, "15 passed, 0 failed, 0 skipped"))

    def test_nothing_ran(self):
        self.assertEqual(self.ci('echo "0 passed, 0 failed, 0 skipped"')[0], 1)


FUZZER = """#!/bin/sh
echo "#2 DONE cov: 41 ft: 50" >&2
echo "stat::number_of_executed_units: 1234" >&2
case "$0" in *planted) {planted} ;; esac
exit {code}
"""


class Fuzz(unittest.TestCase):
    """A working target ends with 0 and its planted twin with a found overflow; anything else fails the run."""

    def fuzz(self, planted, code=0):
        with tempfile.TemporaryDirectory() as build:
            folder = os.path.join(build, "tests", "fuzz")
            os.makedirs(folder)
            for program in ("fuzz_x", "fuzz_x_planted"):
                path = os.path.join(folder, program)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(FUZZER.format(planted=planted, code=code))
                os.chmod(path, 0o755)
            return run(sys.executable, "scripts/fuzz.py", "--build", build, "--seconds", "1", "x")

    def test_clean(self):
        code, out, _ = self.fuzz('echo "ERROR: heap-buffer-overflow plant.cpp" >&2; exit 1')
        self.assertEqual(code, 0)
        line, total = (" ".join(text.split()) for text in out.splitlines())
        self.assertEqual(line, "x 1234 executions 41 edges 0 findings planted overflow found after 1234")
        self.assertEqual(total, "fuzz: 1 targets, 1 s each: 1234 executions, 41 edges, 0 findings, 1 planted overflows found")

    def test_a_finding_fails(self):
        self.assertEqual(self.fuzz('echo "ERROR: heap-buffer-overflow plant.cpp" >&2; exit 1', code=77)[0], 1)

    def test_a_plant_that_is_not_found_fails(self):
        self.assertEqual(self.fuzz("exit 0")[0], 1)

    def test_a_twin_that_fails_otherwise_is_no_find(self):
        self.assertEqual(self.fuzz('echo "out of memory" >&2; exit 1')[0], 1)


if __name__ == "__main__":
    unittest.main()
