#!/usr/bin/env python3
"""Counts single test cases after ctest: those of each GoogleTest program from its XML report, every other test of ctest
as one case. A program that left no report (it crashed, or ran out of time) counts as one failed case.

Prints what failed, what was skipped and why, lines that tests print about the vectors they ran, and last one line:
"N passed, N failed, N skipped". Exit code 1 if anything failed or nothing ran.

usage: test_summary.py --ctest FILE --gtest FOLDER
"""

import argparse
import os
import re
import sys
import xml.etree.ElementTree as xml
from collections import Counter

VECTORS = re.compile(r"^\s*(?:vectors|cases|levels_test|coro_lint|levels|sizes)\b.*\d.*$", re.MULTILINE)


def gtest_cases(path):
    """Yields (name, "passed"|"failed"|"skipped", reason) of one GoogleTest report."""
    for suite in xml.parse(path).getroot().iter("testsuite"):
        for case in suite.iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            skipped = case.find("skipped")
            if case.find("failure") is not None:
                yield name, "failed", (case.find("failure").get("message") or "").strip()
            elif skipped is not None or case.get("result") == "skipped":
                text = (skipped.get("message") or skipped.text or "") if skipped is not None else ""
                yield name, "skipped", " ".join(line for line in text.split("\n") if line and ".cpp:" not in line)
            elif case.get("status") == "run":
                yield name, "passed", ""


def outcomes(ctest_path, gtest_folder):
    """Yields (program, case, outcome, reason) of everything that ctest ran."""
    seen = set()
    for test in xml.parse(ctest_path).getroot().iter("testcase"):
        program, status = test.get("name"), test.get("status")
        if program in seen:
            yield program, program, "failed", "two tests have this name, so one report stands for both"
            continue
        seen.add(program)
        report = os.path.join(gtest_folder, program + ".xml")
        cases = list(gtest_cases(report)) if os.path.exists(report) else []
        for name, outcome, reason in cases:
            yield program, name, outcome, reason
        skipped = test.find("skipped")
        if status == "notrun" and skipped is not None and "SKIP_RETURN_CODE" in (skipped.get("message") or ""):
            yield program, program, "skipped", last_line(test)
        elif status in ("disabled", "notrun"):
            yield program, program, "skipped" if status == "disabled" else "failed", status
        elif status == "run" and not cases:
            yield program, program, "passed", ""
        elif status == "fail" and not any(outcome == "failed" for _, outcome, _ in cases):
            yield program, program, "failed", "the program failed outside its cases (crash, sanitizer or time limit)"


def output_of(test):
    output = test.find("system-out")
    return (output.text or "") if output is not None else ""


def last_line(test):
    return ([line.strip() for line in output_of(test).split("\n") if line.strip()] or [""])[-1]


def vector_lines(ctest_path):
    for test in xml.parse(ctest_path).getroot().iter("testcase"):
        for line in VECTORS.findall(output_of(test)):
            yield test.get("name"), line.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ctest", required=True)
    parser.add_argument("--gtest", required=True)
    arguments = parser.parse_args()
    if not os.path.exists(arguments.ctest):
        print("test_summary: ctest wrote no report, so nothing ran")
        print("0 passed, 1 failed, 0 skipped")
        return 1
    count = Counter()
    reasons = {"failed": [], "skipped": []}
    for program, case, outcome, reason in outcomes(arguments.ctest, arguments.gtest):
        count[outcome] += 1
        if outcome in reasons:
            reasons[outcome].append(f"{outcome}: {program}: {case}: {reason or 'no reason given'}")
    for program, line in vector_lines(arguments.ctest):
        print(f"{program}: {line}")
    for line in reasons["skipped"] + reasons["failed"]:
        print(line)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return 1 if count["failed"] or not count["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
