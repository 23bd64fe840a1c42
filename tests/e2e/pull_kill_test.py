#!/usr/bin/env python3
"""Two nodes exchange data under load while one or the other is killed with SIGKILL and started again, over and over.
Afterwards: everything that a start-up was given is in the provider's log, and its receipt in the consumer's; no counter has
a gap; no quota is exceeded; each intent ended in exactly one of receipt, refusal and void; both logs are the trees of every
checkpoint that was ever released.

  pull_kill_test.py [--rounds N] [--seed N]     without: SEKISHO_CRASH_ROUNDS and SEKISHO_KILL_SEED, else 8 and 1

Ends with one line of counts."""

import argparse
import collections
import http.client
import os
import random
import signal
import ssl
import threading
import time

import kit
from kit import check
from operating import scrub

import events
import offers
import steps_zones
from report import Report
from steps_crash import checkpoints, entries
from steps_exchange import data_url, new_client
from world import World, problem

CALLERS = 4
PAUSE_S = 0.01  # of a caller between two calls, so that the two logs stay of a size that is read in seconds
SETTLE_S = 90.0
PLENTY, QUOTA = 1_000_000, 40
OPEN = "pull-open"
ENDS = {"NRR_OUT": "receipts", "REFUSAL_IN": "refusals", "VOID_IN": "voids"}


def scarce(n):
    return f"pull-scarce-{n}"


def offered(folder, quotas):
    """One dataset without end, and some that may be used QUOTA times."""
    counts = {OPEN: PLENTY} | {scarce(n): QUOTA for n in range(quotas)}
    datasets = [offers.dataset(name, name, "cold-chain", offers.VIEW) for name in counts]
    made = [offers.offer(name, offers.policy(offers.stamp(offers.YEAR), count)) for name, count in counts.items()]
    return offers.document([offers.files("cold-chain", folder)], datasets, made)


class Load:
    """Start-ups that fetch data, until told to stop. Half of them use up one quota after the other."""

    def __init__(self, world, quotas):
        self.world, self.quotas, self.spent = world, quotas, 0
        self.held, self.answers, self.ended = [], collections.Counter(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n % 2 == 1,), daemon=True) for n in range(CALLERS)]

    def target(self, frugal):
        dataset = scarce(self.spent) if frugal and self.spent < self.quotas else OPEN
        return dataset, data_url(self.world, dataset)[len(self.world.trade.url):]

    def run(self, frugal):
        context = ssl.create_default_context(cafile=str(self.world.web_ca))
        connection = None
        while not self.ended.wait(PAUSE_S):
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection("localhost", self.world.trade.service_port, context=context, timeout=30)
                dataset, target = self.target(frugal)
                connection.request("GET", target, headers={"Authorization": f"Bearer {self.world.token}"})
                answer = connection.getresponse()
                self.take(dataset, answer, answer.read())
            except (OSError, http.client.HTTPException):
                self.answers["none"] += 1
                connection = None

    def take(self, dataset, answer, body):
        if answer.status == 200:
            self.answers["200"] += 1
            self.held.append(answer.headers["Sekisho-Exchange"])
            return
        code = problem(body)["code"]
        self.answers[f"{answer.status} {code}"] += 1
        if code == "QUOTA" and dataset == scarce(self.spent):
            self.spent += 1
        self.ended.wait(5 * PAUSE_S)

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def settled(world):
    return world.trade.status()["exchanges"]["open_intents"] == 0 and world.farm.status()["exchanges"]["open_releases"] == 0


def ends_of_intents(world, held):
    """How often intents ended in each way; each in exactly one, and those that a start-up was answered for in a receipt."""
    ends, intents = collections.defaultdict(list), []
    for row in entries(world, world.trade):
        if row["kind"] == "INTENT":
            intents.append(row["exchange"])
        elif row["kind"] in ENDS:
            ends[row["exchange"]].append(row["kind"])
    wrong = {intent: ends[intent] for intent in intents if len(ends[intent]) != 1}
    check(not wrong, f"{len(wrong)} intents did not end in exactly one way: {list(wrong.items())[:3]}")
    lost = [exchange for exchange in held if ends.get(exchange) != ["NRR_OUT"]]
    check(not lost, f"{len(lost)} answers without a receipt in the consumer's log: {lost[:3]}")
    counts = collections.Counter(ENDS[ends[intent][0]] for intent in intents)
    return f"intents {len(intents)} ({', '.join(f'{name} {counts[name]}' for name in ENDS.values())})"


