#!/usr/bin/env python3
"""./dev bench dsp: negotiations and catalogues between two real nodes over mutual TLS on loopback, durable on both sides.
Prints a table and, with --json FILE, one object a line: {"name", "value", "unit", "peer"}. The names are kept for good.
Figures of EDC are those of EDC 0.15.1 measured on two such cores, in memory and without TLS; it does not run here."""

import argparse
import json
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "demo"), str(HERE / "lib")]

import bench_profile  # noqa: E402
import bench_shops  # noqa: E402
import offers  # noqa: E402
import steps_zones  # noqa: E402
from bench import Bench, write_rows  # noqa: E402
from report import DemoError, Report  # noqa: E402
from steps_exchange import new_client  # noqa: E402
from world import curl  # noqa: E402

ENOUGH = 10_000  # negotiations before the processor's time at rest is read
AT_ONCE = 100  # offers of one apply; the log's entry names each
DATASET = "bench"
EDC = "EDC 0.15.1"


class DspBench(Bench):
    def __init__(self, build, root, options):
        super().__init__(build, root, options.seconds)
        self.done = 0
        self.shops = None

    # ---- the world -----------------------------------------------------------------------------------------------
    def open(self):
        steps_zones.run(self.world, Report())
        records = self.world.farm.folder / "records"
        records.mkdir()
        (records / "record.ndjson").write_text('{"lot":"BENCH"}\n')
        for node in (self.world.farm, self.world.trade):
            node.write_config()
            text = node.config.read_text().replace(", poll: 50ms", "")  # as an operator leaves it
            node.config.write_text(text)
            node.start()
        self.declare([bench_shops.dataset(DATASET, "Records")], sources=[offers.files("records", records)])
        client, self.world.token = new_client(self.world, self.world.trade, "startup", ["data"])
        self.world.trade.apply("clients.yaml", offers.clients_only([client]))
        time.sleep(1)
        self.idle_rss = {name: self.rss(pid) for name, pid in self.nodes().items()}
        self.fresh = self.burnt(5)
        print("\n  two nodes, each RocksDB with synced batches, mutual TLS 1.3 on loopback; idle: "
              + ", ".join(f"{name} {mib:.1f} MiB" for name, mib in self.idle_rss.items()), flush=True)

    def nodes(self):
        return {"provider": self.world.farm.process.pid, "consumer": self.world.trade.process.pid}

    def declare(self, datasets, sources=()):
        document = {"sources": list(sources), "datasets": datasets, "offers": [bench_shops.offer(d["id"]) for d in datasets]}
        self.world.farm.apply("bench.yaml", json.dumps(document))

    def close(self):
        if self.shops:
            self.shops.stop()
        super().close()

    # ---- negotiations --------------------------------------------------------------------------------------------
    def body(self):
        """The wish, with the offer as the provider's catalogue shows it."""
        tls = ["--cert", self.world.trade.keys / "tls.chain.pem", "--key", self.world.trade.keys / "tls.key", "-k"]
        status, _, text = curl(f"https://127.0.0.1:{self.world.farm.peer_port}/dsp/2025-1/catalog/datasets/{DATASET}", *tls)
        if status != 200:
            raise DemoError(f"no dataset: {status} {text[:300]!r}")
        path = self.world.root / "negotiation.json"
        path.write_text(json.dumps({"provider": "farm.jp.example", "dataset": DATASET, "offer": json.loads(text)["hasPolicy"][0]}))
        return path

    def negotiate(self, in_flight, seconds, warm_up=0.0, count=0):
        done = self.world.run(self.build / "tests/bench/negotiation_load", "--socket", self.world.trade.socket, "--body", self.body(),
                              "--in-flight", in_flight, "--seconds", seconds, "--warm-up", warm_up, "--count", count)
        answer = json.loads(done.stdout)
        self.done += answer["answers"]
        if answer["refused"]:
            raise DemoError(f"{answer['refused']} negotiations ended in a refusal: {answer.get('first_refusal')}")
        return answer

    def cpu_ns(self):
        """Of each node, all threads, in nanoseconds."""
        out = {}
        for name, pid in self.nodes().items():
            threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
            out[name] = sum(int(t.read_text().split()[0]) for t in threads)
        return out

    def negotiation(self):
        print("\n  Negotiation, from the wish at the consumer to FINALIZED there: four messages, six commits, three statements", flush=True)
        sync = bench_profile.sync_ms(self.world.root)
        print(f"    one synced write of 4 KiB on this disk: {sync:.2f} ms (median)", flush=True)
        self.negotiate(1, 60, count=50)
        alone = self.negotiate(1, 60, count=400)
        self.put("negotiation_p50_ms", alone["p50_ms"], "ms", goal=f"goal ≤ 20; {EDC}: 144 tuned, 1 670 by default")
        self.put("negotiation_p99_ms", alone["p99_ms"], "ms")
        for in_flight in (64, 256):
            self.throughput(in_flight)
        print(f"    {EDC}, in memory and without TLS, on two such cores: 46 to 70 negotiations/s, 31 ms of CPU each", flush=True)
        self.put("negotiation_rss_growth_kib", sum(self.grown().values()) * 1024 / self.done, "KiB",
                 goal=f"of both nodes for each of {self.done} agreements")

    def throughput(self, in_flight):
        before, at = self.cpu_ns(), self.done
        answer = self.negotiate(in_flight, self.seconds, warm_up=1.0)
        spent = {name: (ns - before[name]) / 1e6 / (self.done - at) for name, ns in self.cpu_ns().items()}
        self.put(f"negotiations_per_s_{in_flight}", answer["per_second"], "1/s", goal=f"goal 1 000; {EDC}: 63 to 70")
        self.put(f"negotiation_p50_ms_{in_flight}", answer["p50_ms"], "ms")
        self.put(f"negotiation_p99_ms_{in_flight}", answer["p99_ms"], "ms")
        self.put(f"negotiation_cpu_ms_{in_flight}", sum(spent.values()), "ms", goal=f"both nodes; {EDC}: 31")
        print("    " + ", ".join(f"{name}: {ms:.2f} ms of CPU, {self.rss(self.nodes()[name]):.0f} MiB" for name, ms in spent.items()),
              flush=True)

    def burnt(self, seconds):
        """Percent of a core that each node takes while nobody asks anything."""
        before = self.cpu_ns()
        time.sleep(seconds)
        return {name: (ns - before[name]) / seconds / 1e7 for name, ns in self.cpu_ns().items()}

    def grown(self):
        return {name: self.rss(pid) - self.idle_rss[name] for name, pid in self.nodes().items()}

    def idle(self):
        if self.done < ENOUGH:
            self.negotiate(64, 600, count=ENOUGH - self.done)
        print(f"\n  At rest after {self.done} negotiations", flush=True)
        time.sleep(3)
        for name, percent in self.burnt(10).items():
            self.put(f"idle_cpu_percent_{name}", percent, "% of a core",
                     goal=f"goal 0.0; a fresh node: {self.fresh[name]:.3f}; {EDC}: 42 to 97 after 1 400")
            self.put(f"idle_rss_mib_{name}", self.rss(self.nodes()[name]), "MiB", goal=f"{self.grown()[name]:+.0f} over the fresh node")

    def profile(self):
        print("\n  Where the time goes at 64 in flight", flush=True)
        with bench_profile.Sampler(self.world.root, self.nodes()) as sampler:
            self.negotiate(64, 5)
        sampler.report()

    # ---- catalogues ----------------------------------------------------------------------------------------------
    def ask(self, name, paths, port, dns, *more, seconds=None):
        file = self.world.root / "paths"
        file.write_text("".join(p + "\n" for p in paths))
        done = self.world.run(self.build / "tests/bench/pull_bench", "plain", "--port", port, "--name", dns, "--connections", 1,
                              "--seconds", seconds or self.seconds / 2, "--paths", file, *more)
        answer = json.loads(done.stdout)
        if answer["refused"]:
            raise DemoError(f"{name}: {answer['refused']} answers were refused: {answer.get('first_refusal')}")
        return answer

    def catalogue(self):
        print("\n  The provider's catalogue, asked over one connection: pages of 100, filters with 1, some and many hits", flush=True)
        keys = self.world.trade.keys
        tls = ("--cert", keys / "tls.chain.pem", "--key", keys / "tls.key")
        have = 1
        for size in (1000, 10_000):
            at = time.monotonic()
            for first in range(have, size, AT_ONCE):
                self.declare([bench_shops.described(f"catalog-{n:05}", n) for n in range(first, min(first + AT_ONCE, size))])
            print(f"    {size - have} offers applied in {time.monotonic() - at:.1f} s", flush=True)
            have = size
            farm = (self.world.farm.peer_port, "farm.jp.example", *tls)
            page = self.ask("page", [bench_shops.page_path()], *farm)
            deep = self.ask("page", [bench_shops.page_path(f"catalog-{size - 101:05}")], *farm)
            found = self.ask("filter", bench_shops.filter_paths(size), *farm)
            self.put(f"catalog_page_100_p95_ms_{size}", page["p95_ms"], "ms", goal=f"goal ≤ 10; {EDC} p50: 49 at 1 000, 88 at 10 000")
            self.put(f"catalog_page_100_p50_ms_{size}", page["p50_ms"], "ms")
            self.put(f"catalog_last_100_p95_ms_{size}", deep["p95_ms"], "ms")
            self.put(f"catalog_filtered_p95_ms_{size}", found["p95_ms"], "ms", goal=f"goal ≤ 5; {EDC} p50: 5.9 at 1 000, 25 at 10 000")
            self.put(f"catalog_filtered_p50_ms_{size}", found["p50_ms"], "ms")
        print(f"    provider with {have} offers: {self.rss(self.world.farm.process.pid):.0f} MiB", flush=True)

    def federated(self):
        print(f"\n  One search over {bench_shops.SHOPS} catalogues of {bench_shops.SIZE}, read by the consumer's own crawler", flush=True)
        at = time.monotonic()
        self.shops = bench_shops.Shops(self.world)
        self.shops.enrol()
        print(f"    {bench_shops.SHOPS} names enrolled in {time.monotonic() - at:.1f} s", flush=True)
        at = time.monotonic()
        self.shops.wait_until_known(self.world.trade)
        print(f"    {bench_shops.SHOPS * bench_shops.SIZE} datasets crawled in {time.monotonic() - at:.1f} s; consumer "
              f"{self.rss(self.world.trade.process.pid):.0f} MiB", flush=True)
        answer = self.ask("search", bench_shops.search_paths(), self.world.trade.service_port, "localhost", "--token", self.world.token,
                          seconds=self.seconds)
        self.put("federated_search_p95_ms", answer["p95_ms"], "ms", goal="50 entries a page, of 100 000")
        self.put("federated_search_p50_ms", answer["p50_ms"], "ms")


def main():
    parts = ["negotiation", "idle", "profile", "catalogue", "federated"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("what", nargs="*", help="only these parts: " + " ".join(parts))
    options = parser.parse_args()
    bench = DspBench(options.build, ".bench-dsp", options)
    try:
        bench.open()
        for part in options.what or parts:
            getattr(bench, part)()
    except DemoError as error:
        print(f"the bench failed: {error}", file=sys.stderr)
        return 1
    finally:
        bench.close()
    write_rows(bench.rows, options.json)
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
