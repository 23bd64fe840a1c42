#!/usr/bin/env python3
"""The story of a crossing, from two ministries' papers to an auditor's proof; see README.md. Ends with 0 and a table,
or with the reason of what went wrong and 1."""

import argparse
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import steps_audit
import steps_crash
import steps_domains
import steps_exchange
import steps_keep
import steps_lies
import steps_streams
import steps_trace
import steps_zones
from report import DemoError, Report
from world import World


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--root", default=".demo", help="folder of the demo's zones and nodes; made anew")
    parser.add_argument("--keep", action="store_true", help="leave the nodes running and print what to try")
    parser.add_argument("--stop", action="store_true", help="stop the nodes that --keep left")
    options = parser.parse_args()
    if options.stop:
        return steps_keep.stop(pathlib.Path(options.root))
    if steps_keep.running(pathlib.Path(options.root)):
        print("nodes of an earlier demo are running; end them with ./dev demo --stop", file=sys.stderr)
        return 1

    report = Report()
    world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], options.root)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        steps_zones.run(world, report)
        steps_exchange.start(world, report)
        first = steps_exchange.one_curl(world, report)
        steps_exchange.refusals(world, report)
        steps_domains.run(world, report)
        steps_streams.run(world, report)
        steps_trace.run(world, report)
        bundle = steps_audit.run(world, report, first)
        steps_lies.run(world, report, bundle)
        steps_crash.run(world, report)
        report.table()
        if options.keep:
            steps_keep.keep(world, report, bundle)
        return 0
    except DemoError as error:
        print(f"\nthe demo failed: {error}", file=sys.stderr)
        return 1
    finally:
        if not (options.keep and sys.exc_info()[0] is None and steps_keep.kept):
            world.stop_all()


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
