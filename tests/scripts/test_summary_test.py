#!/usr/bin/env python3
"""Tests scripts/test_summary.py on reports as ctest 3.25 and GoogleTest 1.12 write them."""

import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GTEST = """<testsuites><testsuite name="S">
<testcase name="A" status="run" result="completed" classname="S"/>
<testcase name="B" status="run" result="skipped" classname="S"><skipped message="a_test.cpp:7&#x0A;no data"/></testcase>
{more}<testcase name="D" status="notrun" result="suppressed" classname="S"/>
</testsuite></testsuites>"""
FAILED = """<testcase name="C" status="run" result="completed" classname="S"><failure message="1 is not 2"/></testcase>"""


def summary(tests, reports):
    with tempfile.TemporaryDirectory() as folder:
        body = "".join(f'<testcase name="{name}" status="{status}">{why[0] if why else ""}<system-out>{text}</system-out></testcase>'
                       for name, status, text, *why in tests)
        ctest = os.path.join(folder, "ctest.xml")
        if tests is not NOTHING:
            with open(ctest, "w", encoding="utf-8") as file:
                file.write(f"<testsuite>{body}</testsuite>")
        for name, text in reports.items():
            with open(os.path.join(folder, name + ".xml"), "w", encoding="utf-8") as file:
                file.write(text)
        script = os.path.join(ROOT, "scripts", "test_summary.py")
        run = subprocess.run([sys.executable, script, "--ctest", ctest, "--gtest", folder], text=True,
                             capture_output=True, check=False)
        return run.returncode, run.stdout.strip().split("\n")


NOTHING = ()


class Summary(unittest.TestCase):
    def test_counts_cases_and_scripts(self):
        code, lines = summary([("unit", "run", "vectors: 12 ran"), ("script", "run", "")],
                              {"unit": GTEST.format(more="")})
        self.assertEqual((code, lines[-1]), (0, "2 passed, 0 failed, 1 skipped"))
        self.assertIn("skipped: unit: S.B: no data", lines)
        self.assertIn("unit: vectors: 12 ran", lines)

    def test_a_failed_case(self):
        code, lines = summary([("unit", "fail", "")], {"unit": GTEST.format(more=FAILED)})
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 1 skipped"))
        self.assertIn("failed: unit: S.C: 1 is not 2", lines)

    def test_a_crash_after_good_cases_still_fails(self):
        code, lines = summary([("unit", "fail", "")], {"unit": GTEST.format(more="")})
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 1 skipped"))

    def test_a_crash_without_report(self):
        self.assertEqual(summary([("unit", "fail", "")], {})[1][-1], "0 passed, 1 failed, 0 skipped")

    def test_a_program_that_was_not_built(self):
        self.assertEqual(summary([("unit", "notrun", "", '<skipped message="Unable to find executable"/>')], {})[0], 1)

    def test_a_test_that_may_not_run_here_gives_its_reason(self):
        skipped = ("fhir", "notrun", "server started\nskipped: test data absent: fhir\n", '<skipped message="SKIP_RETURN_CODE=77"/>')
        code, lines = summary([("script", "run", ""), skipped], {})
        self.assertEqual((code, lines[-1]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("skipped: fhir: fhir: skipped: test data absent: fhir", lines)

    def test_two_tests_of_one_name(self):
        self.assertEqual(summary([("unit", "run", ""), ("unit", "run", "")], {})[1][-1], "1 passed, 1 failed, 0 skipped")

    def test_nothing_ran(self):
        self.assertEqual(summary(NOTHING, {})[0], 1)
        self.assertEqual(summary([("unit", "disabled", "")], {})[0], 1)


if __name__ == "__main__":
    unittest.main()
