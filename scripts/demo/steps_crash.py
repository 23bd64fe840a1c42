"""Story 10: the farm's node is killed without warning under load and started again; nothing that anybody holds is lost."""

import http.client
import json
import signal
import ssl
import subprocess
import threading
import time

import offers
from report import DemoError
from steps_audit import node_options
from steps_exchange import RUSH_COUNT, data_url, good

THREADS = 8


class Load:
    """Calls of start-ups, until told to stop; keeps what each consumer holds in its hand."""

    def __init__(self, world):
        self.world = world
        self.path = data_url(world, offers.RUSH)[len(world.trade.url):]
        self.held, self.answers, self.ended = [], {}, threading.Event()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(THREADS)]

    def run(self):
        context = ssl.create_default_context(cafile=str(self.world.web_ca))
        connection = None
        while not self.ended.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection("localhost", self.world.trade.service_port, context=context, timeout=40)
                connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.world.token}"})
                answer = connection.getresponse()
                answer.read()
                self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
                if answer.status != 200:
                    self.ended.wait(0.1)
                else:
                    self.held.append((answer.headers["Sekisho-Exchange"], answer.headers["Sekisho-Log"]))
            except (OSError, http.client.HTTPException):
                connection = None

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(60)


def entries(world, node, **filters):
    options = []
    for name, value in filters.items():
        options += [f"--{name.replace('_', '-')}", str(value)]
    text = world.sekisho("audit", "query", *options, *node_options(world, node), "--json")
    return [row for row in map(json.loads, text.splitlines()) if "index" in row]


def checkpoints(world, node, found):
    """Remembers each checkpoint that the node releases."""
    origin = node.status()["log"]["origin"]
    shard = origin.rsplit("/", 1)[1]
    done = subprocess.run(["curl", "-sk", f"https://127.0.0.1:{node.peer_port}/tlog/{shard}/checkpoint"], capture_output=True)
    if done.returncode == 0 and done.stdout.count(b"\n") > 3:
        found[done.stdout.decode()] = True


def run(world, report):
    report.title("10. Crash: the farm's node is killed under load and started again")
    good(world, offers.RUSH)
    released = {}
    load = Load(world)
    with report.step("load, then SIGKILL", "farm.jp.example") as step:
        load.start()
        until = time.monotonic() + 2.0
        while time.monotonic() < until or len(load.held) < 50:
            checkpoints(world, world.farm, released)
            time.sleep(0.2)
            if time.monotonic() > until + 20:
                raise DemoError(f"the load does not get through: {load.answers}")
        world.farm.stop(signal.SIGKILL)
        time.sleep(0.3)
        step.verdict = f"{len(load.held)} answers were out"
    with report.step("started again", "farm.jp.example") as step:
        seconds = world.farm.start()
        step.verdict = f"serving after {seconds * 1000:.0f} ms"
    before = len(load.held)
    until = time.monotonic() + 20
    while len(load.held) < before + 20 and time.monotonic() < until:
        time.sleep(0.05)
    load.stop()
    checkpoints(world, world.farm, released)
    check(world, report, load, released)


def check(world, report, load, released):
    with report.step("each open intent ended in exactly one way", "trade.eu.example") as step:
        until = time.monotonic() + 30
        while world.trade.status()["exchanges"]["open_intents"] > 0:
            if time.monotonic() > until:
                raise DemoError(f"intents stay open: {world.trade.status()['exchanges']}")
            time.sleep(0.1)
        step.verdict = intents_ended(world)
    with report.step("every exchange whose evidence is held is in the log", "farm.jp.example") as step:
        rows = entries(world, world.farm, dataset=offers.RUSH, kind="NRO_OUT")
        logged = {row["exchange"]: row for row in rows}
        lost = [exchange for exchange, _ in load.held if exchange not in logged]
        if lost:
            raise DemoError(f"{len(lost)} exchanges are lost: {lost[:3]}")
        step.verdict = f"{len(load.held)} held, {len(logged)} logged, 0 lost"
        report.count("crossings", len(load.held))
        report.count("entries", len(rows))
    with report.step("counters of the agreement have no gap", "farm.jp.example") as step:
        agreement = rows[0]["agreement"]
        all_rows = entries(world, world.farm, agreement=agreement)
        own = [p for p in (row["says"]["predicate"] for row in all_rows if "envelope" in row)
               if p["issuer"]["did"] == "did:web:farm.jp.example"]
        counters = sorted(p["counter"] for p in own)
        if not counters or counters != list(range(len(counters))):
            raise DemoError(f"the counters have gaps: {len(counters)} statements, the last is {counters[-1:]}")
        step.verdict = f"0 … {counters[-1]}"
    with report.step("the quota was not exceeded", "farm.jp.example") as step:
        if len(logged) > RUSH_COUNT:
            raise DemoError(f"{len(logged)} releases under a quota of {RUSH_COUNT}")
        step.verdict = f"{len(logged)} of {RUSH_COUNT}"
    with report.step("the tree is consistent with every checkpoint released", "farm.jp.example") as step:
        folder = world.root / "released"
        folder.mkdir(exist_ok=True)
        files = []
        for n, text in enumerate(released):
            path = folder / f"checkpoint.{n}"
            path.write_text(text)
            files.append(path)
        world.farm.stop()
        options = [o for f in files for o in ("--checkpoint", f)]
        done = world.run(world.sekishod, "scrub", world.farm.config, *options)
        world.farm.start()
        if not files:
            raise DemoError("no checkpoint was seen")
        step.verdict = f"{len(files)} checkpoints, " + (done.stdout.strip().splitlines() or ["good"])[-1][:40]
        report.count("proofs checked", len(files))


def intents_ended(world):
    rows = entries(world, world.trade, dataset=offers.RUSH)
    ends = {}
    for row in rows:
        if row["kind"] in ("NRR_OUT", "REFUSAL_IN", "VOID_IN"):
            ends.setdefault(row["exchange"], []).append(row["kind"])
    intents = [row["exchange"] for row in rows if row["kind"] == "INTENT"]
    wrong = [x for x in intents if len(ends.get(x, [])) != 1]
    if wrong:
        raise DemoError(f"{len(wrong)} intents did not end in exactly one way: {wrong[:3]} {[ends.get(w) for w in wrong[:3]]}")
    kinds = {}
    for x in intents:
        kinds[ends[x][0]] = kinds.get(ends[x][0], 0) + 1
    names = {"NRR_OUT": "receipts", "REFUSAL_IN": "refusals", "VOID_IN": "voids"}
    return ", ".join(f"{n} {names[k]}" for k, n in sorted(kinds.items()))
