#!/usr/bin/env python3
"""Runs the demo with --keep, then exactly the lines that it prints, then --stop."""

import json
import subprocess
import sys

import kit

import observations
import services

TABLE = ("crossings", "refusals", "entries", "proofs checked", "lies found", "bytes shaped away", "total seconds")


def demo(root, *options):
    return subprocess.run([sys.executable, kit.DEMO / "demo.py", "--root", root / "demo", *options], capture_output=True, text=True)


def run_lines(root, printed):
    lines = json.loads((root / "demo/keep.json").read_text())
    wanted = 9
    kit.check(len(lines) == wanted, f"{len(lines)} lines instead of {wanted}")
    done = []
    for line in lines:
        kit.check(f"  {line}\n" in printed, f"not printed by --keep: {line}")
        answer = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=120)
        print(f"$ {line}\n{answer.stdout[:3000].rstrip()}\n{answer.stderr[-1000:].rstrip()}\n-- exit {answer.returncode}\n", flush=True)
        done.append(answer)
    return done


def judge(done):
    data, catalog, refused, research, harvests, traced, got, audit, verified = done
    for name, answer in (("data", data), ("catalogue", catalog), ("research", research), ("harvests", harvests), ("trace", traced), ("get", got), ("audit query", audit), ("verify", verified)):
        kit.check(answer.returncode == 0, f"{name} ended with {answer.returncode}")
    rows = [json.loads(row) for row in data.stdout.splitlines()]
    kit.check(rows and all("grower" not in row for row in rows), "the first curl does not print shaped rows")
    kit.check(json.loads(catalog.stdout).get("@type") == "Catalog", "the second curl does not print a catalogue")
    kit.check(json.loads(refused.stdout)["code"] == "PURPOSE_MISMATCH", "the third curl is not refused for its purpose")
    kit.check(research.stdout.count("\n") > 20 and not any(s in research.stdout for s in observations.SECRETS), "Observations with names")
    kit.check(len(harvests.stdout.splitlines()) == services.HUB_ROWS // 4, "other harvests")
    kit.check("downstream" in traced.stdout and "NOT COMPLETE" not in traced.stdout, "the lot is not traced")
    kit.check(got.stdout == data.stdout, "sekisho get and curl differ")
    kit.check("not proven complete" in audit.stdout + audit.stderr, "the audit answer does not say what it is worth")
    kit.check("VALID_UNCONFIRMED" in verified.stdout, "the bundle does not verify")


def run(root):
    begun = demo(root, "--keep")
    try:
        print(begun.stdout)
        kit.check(begun.returncode == 0, f"the demo ended with {begun.returncode}: {begun.stderr[-2000:]}")
        for name in TABLE:
            kit.check(f"\n  {name} " in begun.stdout, f"the table has no line {name}")
        judge(run_lines(root, begun.stdout))
    finally:
        ended = demo(root, "--stop")
    kit.check(ended.returncode == 0 and "4 nodes stopped" in ended.stdout, f"--stop: {ended.stdout}{ended.stderr}")


if __name__ == "__main__":
    sys.exit(kit.main(run))
