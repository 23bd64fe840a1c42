#!/usr/bin/env python3
"""./dev bench: the numbers of the product, as ratios against nginx in the same run. Prints a table and, with --json FILE,
one object a line: {"name", "value", "unit", "peer"}. The names are kept for good."""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "demo"), str(HERE / "lib")]

import offers  # noqa: E402
import steps_zones  # noqa: E402
from ports import reserve_port  # noqa: E402
from report import DemoError, Report  # noqa: E402
from steps_exchange import good, new_client  # noqa: E402
from world import World, curl  # noqa: E402

RAISED = {"open_exchanges": 1000000, "open_exchange_age": "24h"}
DATASET = "bench-record"
RECEIPTED = "bench-receipted"  # its own agreement, with no release of the pull rows open
CONNECTIONS = (1, 16, 64)


class Bench:
    def __init__(self, build, root, seconds):
        self.build, self.seconds = pathlib.Path(build), seconds
        self.world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root)
        self.rows = []
        self.nginx = None

    def put(self, name, value, unit, peer="", goal=""):
        self.rows.append({"name": name, "value": round(value, 4), "unit": unit, "peer": peer})
        print(f"  {name:<32} {value:>12.3f} {unit:<12} {goal}", flush=True)

    # ---- the world -----------------------------------------------------------------------------------------------
    def open(self):
        steps_zones.run(self.world, Report())
        folder = self.world.farm.folder / "records"
        folder.mkdir()
        row = {"lot": "BENCH", "type": "ObjectEvent", "value": 4.25, "grower": {"name": "Yamada Hanako"}, "note": "x" * 900}
        (folder / "record.ndjson").write_text(json.dumps(row, separators=(",", ":")) + "\n")
        print(f"\n  limits of the pull rows: {RAISED}")
        for node in (self.world.farm, self.world.trade):
            node.write_config(RAISED if node is self.world.farm else None)
            seconds = node.start()
            if node is self.world.farm:
                self.put("start_to_serving_ms", self.start_median(node, seconds), "ms", goal="goal ≤ 200")
        view = {"media": "application/x-ndjson", "rows": [{"pointer": "/lot", "op": "eq", "value": "BENCH"}],
                "fields": {"/lot": "keep", "/type": "keep", "/value": "keep", "/note": "keep", "/grower": "drop"}}
        names = [DATASET, RECEIPTED] + [f"negotiate-{i}" for i in range(30)]
        document = {
            "sources": [{"name": "records", "manifest": {"kind": "file", "path": str(folder)}}],
            "datasets": [{"id": n, "title": n, "source": "records", "media": "application/x-ndjson", "view": view} for n in names],
            "offers": [{"id": f"offer-{n}", "dataset": n, "policy": offers.policy(offers.stamp(365 * 86400), 10**9)} for n in names],
        }
        self.world.farm.apply("bench.yaml", json.dumps(document))
        client, self.world.token = new_client(self.world, self.world.trade, "startup", ["data"])
        self.world.trade.apply("clients.yaml", offers.clients_only([client]))
        time.sleep(1.5)
        self.put("idle_rss_mib", self.rss(self.world.farm.process.pid), "MiB", goal="goal ≤ 48")
        _, self.body = good(self.world, DATASET)
        self.headers, _ = good(self.world, DATASET)
        self.start_nginx(record=self.body)

    def start_median(self, node, first):
        times = [first]
        for _ in range(4):
            node.stop()
            times.append(node.start())
        return sorted(times)[2] * 1000

    @staticmethod
    def rss(pid):
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    @staticmethod
    def cpu_seconds(pids):
        ticks = 0
        for pid in pids:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def start_nginx(self, **files):
        """Serves these and what lies in its folder over mutual TLS 1.3, with the node's own certificate."""
        if shutil.which("nginx") is None:
            raise DemoError("nginx is not installed: ./dev setup all")
        root = self.world.root / "nginx"
        (root / "www").mkdir(parents=True, exist_ok=True)
        for name, octets in files.items():
            (root / "www" / name).write_bytes(octets)
        self.nginx_port = reserve_port()
        keys = self.world.farm.keys
        config = f"""user root;
worker_processes 2;
daemon off;
pid {root}/pid;
error_log {root}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  server {{
    listen 127.0.0.1:{self.nginx_port} ssl;
    ssl_certificate {keys}/tls.chain.pem;
    ssl_certificate_key {keys}/tls.key;
    ssl_protocols TLSv1.3;
    ssl_session_tickets off;
    ssl_verify_client optional_no_ca;  # asks for the certificate, as the node does, and does not judge it
    root {root}/www;
  }}
}}
"""
        (root / "nginx.conf").write_text(config)
        print("\n  nginx.conf:\n" + "".join(f"    {line}\n" for line in config.splitlines()))
        self.nginx = subprocess.Popen(["nginx", "-c", str(root / "nginx.conf"), "-p", str(root)], stderr=subprocess.DEVNULL)
        time.sleep(0.5)

    def nginx_pids(self):
        children = pathlib.Path(f"/proc/{self.nginx.pid}/task/{self.nginx.pid}/children").read_text().split()
        return [self.nginx.pid] + [int(c) for c in children]

    # ---- measuring -----------------------------------------------------------------------------------------------
    def load(self, mode, port, connections, *more):
        trade = self.world.trade
        done = self.world.run(self.build / "tests/bench/pull_bench", mode, "--port", port, "--name", "farm.jp.example", "--cert",
                              trade.keys / "tls.chain.pem", "--key", trade.keys / "tls.key", "--connections", connections, "--seconds",
                              self.seconds, *more)
        answer = json.loads(done.stdout)
        if answer["refused"]:
            raise DemoError(f"{answer['refused']} answers were refused: {answer.get('first_refusal')}")
        return answer

    def token(self):
        tls = ["--cert", self.world.trade.keys / "tls.chain.pem", "--key", self.world.trade.keys / "tls.key", "-k"]
        status, _, body = curl(f"https://127.0.0.1:{self.world.farm.peer_port}/sekisho/v1/transfers/{self.headers['sekisho-transfer']}/token",
                               *tls, "-X", "POST", "-H", "Content-Type: application/json", "-d", "{}")
        if status != 200:
            raise DemoError(f"no token: {status} {body[:300]!r}")
        return json.loads(body)["token"]

    def sealed(self, mode, connections):
        farm = self.world.farm
        while self.world.trade.status()["exchanges"]["receipts_to_send"] > 0:
            time.sleep(0.05)
        before = farm.status()["log"]["size"]
        answer = self.load(mode, farm.peer_port, connections, "--token", self.token(), "--transfer", self.headers["sekisho-transfer"],
                           "--provider-keys", farm.keys, "--consumer-keys", self.world.trade.keys)
        grown = farm.status()["log"]["size"] - before
        expected = answer["answers"] + answer.get("receipts_logged", 0)
        if grown != expected:
            raise DemoError(f"the log grew by {grown}, {expected} answers and receipts were counted")
        if answer["verified"] != 100:
            raise DemoError(f"only {answer['verified']} of 100 random answers verify")
        return answer

    def pull(self):
        print("\n  Sealed pull of a shaped 1 KiB record against nginx serving the same bytes (mutual TLS 1.3, same client)")
        goals = {1: 0.15, 16: 0.25, 64: 0.4}
        for n in CONNECTIONS:
            at, busy = time.monotonic(), self.cpu_seconds(self.nginx_pids())
            plain = self.load("plain", self.nginx_port, n, "--path", "/record")
            nginx_cpu = (self.cpu_seconds(self.nginx_pids()) - busy) / plain["answers"] * 1e6
            busy = self.cpu_seconds([self.world.farm.process.pid])
            mine = self.sealed("sealed", n)
            cpu = (self.cpu_seconds([self.world.farm.process.pid]) - busy) / mine["answers"] * 1e6
            self.put(f"sealed_pull_ratio_nginx_c{n}", mine["per_second"] / plain["per_second"], "ratio", "nginx", f"goal ≥ {goals[n]}")
            print(f"    node {mine['per_second']:.0f}/s p50 {mine['p50_ms']:.2f} p99 {mine['p99_ms']:.2f} ms, cpu {cpu:.1f} us; "
                  f"nginx {plain['per_second']:.0f}/s p99 {plain['p99_ms']:.2f} ms, cpu {nginx_cpu:.1f} us ({time.monotonic() - at:.0f} s)")
            if n == 64:
                self.put("sealed_pull_per_s_c64", mine["per_second"], "1/s")
                self.put("sealed_pull_p99_ms_c64", mine["p99_ms"], "ms")
                self.put("sealed_pull_cpu_us", cpu, "us")
                self.put("nginx_cpu_us", nginx_cpu, "us", "nginx")

    def exchange(self):
        self.world.farm.stop()
        self.world.farm.write_config()
        self.world.farm.start()
        good(self.world, RECEIPTED)
        self.headers, _ = good(self.world, RECEIPTED)
        answer = self.sealed("exchange", 64)
        if answer["receipts_logged"] < answer["answers"] - 8 * 64:
            raise DemoError(f"{answer['receipts_logged']} receipts for {answer['answers']} releases")
        self.put("sealed_exchange_per_s_c64", answer["per_second"], "1/s", goal="with receipts, default limits")

    def negotiation(self):
        for i in range(30):
            good(self.world, f"negotiate-{i}")
        times = []
        for line in self.world.trade.log.read_text().splitlines():
            if '"negotiation.ended"' in line:
                times.append(json.loads(line)["us"] / 1000)
        self.put("negotiation_p50_ms", sorted(times)[len(times) // 2], "ms", goal="goal ≤ 20")

    def micro(self):
        done = self.world.run(self.build / "tests/bench/journal_bench", "--folder", self.world.root / "journal-bench")
        self.put("log_appends_per_s", json.loads(done.stdout.splitlines()[-1])["appends_per_s"], "1/s", goal="goal ≥ 20 000")
        done = self.world.run(self.build / "tests/bench/policy_bench")
        self.put("policy_decision_p50_ns", json.loads(done.stdout.splitlines()[-1])["policy_decision_p50_ns"], "ns", goal="goal ≤ 1 000")

    def steps(self):
        program = self.build / "tests/bench/steps_bench"
        if program.exists():
            print("\n  Where the time of one sealed pull goes (one core, step by step)")
            print("".join(f"    {line}\n" for line in self.world.run(program).stdout.splitlines()))

    def trace(self):
        done = self.world.run(self.build / "tests/bench/trace_bench")
        self.put("trace_100k_ms", json.loads(done.stdout.splitlines()[-1])["trace_100k_ms"], "ms", goal="goal ≤ 2 000")

    def close(self):
        if self.nginx:
            self.nginx.terminate()
            self.nginx.wait()
        self.world.stop_all()


def write_rows(rows, path):
    if path:
        with open(path, "w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("what", nargs="*", help="only these parts: pull exchange negotiation micro steps trace")
    options = parser.parse_args()
    bench = Bench(options.build, ".bench", options.seconds)
    try:
        bench.open()
        for part in options.what or ["pull", "exchange", "negotiation", "micro", "steps", "trace"]:
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
