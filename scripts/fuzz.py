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


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def fuzz(build, name, seconds):
    """Returns (name, good, the lines to print)."""
    code, log, findings = run(build, name, name, seconds, keep=True)
    executions = number(r"stat::number_of_executed_units:\s*(\d+)", log)
    edges = number(r"\bcov: (\d+)", log)
    lines = [f"{name}: {executions} executions, {edges} edges covered, {0 if code == 0 else 1} findings"]
    if code != 0:
        lines.append(f"  the input lies in {os.path.relpath(findings, ROOT)}")
        lines += ["  " + line for line in log.splitlines() if re.search(r"ERROR|SUMMARY|^    #[0-6] |deadly", line)][:12]
    planted_code, planted_log, _ = run(build, name, name + "_planted", PLANT_SECONDS, keep=False)
    found = planted_code != 0 and "heap-buffer-overflow" in planted_log and "plant.cpp" in planted_log
    after = number(r"stat::number_of_executed_units:\s*(\d+)", planted_log)
    lines.append(f"  planted overflow {'found after ' + str(after) + ' executions' if found else 'NOT FOUND'}")
    return name, code == 0 and found and executions > 0, lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=1, help=f"targets at a time, at most {MOST_JOBS}")
    parser.add_argument("targets", nargs="+")
    arguments = parser.parse_args()
    good = bad = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, min(arguments.jobs, MOST_JOBS))) as pool:
        runs = [pool.submit(fuzz, arguments.build, name, arguments.seconds) for name in arguments.targets]
        for done in runs:
            _, fine, lines = done.result()
            print("\n".join(lines), flush=True)
            good, bad = good + fine, bad + (not fine)
    print(f"fuzz: {good} targets clean with their planted overflow found, {bad} not")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
