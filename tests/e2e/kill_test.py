#!/usr/bin/env python3
"""Two nodes negotiate and start transfers under load while one or the other is killed with SIGKILL and started again, over
and over. Afterwards every process has come to the same end on both sides, every agreement is held by both, and both logs
verify offline.

  kill_test.py [--kills N] [--seed N]     without: SEKISHO_KILLS and SEKISHO_KILL_SEED, else 50 and 1

Ends with one line of counts."""

import argparse
import collections
import os
import random
import signal
import threading
import time
import urllib.parse

import kit
from kit import check
from operating import ask, scrub

import events
import offers
import steps_zones
from report import Report
from steps_exchange import new_client
from world import World, curl

NEGOTIATORS, CALLERS = 3, 2
SETTLE_S = 90.0
FINAL = {"FINALIZED", "TERMINATED", "COMPLETED"}


class Load:
    """Operators of trade who negotiate, and start-ups who fetch data (a transfer each time the old one is gone)."""

    def __init__(self, world):
        self.world, self.ended, self.answers = world, threading.Event(), collections.Counter()
        self.threads = [threading.Thread(target=self.negotiate, daemon=True) for _ in range(NEGOTIATORS)]
        self.threads += [threading.Thread(target=self.call, args=(name,), daemon=True)
                         for name in (offers.EVENTS, offers.RUSH)[:CALLERS]]

    def negotiate(self):
        while not self.ended.is_set():
            status, _ = ask(self.world.trade, "POST", "/negotiations", {"provider": self.world.farm.dns, "dataset": offers.EVENTS}, 5.0)
            self.answers[f"negotiation {status}"] += 1
            if status != 200:
                self.ended.wait(0.05)

    def call(self, dataset):
        while not self.ended.is_set():
            try:
                url = f"{self.world.trade.url}/v1/data/{self.world.farm.dns}?dataset={dataset}&purpose={offers.FOOD_SAFETY.replace('#', '%23')}"
                status, _, _ = curl(url, "--max-time", "5", cacert=self.world.web_ca, token=self.world.token)
            except Exception:  # the node is away: that is the point
                status = 0
            self.answers[f"data {status}"] += 1
            self.ended.wait(0.05)

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(30)


def processes(node):
    listed, after = [], ""
    while after is not None:  # a page holds a thousand
        status, document = ask(node, "GET", f"/processes?all=true{after}")
        check(status == 200, f"{node.dns} does not list its processes: {status} {document}")
        listed += document["processes"]
        after = f"&after={urllib.parse.quote(document['next'])}" if "next" in document else None
    described = [ask(node, "GET", f"/processes/{row['process']}") for row in listed]
    check(all(code == 200 for code, _ in described), f"{node.dns} does not show each of its processes")
    return [row for _, row in described]


def settled(world):
    """Nothing is open on either side but transfers that run."""
    for node in (world.farm, world.trade):
        status, document = ask(node, "GET", "/processes")
        if status != 200:
            return False
        if any(row["state"] not in ("STARTED", "SUSPENDED") or "waiting_for" in row for row in document["processes"]):
            return False
    return True


def agreements(node):
    status, document = ask(node, "GET", "/agreements")
    check(status == 200, f"{node.dns} does not list its agreements: {status}")
    return {row["agreement"] for row in document["agreements"]}


def compare(world):
    """Process by process; answers how many of each kind ended how."""
    counts = collections.Counter()
    own = {node.dns: {row["process"]: row for row in processes(node)} for node in (world.farm, world.trade)}
    for dns, rows in own.items():
        others = own[world.trade.dns if dns == world.farm.dns else world.farm.dns]
        of_peer = {row["peer_process"]: row for row in others.values()}  # the peer may know this side's id alone
        for pid, row in rows.items():
            peer = others.get(row["peer_process"]) or of_peer.get(pid)
            what = f"{row['kind']} {pid} at {dns}"
            if peer is None:
                check(row["state"] == "TERMINATED", f"{what} is {row['state']}, and the peer has no such process")
            else:
                same = peer["state"] == row["state"] or (row["kind"] == "transfer" and {peer["state"], row["state"]} <= FINAL)
                check(same, f"{what} is {row['state']}, the peer's {peer['state']}: {row} {peer}")
            if row["role"] == "consumer":
                counts[f"{row['kind']} {row['state']}"] += 1
    return counts


def run(root):
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--kills", type=int, default=int(os.environ.get("SEKISHO_KILLS", "50")))
    arguments.add_argument("--seed", type=int, default=int(os.environ.get("SEKISHO_KILL_SEED", "1")))
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
    steps_zones.run(world, Report())
    events.write(world.farm.folder / "events")
    nodes = (world.farm, world.trade)
    for node in nodes:
        node.write_config()
        node.start()
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    world.farm.apply("offers.yaml", offers.farm(world.farm.folder / "events", 86400, 100_000))
    world.trade.apply("clients.yaml", offers.clients_only([startup]))
    begin, kills, load = time.monotonic(), collections.Counter(), Load(world)
    try:
        load.start()
        for _ in range(options.kills):
            time.sleep(chance.uniform(0.02, 0.4))
            node = chance.choice(nodes)
            node.stop(signal.SIGKILL)
            kills[node.dns] += 1
            time.sleep(chance.choice((0.0, 0.0, 0.3)))
            node.start()
        load.stop()
        until = time.monotonic() + SETTLE_S
        while not settled(world):
            check(time.monotonic() < until, f"processes stay open: {[ask(n, 'GET', '/processes')[1] for n in nodes]}")
            time.sleep(0.2)
        counts = compare(world)
        held = agreements(world.farm)
        check(held == agreements(world.trade), "the two hold different agreements")
        check(counts["negotiation FINALIZED"] == len(held), f"{len(held)} agreements of {counts} negotiations")
        check(len(held) > options.kills / 2, f"hardly anything was agreed: {load.answers}")
        for node in nodes:
            scrub(world, node)
    finally:
        load.ended.set()
        world.stop_all()
    print(f"kills {sum(kills.values())} ({', '.join(f'{dns} {n}' for dns, n in sorted(kills.items()))}) agreements {len(held)} "
          f"processes {dict(sorted(counts.items()))} answers {dict(sorted(load.answers.items()))} both logs verified, "
          f"{time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    raise SystemExit(kit.main(run))
