#!/usr/bin/env python3
"""Runs built fuzz targets and their planted twins and prints one line each; called by `./dev fuzz`.

usage: fuzz.py --build FOLDER --seconds N --jobs N TARGET…
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OVERTIME = 120  # s that a fuzzer may go on after its time, to end what it runs
MOST_JOBS = 2  # each may take 4 GiB
PLANT_SECONDS = 120  # at most; it takes a second or two
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1:symbolize=1",
                   ASAN_SYMBOLIZER_PATH="/usr/bin/llvm-symbolizer-19")


def run(build, name, program, seconds, keep):
    corpus = os.path.join(build, "corpus", name)
    findings = os.path.join(build, "findings", program)
    for folder in (corpus, findings):
        os.makedirs(folder, exist_ok=True)
    seeds = os.path.join(ROOT, "tests", "fuzz", "seeds", name)
    command = [os.path.join(build, "tests", "fuzz", "fuzz_" + program), f"-max_total_time={seconds}", "-timeout=10",
               "-rss_limit_mb=4096", "-max_len=65536", "-print_final_stats=1", f"-artifact_prefix={findings}/"]
    # libFuzzer writes new inputs into the first folder: never the seeds, which are part of the source.
    scratch = corpus if keep else tempfile.mkdtemp(prefix="planted.", dir=findings)
    folders = [scratch] + ([seeds] if os.path.isdir(seeds) else [])
    try:
        result = subprocess.run(command + folders, capture_output=True, text=True, errors="replace", env=ENVIRONMENT,
                                check=False, timeout=seconds + OVERTIME)
    except subprocess.TimeoutExpired:
        return 1, f"ERROR: {program} did not end {OVERTIME} s after its time", findings
    return result.returncode, result.stderr, findings


def executions(log):
    return number(r"stat::number_of_executed_units:\s*(\d+)", log)


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


@dataclass
class Outcome:
    """What a target and its planted twin came to; `planted_after` is None where the overflow was not found."""

    name: str
    executions: int
    edges: int
    findings: int
    planted_after: int | None
    details: list

    @property
    def good(self):
        return self.findings == 0 and self.executions > 0 and self.planted_after is not None

    def line(self):
        planted = "NOT FOUND" if self.planted_after is None else f"found after {self.planted_after}"
        return (f"{self.name:<18} {self.executions:>10} executions {self.edges:>6} edges {self.findings:>2} findings   "
                f"planted overflow {planted}")


def fuzz(build, name, seconds):
    code, log, findings = run(build, name, name, seconds, keep=True)
    details = []
    if code != 0:
        details.append(f"  the input lies in {os.path.relpath(findings, ROOT)}")
        details += ["  " + line for line in log.splitlines() if re.search(r"ERROR|SUMMARY|^    #[0-6] |deadly", line)][:12]
    planted_code, planted_log, _ = run(build, name, name + "_planted", PLANT_SECONDS, keep=False)
    found = planted_code != 0 and "heap-buffer-overflow" in planted_log and "plant.cpp" in planted_log
    return Outcome(name, executions(log), number(r"\bcov: (\d+)", log), int(code != 0), executions(planted_log) if found else None, details)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=1, help=f"targets at a time, at most {MOST_JOBS}")
    parser.add_argument("targets", nargs="+")
    arguments = parser.parse_args()
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, min(arguments.jobs, MOST_JOBS))) as pool:
        runs = [pool.submit(fuzz, arguments.build, name, arguments.seconds) for name in arguments.targets]
        for done in concurrent.futures.as_completed(runs):
            outcomes.append(done.result())
            print("\n".join([outcomes[-1].line(), *outcomes[-1].details]), flush=True)
    print(f"fuzz: {len(outcomes)} targets, {arguments.seconds} s each: {sum(o.executions for o in outcomes)} executions, "
          f"{sum(o.edges for o in outcomes)} edges, {sum(o.findings for o in outcomes)} findings, "
          f"{sum(o.planted_after is not None for o in outcomes)} planted overflows found")
    return 0 if all(o.good for o in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
