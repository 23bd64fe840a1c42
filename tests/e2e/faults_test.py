#!/usr/bin/env python3
"""Bad input and faults: each ends the program with 1 (or refuses the call), the code's name and the file or setting on
standard error; nothing acknowledged is lost."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

import kit
from kit import check

import events
import offers
import steps_zones
from report import Report
from steps_exchange import call, new_client
from world import World, problem


class Source:
    """An HTTP source of one answer: one row, called as long as is said; without a length it takes the question and is silent."""

    ROW = json.dumps({"quantityList": [{"epcClass": events.LOT}], "eventID": "e1", "grower": "canary-7f3a"}).encode() + b"\n"

    def __init__(self, length):
        self.length, self.listening = length, socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        silent = []
        while True:
            connection, _ = self.listening.accept()
            connection.recv(65536)
            if self.length is None:
                silent.append(connection)
                continue
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\nContent-Length: {self.length}\r\n\r\n"
            with connection:
                connection.sendall(head.encode() + self.ROW)


# Dataset → the source, and what a consumer is told.
SOURCES = {
    "silent": (Source(None), 504, "SOURCE_TIMEOUT"),
    "says-more-than-it-sends": (Source(len(Source.ROW) + 100), 502, "SOURCE_FAILED"),
    "sends-more-than-it-says": (Source(9), 502, "SOURCE_FAILED"),
    "honest": (Source(len(Source.ROW)), 200, None),
}


class Faults:
    def __init__(self, root):
        self.world = world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
        steps_zones.run(world, Report())
        events.write(world.farm.folder / "events")
        for node in (world.farm, world.trade):
            node.write_config(egress=[source.address for source, _, _ in SOURCES.values()] if node is world.farm else ())
            node.start()
        startup, world.token = new_client(world, world.trade, "startup", ["data"])
        world.farm.apply("offers.yaml", offers.farm(world.farm.folder / "events", 86400, 100))
        world.trade.apply("clients.yaml", offers.clients_only([startup]))
        self.served()
        self.ran = 0

    def served(self):
        status, _, body = call(self.world, offers.EVENTS)
        check(status == 200, f"not served: {status} {body[:500]}")

    def fails(self, what, code, names, config=None, verb=()):
        """sekishod with this file ends with 1 and says so."""
        config = config or self.world.farm.config
        done = subprocess.run([self.world.sekishod, *verb, config], capture_output=True, text=True, timeout=30)
        print(f"  {what:<44} exit {done.returncode}  {next((line for line in done.stderr.splitlines() if code in line), done.stderr[-300:])[:150]}")
        check(done.returncode == 1, f"{what}: exit {done.returncode}: {done.stderr[-800:]}")
        for text in (code, *names, "mend:"):
            check(text in done.stderr, f"{what}: standard error does not name {text}: {done.stderr[-800:]}")
        self.ran += 1

    def variant(self, change):
        """The farm's settings with one thing changed, in another file of the same folder."""
        path = self.world.farm.folder / "variant.yaml"
        path.write_text(change(self.world.farm.config.read_text()))
        return path


def settings(f):
    f.fails("malformed YAML", "YAML_SYNTAX", ["variant.yaml"], f.variant(lambda t: t + "limits: {a: [\n"))
    f.fails("unknown key", "SETTING_UNKNOWN", ["colour"], f.variant(lambda t: t + "colour: red\n"))
    f.fails("wrong value", "SETTING_INVALID", ["clock.uncertainty"], f.variant(lambda t: t.replace("100ms", "soon")))
    f.fails("missing key", "SETTING_MISSING", ["data"], f.variant(lambda t: t.replace("data: data\n", "")))


def keys(f):
    key = f.world.farm.keys / "statement.key"
    key.chmod(0o644)
    f.fails("a key that others may read", "KEY_FILE_MODE", ["statement.key"])
    key.chmod(0o600)
    text = key.read_bytes()
    key.write_bytes(text[:40])
    f.fails("a damaged key", "KEY_FILE", ["statement.key"])
    key.write_bytes(text)
    f.fails("keys of another node", "SETTING_INVALID", ["node.dns"], f.variant(lambda t: t.replace("keys: keys", f"keys: {f.world.trade.keys}")))


