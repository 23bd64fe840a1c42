"""One line for each step: what, who, verdict, milliseconds; and the table at the end."""

import sys
import time


class DemoError(Exception):
    """Something unexpected; the demo ends with this reason and a non-zero code."""


class Report:
    def __init__(self, quiet=False):
        self.started = time.monotonic()
        self.totals = {}
        self.quiet = quiet

    def title(self, text):
        print(f"\n{text}", flush=True)

    def line(self, what, who, verdict, seconds):
        print(f"  {what:<58} {who:<30} {verdict:<34} {seconds * 1000:>7.0f} ms", flush=True)

    def step(self, what, who):
        return Step(self, what, who)

    def count(self, name, n=1):
        self.totals[name] = self.totals.get(name, 0) + n

    def table(self):
        self.totals["total seconds"] = round(time.monotonic() - self.started, 1)
        print()
        width = max(len(name) for name in self.totals)
        for name, value in self.totals.items():
            print(f"  {name:<{width}}  {value:>10}")
        sys.stdout.flush()


class Step:
    """with report.step("what", "who") as s: …; s.verdict = "…" """

    def __init__(self, report, what, who):
        self.report, self.what, self.who, self.verdict = report, what, who, "done"

    def __enter__(self):
        self.at = time.monotonic()
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.report.line(self.what, self.who, self.verdict, time.monotonic() - self.at)
        return False
