#!/usr/bin/env python3
"""./dev bench streams: long bodies through two real nodes, as ratios against nginx in the same run. Prints a table and,
with --json FILE, one object a line: {"name", "value", "unit", "peer"}. The names are kept for good."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "demo"))

import bench_live  # noqa: E402
import bench_push  # noqa: E402
import bench_withdrawal  # noqa: E402
import offers  # noqa: E402
import steps_zones  # noqa: E402
from bench import RAISED, Bench, write_rows  # noqa: E402
from report import DemoError, Report  # noqa: E402
from steps_exchange import data_url, new_client  # noqa: E402
from world import curl  # noqa: E402

MIB = 1 << 20
OPAQUE, RECORDS, LIVE = "opaque-body", "filtered-records", "live-records"
VIEW = {
    "media": "application/x-ndjson",
    "rows": [{"pointer": "/unit", "op": "in", "value": ["CEL", "PCT"]}],
    "fields": {"/time": "keep", "/lot": "keep", "/device": "keep", "/value": "keep", "/unit": "keep",
               "/grower": {"pseudonym": "grower"}},
}


class Memory:
    """Samples the resident memory of processes until it is stopped; values in MiB."""

    def __init__(self, every, **pids):
        self.every, self.pids, self.rows = every, pids, []
        self.over = threading.Event()
        self.start = time.monotonic()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            row = {"s": round(time.monotonic() - self.start, 2)}
            try:
                row.update({name: round(Bench.rss(pid), 2) for name, pid in self.pids.items()})
            except (OSError, AttributeError):
                return  # a process ended
            self.rows.append(row)
            if self.over.wait(self.every):
                return

    def stop(self):
        self.over.set()
        self.thread.join()
        return self.rows

    def most(self, name):
        return max(row[name] for row in self.rows)


class StreamsBench(Bench):
    def __init__(self, build, root, options):
        super().__init__(build, root, 0)
        self.options = options
        self.size = (256 if options.quick else 1024) * MIB
        self.rounds = 2 if options.quick else 3
        self.over_idle = 0.0

    # ---- the world -----------------------------------------------------------------------------------------------
    def open(self):
        steps_zones.run(self.world, Report())
        self.write_files()
        self.live_source = bench_live.LiveSource()
        self.endpoint = bench_push.Endpoint(self.world.trade)
        for node in (self.world.farm, self.world.trade):
            # The hostile consumer owes the receipts of its last windows for ever, and the trials take longer than a minute.
            node.write_config(limits=RAISED, egress=[f"127.0.0.1:{self.live_source.port}"] if node is self.world.farm else ())
            if node is self.world.farm:
                node.config.write_text(node.config.read_text() + self.endpoint.allowed(self.world.web_ca) + "\n")
            node.start()
        self.declare()
        client, self.world.token = new_client(self.world, self.world.trade, "startup", ["data"])
        self.world.trade.apply("clients.yaml", offers.clients_only([client]))
        self.start_nginx()
        time.sleep(1.5)
        self.idle = {n: self.rss(p.pid) for n, p in self.processes().items()}
        print(f"\n  idle: provider {self.idle['provider']:.1f} MiB, consumer {self.idle['consumer']:.1f} MiB", flush=True)

    def processes(self):
        return {"provider": self.world.farm.process, "consumer": self.world.trade.process}

    def write_files(self):
        """The opaque body, of octets that nothing compresses, in nginx's root; and the records, six fields each."""
        www = self.world.root / "nginx" / "www"
        www.mkdir(parents=True)
        block = os.urandom(16 * MIB)
        with open(www / "body", "wb") as out:
            for _ in range(self.size // len(block)):
                out.write(block)
        folder = self.world.farm.folder / "records"
        folder.mkdir()
        rows = []
        for n in range(20000):
            rows.append(json.dumps({
                "time": f"2026-11-24T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}Z", "lot": f"LOT-{n % 977:04}",
                "device": f"urn:epc:id:giai:4000001.{n % 131}", "value": round(2 + n % 83 / 10, 1),
                "unit": ("CEL", "PCT", "CEL", "VLT", "CEL")[n % 5], "grower": f"Yamada Hanako {n % 389}"},
                separators=(",", ":")))
        text = ("\n".join(rows) + "\n").encode()
        with open(folder / "records.ndjson", "wb") as out:
            for _ in range(max(1, self.size // 2 // len(text))):
                out.write(text)
        self.records_size = (folder / "records.ndjson").stat().st_size

    def declare(self):
        farm = self.world.farm
        body = str(self.world.root / "nginx" / "www" / "body")
        document = {
            "sources": [
                {"name": "body", "manifest": {"kind": "file", "path": body, "media": "application/octet-stream"}},
                {"name": "records", "manifest": {"kind": "file", "path": str(farm.folder / "records" / "records.ndjson")}},
            ],
            "datasets": [
                {"id": OPAQUE, "title": OPAQUE, "source": "body", "media": "application/octet-stream"},
                {"id": RECORDS, "title": RECORDS, "source": "records", "media": "application/x-ndjson", "view": VIEW, "push": True},
            ],
            "offers": [self.offer(OPAQUE), self.offer(RECORDS)],
        }
        for kind, more in bench_live.declaration(self.live_source, LIVE, self.offer(LIVE), VIEW).items():
            document[kind] += more
        farm.apply("streams.yaml", json.dumps(document))

    @staticmethod
    def offer(dataset):
        return {"id": f"offer-{dataset}", "dataset": dataset, "policy": offers.policy(offers.stamp(365 * 86400), 10**9)}

    # ---- one stream ----------------------------------------------------------------------------------------------
    def through_both(self, dataset, *more):
        """One curl at the consumer's node; answers its headers, octets and seconds. The body is thrown away."""
        head = self.world.root / "head"
        command = ["curl", "-sS", "--http1.1", "--cacert", str(self.world.web_ca), "-H",
                   f"Authorization: Bearer {self.world.token}", "-D", str(head), "-o", "/dev/null", "-w",
                   "%{http_code} %{size_download} %{time_total}", *more, data_url(self.world, dataset)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0 or not done.stdout.startswith("200 "):
            raise DemoError(f"{dataset}: {done.stdout} {done.stderr.strip()} {head.read_text()[:600]}")
        lines = head.read_text().splitlines()[1:]
        headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines) if v}
        _, octets, took = done.stdout.split()
        return headers, int(octets), float(took)

    def client(self, mode, port, *more):
        keys = self.world.trade.keys
        return [str(self.build / "tests/bench/stream_bench"), mode, "--port", str(port), "--name", "farm.jp.example", "--cert",
                str(keys / "tls.chain.pem"), "--key", str(keys / "tls.key"), *map(str, more)]

    def sealed_arguments(self, transfer):
        return ["--transfer", transfer, "--token", self.token_of(transfer), "--provider-keys", self.world.farm.keys,
                "--consumer-keys", self.world.trade.keys]

    def token_of(self, transfer):
        tls = ["--cert", self.world.trade.keys / "tls.chain.pem", "--key", self.world.trade.keys / "tls.key", "-k"]
        for _ in range(50):  # a resumption may still be on its way between the nodes
            status, _, body = curl(f"https://127.0.0.1:{self.world.farm.peer_port}/sekisho/v1/transfers/{transfer}/token", *tls, "-X",
                                   "POST", "-H", "Content-Type: application/json", "-d", "{}")
            if status == 200:
                break
            time.sleep(0.1)
        if status != 200:
            raise DemoError(f"no token: {status} {body[:300]!r}")
        return json.loads(body)["token"]

    def once(self, mode, port, *more):
        return json.loads(self.world.run(*self.client(mode, port, *more)).stdout)

    def sealed_once(self, transfer, *more):
        return self.once("sealed", self.world.farm.peer_port, *self.sealed_arguments(transfer), *more)

    def transfer_of(self, dataset):
        """Negotiates and starts, by one whole answer through the consumer's node, whose memory is watched too."""
        memory = Memory(0.05, **{n: p.pid for n, p in self.processes().items()})
        headers, octets, took = self.through_both(dataset)
        memory.stop()
        self.note_memory(memory, "through both nodes")
        print(f"    {dataset} through both nodes: {octets / MIB:.0f} MiB, {octets / 1e6 / took:.0f} MB/s", flush=True)
        self.agreement = headers["sekisho-agreement"]
        return headers["sekisho-transfer"], octets / 1e6 / took

    def note_memory(self, memory, what):
        for name in self.idle:
            over = memory.most(name) - self.idle[name]
            self.over_idle = max(self.over_idle, over)
            print(f"    {what}: {name} {over:+.1f} MiB over idle at most", flush=True)

    # ---- the parts -----------------------------------------------------------------------------------------------
    def opaque(self):
        print(f"\n  An opaque body of {self.size // MIB} MiB: sealed windows with receipts, against nginx serving the same file", flush=True)
        transfer, both = self.transfer_of(OPAQUE)
        pairs, provider = [], self.world.farm.process.pid
        memory = Memory(0.02, provider=provider, consumer=self.world.trade.process.pid)
        for _ in range(self.rounds):
            plain_cpu = self.cpu_seconds(self.nginx_pids())
            plain = self.once("plain", self.nginx_port, "--path", "/body")
            plain_cpu = self.cpu_seconds(self.nginx_pids()) - plain_cpu
            cpu = self.cpu_seconds([provider])
            mine = self.sealed_once(transfer)
            cpu = self.cpu_seconds([provider]) - cpu
            if mine["bytes"] != self.size or plain["bytes"] != self.size:
                raise DemoError(f"{mine['bytes']} and {plain['bytes']} octets came of {self.size}")
            pairs.append((mine["mb_s"] / plain["mb_s"], mine["mb_s"], plain["mb_s"]))
            print(f"    node {mine['mb_s']:.0f} MB/s, {mine['windows']} windows, {mine['receipts_logged']} receipts, cpu {cpu:.2f} s; "
                  f"nginx {plain['mb_s']:.0f} MB/s, cpu {plain_cpu:.2f} s", flush=True)
        checked = self.sealed_once(transfer, "--check", "all")
        memory.stop()
        self.note_memory(memory, "alone")
        ratio, mine, plain = sorted(pairs)[len(pairs) // 2]
        self.put("stream_opaque_ratio_nginx", ratio, "ratio", "nginx", "goal ≥ 0.5, median of the rounds")
        self.put("stream_opaque_mb_s", mine, "MB/s")
        self.put("stream_opaque_nginx_mb_s", plain, "MB/s", "nginx")
        self.put("stream_opaque_checked_mb_s", checked["mb_s"], "MB/s", goal="the client hashes every window too")
        self.put("stream_opaque_both_nodes_mb_s", both, "MB/s", goal="provider, consumer and its client on one machine")

    def filtered(self):
        print(f"\n  Records of six fields, {self.records_size // MIB} MiB of them at the source: a row filter, one pseudonym", flush=True)
        transfer, both = self.transfer_of(RECORDS)
        memory = Memory(0.02, provider=self.world.farm.process.pid, consumer=self.world.trade.process.pid)
        runs = []
        for _ in range(self.rounds):
            cpu = self.cpu_seconds([self.world.farm.process.pid])
            mine = self.sealed_once(transfer)
            cpu = self.cpu_seconds([self.world.farm.process.pid]) - cpu
            runs.append(self.records_size / 1e6 / mine["seconds"])
            print(f"    {runs[-1]:.0f} MB/s at the source, {mine['mb_s']:.0f} MB/s released, cpu {cpu:.2f} s", flush=True)
        memory.stop()
        self.note_memory(memory, "alone")
        self.put("stream_filtered_mb_s", sorted(runs)[len(runs) // 2], "MB/s", goal="goal ≥ 150, octets read at the source")

    def withdrawal(self):
        print("\n  Withdrawal to the last octet at the provider's egress, under a consumer that ignores the end and the close", flush=True)
        world, trials = self.world, 12 if self.options.quick else 100
        cases = bench_withdrawal.zone_cases(world, RECORDS)
        transfer, _ = self.transfer_of(RECORDS)
        cases += bench_withdrawal.agreement_cases(world, RECORDS, self.agreement)
        cases.append(bench_withdrawal.offer_case(world, RECORDS, self.offer(RECORDS)))
        for case in cases:
            case.transfer = transfer
        live = bench_withdrawal.consent_case(self.live_source, LIVE)
        live.transfer = bench_live.headers_of_live(self, data_url(world, LIVE))["sekisho-transfer"]
        cases.append(live)
        p99, n = bench_withdrawal.run(self, cases, trials)
        self.put("withdrawal_p99_ms", p99, "ms", goal=f"goal ≤ 2 000, {n} trials, {len(cases)} cases")
        p99, n = bench_push.run(self, self.endpoint, RECORDS, self.agreement, trials)
        self.put("push_withdrawal_p99_ms", p99, "ms", goal=f"goal ≤ 2 000, {n} trials, to the last octet at the endpoint")

    def memory(self):
        """A stream that does not end by itself, through both nodes; what their memory did meanwhile."""
        minutes = self.options.minutes or (0.2 if self.options.quick else 1)
        print(f"\n  A live stream of {minutes:g} minutes through both nodes", flush=True)
        memory = Memory(max(0.1, minutes / 10), **{n: p.pid for n, p in self.processes().items()})
        octets, rows, some = bench_live.curve(self, data_url(self.world, LIVE), minutes, memory)
        print("       seconds   provider   consumer  (MiB resident)", flush=True)
        for row in some:
            print(f"    {row['s']:>10.0f} {row['provider']:>10.1f} {row['consumer']:>10.1f}", flush=True)
        self.note_memory(memory, f"{octets / MIB:.0f} MiB live")
        self.put("stream_live_minutes", minutes, "min")
        self.put("stream_live_rss_growth_mib", max(bench_live.growth(rows, n) for n in self.idle), "MiB",
                 goal="from the second tenth of the time to the last, the larger of both nodes")

    def pure(self):
        """What runs in one process: the shaper alone, and a recall."""
        data = os.environ.get("SEKISHO_TEST_DATA") or str(HERE.parent.parent / "shared" / "data")
        bundles = pathlib.Path(data) / "fhir"
        done = self.world.run(self.build / "tests/bench/shaper_bench", *([bundles] if bundles.is_dir() else []))
        answer = json.loads(done.stdout.splitlines()[-1])
        self.put("shaper_six_fields_mb_s", answer["shaper_six_fields_mb_s"], "MB/s", goal="one core, six fields, one pseudonym")
        if bundles.is_dir():
            self.put("fhir_deid_mb_s", answer["fhir_deid_mb_s"], "MB/s", goal="one core, preset fhir-deidentify@1")
        done = self.world.run(self.build / "tests/bench/trace_bench")
        self.put("trace_100k_ms", json.loads(done.stdout.splitlines()[-1])["trace_100k_ms"], "ms", goal="goal ≤ 2 000")

    def rss_row(self):
        self.put("stream_rss_over_idle_mib", self.over_idle, "MiB", goal="goal ≤ 64, the larger of both nodes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--json")
    parser.add_argument("--quick", action="store_true", help="smaller bodies, fewer rounds and trials")
    parser.add_argument("--minutes", type=float, help="of the live stream of the part memory (1; --quick: 0.2)")
    parser.add_argument("what", nargs="*", help="only these parts: opaque filtered memory withdrawal pure")
    options = parser.parse_args()
    parts = options.what or ["opaque", "filtered", "memory", "withdrawal", "pure"]
    bench = StreamsBench(options.build, ".bench-streams", options)
    try:
        bench.open()
        for part in parts:
            getattr(bench, part)()
        if {"opaque", "filtered", "memory"} & set(parts):
            bench.rss_row()
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