def ports(f):
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # its last connections are still in TIME_WAIT
        held.bind(("127.0.0.1", f.world.farm.peer_port))
        held.listen()
        f.fails("a port in use", "PORT_IN_USE", [str(f.world.farm.peer_port)])


def other_folders(f):
    other = f.world.stranger
    other.write_config()
    other.start()
    other.stop()
    f.fails("the data folder of another node", "DATA_FOLDER_FOREIGN", [str(other.folder / "data")],
            f.variant(lambda t: t.replace("data: data", f"data: {other.folder / 'data'}")))
    f.world.farm.start()
    f.fails("a database that another process has open", "DATABASE_LOCKED", ["data"],
            f.variant(lambda t: t.replace(f":{f.world.farm.peer_port}", ":0").replace(f":{f.world.farm.service_port}", ":0")
                      .replace("operator.sock", "second.sock")))
    f.served()
    f.world.farm.stop()


def database(node):
    return node.folder / "data/log"


def copy(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def flipped(path, at):
    octets = bytearray(path.read_bytes())
    octets[at] ^= 0xFF
    path.write_bytes(octets)


def damage(f):
    data, good = f.world.farm.folder / "data", f.world.farm.folder / "good"
    copy(data, good)
    tables = [p for p in database(f.world.farm).glob("*.sst")] + [p for p in database(f.world.farm).glob("*.log") if p.stat().st_size > 200]
    check(tables, "the database has neither tables nor a write-ahead log")
    for path in tables:
        flipped(path, path.stat().st_size // 2)
    f.fails("flipped octets in the database", "DATABASE_DAMAGED", ["data"], verb=["check"])
    copy(good, data)
    (database(f.world.farm) / "CURRENT").write_text("MANIFEST-999999\n")
    f.fails("a manifest that is gone", "DATABASE_DAMAGED", ["data/log", "MANIFEST-999999"])
    copy(good, data)
    shutil.rmtree(good)


def newer_schema(f):
    """The database as a newer program leaves it."""
    data, good = f.world.farm.folder / "data", f.world.farm.folder / "good"
    copy(data, good)
    f.world.run(os.environ["NEWER_SCHEMA"], database(f.world.farm))
    for verb in ((), ("check",)):
        f.fails(f"a newer schema, {' '.join(verb) or 'start'}", "SCHEMA_NEWER", ["data/log"], verb=verb)
    copy(good, data)
    shutil.rmtree(good)


def rolled_back(f):
    data, old = f.world.farm.folder / "data", f.world.farm.folder / "old"
    copy(data, old)
    f.world.farm.start()
    f.served()
    f.world.farm.stop()
    copy(data, f.world.farm.folder / "new")
    copy(old, data)
    f.fails("a database older than its anchor", "DATABASE_ROLLED_BACK", ["anchor"])
    copy(f.world.farm.folder / "new", data)
    f.world.farm.start()
    f.served()


def backup(f):
    farm = f.world.farm
    before = farm.status()["log"]
    farm.stop()
    folder = farm.folder / "backup"
    f.world.run(f.world.sekishod, "backup", farm.config, "--out", folder)
    farm.start()
    f.served()
    farm.stop()
    f.fails("a restore over a database", "CONFLICT", ["data"], verb=["restore", "--from", folder])
    (farm.folder / "data").rename(farm.folder / "data.away")
    f.world.run(f.world.sekishod, "restore", farm.config, "--from", folder)
    farm.start()
    after = farm.status()["log"]
    print(f"  backup and restore: {before['origin']} goes on as {after['origin']}")
    check(after["origin"] != before["origin"], "a restored node goes on in the same log")
    f.served()
    f.ran += 1


def source_down(f):
    path = f.world.farm.folder / "events/events.ndjson"
    away = path.with_suffix(".away")
    path.rename(away)
    path.parent.rename(path.parent.with_name("gone"))
    status, _, body = call(f.world, offers.EVENTS)
    check((status, problem(body)["code"]) == (502, "SOURCE_FAILED"), f"a source that is down: {status} {body[:400]}")
    check(b"events" not in body.replace(offers.EVENTS.encode(), b""), f"a path of the provider crossed: {body}")
    path.parent.with_name("gone").rename(path.parent)
    away.rename(path)
    f.served()
    print("  a source that is down                        502 SOURCE_FAILED, then served again")
    f.ran += 1


def bad_sources(f):
    """Sources that are slow or lie about their length, by an HTTP manifest."""
    manifests = {name: {"kind": "http", "url": f"http://{source.address}/", "timeout_ms": 500} for name, (source, _, _) in SOURCES.items()}
    f.world.farm.apply("sources.yaml", offers.document(
        [{"name": name, "manifest": manifest} for name, manifest in manifests.items()],
        [offers.dataset(name, name, name, offers.VIEW) for name in manifests],
        [offers.offer(name, offers.policy(offers.stamp(offers.YEAR), 100)) for name in manifests]))
    for name, (_, wanted, code) in SOURCES.items():
        status, headers, body = call(f.world, name)
        got = status, None if status == 200 else problem(body)["code"]
        check(got == (wanted, code), f"a source that is {name}: {status} {body[:400]!r}")
        check(b"canary" not in body and (status == 200) == ("sekisho-exchange" in headers), f"a source that is {name}: {headers} {body[:400]!r}")
        print(f"  a source: {name:<34} {status} {code or ''}")
        f.ran += 1


def fill(path):
    with open(path, "ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"\0" * 4096)
        except OSError:
            pass


def disk_full(f):
    """The farm's data folder on a file system of a few MiB that is filled while calls come in."""
    farm = f.world.farm
    farm.stop()
    data, disk = farm.folder / "data", farm.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        print(f"  skipped: disk full: no tmpfs may be mounted here ({mounted.stderr.strip()[:100]})")
        farm.start()
        return
    try:
        shutil.copytree(data, disk / "data")
        config = farm.config.read_text()
        farm.config.write_text(config.replace("data: data", f"data: {disk / 'data'}"))
        farm.start()
        held = [call(f.world, offers.EVENTS)[1]["sekisho-exchange"] for _ in range(5)]
        refused = None
        until = time.monotonic() + 60
        while refused is None and time.monotonic() < until:
            fill(disk / "ballast")  # again: a database that is opened anew gives room back
            status, headers, body = call(f.world, offers.EVENTS)
            if status == 200:
                held.append(headers["sekisho-exchange"])
            else:
                refused = status, problem(body)["code"]
        check(refused is not None and refused[0] == 503, f"a full disk answers {refused} after {len(held)} calls")
        (disk / "ballast").unlink()
        farm.stop()
        farm.start()
        f.served()
        farm.stop()
        dump = f.world.run(f.world.sekishod, "dump", farm.config).stdout
        lost = [x for x in held if x.replace("-", "") not in dump]
        check(not lost, f"acknowledged before the disk was full, and lost: {lost}")
        print(f"  a full disk                                  {refused[0]} {refused[1]}; {len(held)} acknowledged, 0 lost")
        farm.config.write_text(config)
        f.ran += 1
    finally:
        farm.stop()
        subprocess.run(["umount", disk], check=False)


def run(root):
    f = Faults(root)
    try:
        source_down(f)
        bad_sources(f)
        f.world.farm.stop()
        for group in (settings, keys, ports, other_folders, damage, newer_schema, rolled_back, backup, disk_full):
            group(f)
        print(f"faults: {f.ran} cases")
    except kit.Failure:
        for node in (f.world.farm, f.world.trade):
            print(f"{node.dns}:\n" + "\n".join(node.log.read_text().splitlines()[-12:]), file=sys.stderr)
        raise
    finally:
        f.world.stop_all()


if __name__ == "__main__":
    sys.exit(kit.main(run))