def counter_gaps(node, rows):
    """Counters that an issuer left out, or used twice, in any agreement."""
    counters = collections.defaultdict(list)
    for row in rows:
        says = row.get("says", {}).get("predicate", {}) if "envelope" in row else {}
        if "counter" in says and says["issuer"]["did"] == f"did:web:{node.dns}":
            counters[row["agreement"]].append(says["counter"])
    check(counters, f"{node.dns} signed nothing")
    return sum(sorted(found) != list(range(len(found))) for found in counters.values()), len(counters)


def judge(world, load):
    logged = {row["exchange"] for row in entries(world, world.farm, kind="NRO_OUT")}
    lost = [exchange for exchange in load.held if exchange not in logged]
    used = {n: len(entries(world, world.farm, dataset=scarce(n), kind="NRO_OUT")) for n in range(min(load.spent + 1, load.quotas))}
    exceeded = {scarce(n): count for n, count in used.items() if count > QUOTA}
    gaps, agreements = 0, 0
    for node in (world.farm, world.trade):
        more, agreements = counter_gaps(node, entries(world, node))
        gaps += more
    line = (f"acknowledged {len(load.held)} found {len(load.held) - len(lost)} lost {len(lost)} counter gaps {gaps} "
            f"({agreements} agreements) quota exceeded {len(exceeded)} ({load.spent} spent) {ends_of_intents(world, load.held)}")
    check(not lost and not exceeded and gaps == 0, line)
    return line


def kill_and_start(world, rounds, chance, load, released):
    kills = collections.Counter()
    for _ in range(rounds):
        before, until = len(load.held), time.monotonic() + 30
        while len(load.held) == before:  # under load, whatever the last start took
            check(time.monotonic() < until, f"nothing gets through any more: {dict(load.answers)}")
            time.sleep(0.01)
        time.sleep(chance.uniform(0.02, 0.4))
        for node, found in released.items():
            checkpoints(world, node, found)
        node = chance.choice((world.farm, world.trade))
        node.stop(signal.SIGKILL)
        kills[node.dns] += 1
        time.sleep(chance.choice((0.0, 0.0, 0.3)))
        node.start()
    return kills


def run(root):
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=int(os.environ.get("SEKISHO_CRASH_ROUNDS", "8")))
    arguments.add_argument("--seed", type=int, default=int(os.environ.get("SEKISHO_KILL_SEED", "1")))
    options = arguments.parse_args()
    world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
    steps_zones.run(world, Report())
    events.write(world.farm.folder / "events")
    for node in (world.farm, world.trade):
        node.write_config()
        node.start()
    quotas = 2 + options.rounds // 4
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    for node, text in ((world.farm, offered(world.farm.folder / "events", quotas)), (world.trade, None)):
        auditor, _ = new_client(world, node, "auditor", ["audit"])
        if text:
            node.apply("offers.yaml", text)
        node.apply("clients.yaml", offers.clients_only([auditor, startup] if node is world.trade else [auditor]))
    begin, load, released = time.monotonic(), Load(world, quotas), {world.farm: {}, world.trade: {}}
    try:
        load.start()
        kills = kill_and_start(world, options.rounds, random.Random(options.seed), load, released)
        load.stop()
        until = time.monotonic() + SETTLE_S
        while not settled(world):
            check(time.monotonic() < until, f"exchanges stay open: {[n.status()['exchanges'] for n in (world.farm, world.trade)]}")
            time.sleep(0.2)
        line = judge(world, load)
        for node, found in released.items():
            check(found, f"no checkpoint of {node.dns} was seen")
            scrub(world, node, found)
    finally:
        load.ended.set()
        world.stop_all()
    print(f"rounds {sum(kills.values())} ({', '.join(f'{dns} {n}' for dns, n in sorted(kills.items()))}) {line} "
          f"checkpoints {sum(map(len, released.values()))} answers {dict(sorted(load.answers.items()))}, {time.monotonic() - begin:.0f} s")


if __name__ == "__main__":
    raise SystemExit(kit.main(run))
