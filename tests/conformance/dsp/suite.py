"""The suite `dsp`: the laboratory node (SEKISHOD_TCK) against the 65 scenarios of the DSP TCK 1.0.1, replayed by a peer of our own;
with --kit DIR against the official kit, whose jars the folder holds. Exit 0: all passed; 77: cannot run here."""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import bad_input
import dsp_schema
import extras
import faults
import official
import scenarios
from conversation import Conversation
from mock_peer import Node, Peer, check

AT_ONCE = 8  # conversations; the kit has one at a time


def start_node(program, folder, settings):
    file = pathlib.Path(folder) / "settings.json"
    file.write_text(json.dumps({"data": str(pathlib.Path(folder) / "data"), **settings}))
    log = open(pathlib.Path(folder) / "node.log", "wb")  # noqa: SIM115
    process = subprocess.Popen([program, str(file)], stdout=subprocess.PIPE, stderr=log)
    line = process.stdout.readline()
    if not line:
        sys.exit(f"the node did not start: {(pathlib.Path(folder) / 'node.log').read_text()}")
    return process, json.loads(line)


def discovery(node, _peer):
    status, raw = node.ask("GET", "/.well-known/dspace-version")
    check(status == 200, f"the version got {status}")
    node.judge.judge(json.loads(raw), "VersionResponse")
    check(any(v["version"] == "2025-1" for v in json.loads(raw)["protocolVersions"]), "no 2025-1")


def catalog(node, _peer):
    import kit_messages as say
    _, document = node.post("/catalog/request", say.base("CatalogRequestMessage"), "Catalog")
    check(any(d["@id"] == "CAT0101" for d in document["dataset"]), "CAT0101 is not on the first page")


def dataset(node, _peer):
    status, raw = node.ask("GET", node.BASE + "/catalog/datasets/CAT0102")
    check(status == 200, f"CAT0102 got {status}")
    node.judge.judge(json.loads(raw), "Dataset")
    check(json.loads(raw)["@id"] == "CAT0102", "another dataset")


def no_dataset(node, _peer):
    status, raw = node.ask("GET", node.BASE + "/catalog/datasets/CAT0103")
    check(status == 404, f"CAT0103 got {status}")
    node.judge.judge(json.loads(raw), "CatalogError")


def talks():
    """Test id → what plays it."""
    out = {"MET:01-01": discovery, "CAT:01-01": catalog, "CAT:01-02": dataset, "CAT:01-03": no_dataset}
    for table, prefix, transfer, provider in ((scenarios.CN, "ACN", False, True), (scenarios.CN_C, "ACNC", False, False),
                                              (scenarios.TP, "ATP", True, True), (scenarios.TP_C, "ATPC", True, False)):
        for name, lines in {**table, **{k: v for k, v in scenarios.MORE.items() if k.split(":")[0] == list(table)[0].split(":")[0]}}.items():
            subject = prefix + name.split(":")[1].replace("-", "")
            out[name] = lambda node, peer, l=lines, s=subject, t=transfer, p=provider: converse(node, peer, l, s, t, p)
    return out


def converse(node, peer, lines, subject, transfer, provider):
    talk = Conversation(node, peer, subject, transfer, provider)
    talk.play(lines)
    return talk


def replay(program):
    judge = dsp_schema.Judge()
    peer = Peer(judge)
    peer.elsewhere = faults.ELSEWHERE.port
    settings = {"delay_ms": 60, "retry_ms": 25, "retries": 80, "attempt_ms": 1000,
                "peer": {"participant": "TCK_PARTICIPANT", "address": f"http://localhost:{peer.port}", "authorization": "any"}}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sekisho-dsp-") as folder:
        process, ready = start_node(program, folder, settings)
        try:
            outcomes = run_all(Node(judge, ready), peer)
        finally:
            process.terminate()
            ended = process.wait(30)
    wrong, asked, ended_too = bad_inputs(program, judge)
    outcomes |= wrong
    ended = ended or ended_too
    official_tests = [name for name in outcomes if name in talks() and name not in scenarios.MORE]
    for name, failure in outcomes.items():
        print(f"  {name:20} {'passed' if failure is None else 'FAILED: ' + failure}")
    failed = sum(failure is not None for failure in outcomes.values())
    if ended != 0:
        print(f"  the node ended with {ended}")
        failed += 1
    print(f"replay: {len(official_tests)} tests of the kit, {len(outcomes) - len(official_tests)} more, "
          f"{asked} requests of bad input, "
          f"{sum(judge.counted.values())} messages and answers judged by {len(judge.counted)} schemas, {time.monotonic() - began:.1f} s")
    if judge.reason:
        print(f"replay: the JSON Schemas were not asked: {judge.reason}")
    print("The official kit was not run: that needs its jars, ./dev conformance dsp --kit DIR")
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 0 if failed == 0 and len(official_tests) == 65 else 1


def bad_inputs(program, judge):
    """With a node of its own, whose log is counted."""
    peer = Peer(judge)
    settings = {"delay_ms": 0, "peer": {"participant": "TCK_PARTICIPANT", "address": f"http://localhost:{peer.port}", "authorization": "any"}}
    with tempfile.TemporaryDirectory(prefix="sekisho-dsp-") as folder:
        process, ready = start_node(program, folder, settings)
        try:
            outcomes, asked = bad_input.play(Node(judge, ready), peer, pathlib.Path(folder) / "node.log")
        finally:
            process.terminate()
            ended = process.wait(30)
    return outcomes, asked, ended


def run_all(node, peer):
    tests = {**talks(), **extras.ALL, **faults.ALL}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {name: pool.submit(test, node, peer) for name, test in tests.items()}
    time.sleep(0.3)  # what comes now comes unasked
    outcomes = {}
    for name, future in running.items():
        try:
            talk = future.result()
            if talk is not None:
                talk.finish()
            outcomes[name] = None
        except Exception as error:  # noqa: BLE001: any failure is a row of the table
            outcomes[name] = f"{type(error).__name__}: {error}"
    outcomes["no redirection"] = faults.followed()
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kit", help="folder with the jars of the official DSP TCK 1.0.1 and its libraries")
    arguments = parser.parse_args()
    program = os.environ.get("SEKISHOD_TCK")
    if not program or not os.access(program, os.X_OK):
        print("SEKISHOD_TCK names no program")
        return 77
    sys.stdout.reconfigure(line_buffering=True)
    return official.run(program, arguments.kit, start_node) if arguments.kit else replay(program)


if __name__ == "__main__":
    sys.exit(main())
