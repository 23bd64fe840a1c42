"""Story 8: the auditor asks both nodes, takes one bundle home, and verifies it with nothing but two root digests."""

import json
import shutil
import time

import offers
from report import DemoError
from steps_zones import root_digest


def node_options(world, node):
    return ["--node", node.url, "--cacert", world.web_ca, "--token-file", node.folder / "auditor.token"]


def from_nodes(world):
    options = []
    for node in (world.farm, world.trade):
        options += ["--from-node", f"{node.url},{world.web_ca},{node.folder / 'auditor.token'}"]
    return options


def roots(world):
    return ["--root", f"jp={root_digest(world, 'jp')}", "--root", f"eu={root_digest(world, 'eu')}"]


def offline():
    """A prefix that takes the network away where the machine allows it."""
    return ["unshare", "-n"] if shutil.which("unshare") else []


def settle(world):
    """Until what was asked while a zone had withdrawn has its one end, and every receipt is there."""
    until = time.monotonic() + 30
    while world.trade.status()["exchanges"]["open_intents"] or world.farm.status()["exchanges"]["open_releases"]:
        if time.monotonic() > until:
            raise DemoError(f"exchanges stay open: {world.trade.status()['exchanges']} {world.farm.status()['exchanges']}")
        time.sleep(0.05)


def run(world, report, receipt):
    report.title("8. The auditor: what crossed from jp to eu, under which agreement and purpose, since when")
    flow = ["--from-zone", "jp", "--to-zone", "eu"]
    for node in (world.farm, world.trade):
        with report.step("audit query, streamed as entries with proofs", node.dns) as step:
            answer = [json.loads(line) for line in world.sekisho("audit", "query", *flow, *node_options(world, node), "--json").splitlines()]
            entries = [row for row in answer if "index" in row]
            worth = next((row["sentence"] for row in answer if "sentence" in row), "")
            if not entries or "not proven complete" not in worth:
                raise DemoError(f"the answer of {node.dns} does not say what it is worth: {answer[-1:]}")
            report.count("entries", len(entries))
            step.verdict = f"{len(entries)} entries"
    print(f"      worth: {worth}")
    bundle = world.root / "bundle.tar"
    with report.step("audit export from both nodes into one bundle", "auditor") as step:
        exchange = receipt["exchange"]
        world.sekisho("audit", "export", "--out", bundle, *from_nodes(world), "--exchange", exchange, "--disclose",
                      f"{world.root / 'receipt.json'},{world.root / 'data.ndjson'}")
        step.verdict = f"{bundle.stat().st_size} bytes"
    with report.step("sekisho verify: no network, no node, two root digests", "auditor") as step:
        done = world.run(*offline(), world.sekisho_program, "verify", *roots(world), bundle, "--json")
        verdict = json.loads(done.stdout)
        if verdict["verdict"] != "VALID_UNCONFIRMED":
            raise DemoError(f"the bundle does not verify: {done.stdout[:2000]}")
        report.count("proofs checked", sum(1 for f in verdict["findings"] if f["ok"]))
        step.verdict = verdict["verdict"]
    with report.step("every exchange has its end and its receipt", "farm.jp.example, trade.eu.example") as step:
        settle(world)
        step.verdict = "nothing is open"
    everything = world.root / "all.tar"
    with report.step("the same for all that crossed, also while zones withdrew", "auditor") as step:
        world.sekisho("audit", "export", "--out", everything, *from_nodes(world), *flow, "--dataset", offers.EVENTS)
        done = world.run(*offline(), world.sekisho_program, "verify", *roots(world), everything, "--json")
        verdict = json.loads(done.stdout)
        report.count("proofs checked", sum(1 for f in verdict["findings"] if f["ok"]))
        step.verdict = f"{verdict['verdict']}, {len(verdict['facts'])} exchanges"
    return bundle
