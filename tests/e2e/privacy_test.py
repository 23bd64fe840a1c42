#!/usr/bin/env python3
"""What the view drops never leaves the provider: a peer that records every decrypted octet it is given, the consumer's
service listener, every key and value of the databases and every file of the data folders are searched for the growers'
names and for the clinic's patients, numbers and doctor. The same search must find them at the source, and in what an offer without the drop lets through."""

import base64
import gzip
import hashlib
import json
import secrets
import subprocess
import sys
import time
import uuid

import kit
from kit import check
from search import Search

import events
import observations
import offers
import steps_zones
from report import Report
from steps_exchange import data_url, new_client
from steps_audit import from_nodes
from world import World


NAMES = events.GROWERS + observations.SECRETS


def uuid7():
    value = int(time.time() * 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


class Recorder:
    """curl with everything that came back kept: status line, headers, body, as decrypted."""

    def __init__(self, world, name):
        self.world, self.kept = world, {}
        self.folder = world.root / name
        self.folder.mkdir(exist_ok=True)

    def call(self, label, url, *options):
        done = subprocess.run(["curl", "-sS", "-i", "--http1.1", "--max-time", "40", *map(str, options), str(url)], capture_output=True)
        check(done.returncode == 0, f"curl {url}: {done.stderr.decode(errors='replace')}")
        (self.folder / f"{len(self.kept):03}.http").write_bytes(done.stdout)
        self.kept[f"{label} {url}"] = done.stdout
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:] if ": " in line)
        return int(head.split()[1]), headers, body

    def peer(self, path, *options, node=None, provider=None):
        """With the consuming node's own key at the provider's peer listener; trade at the farm unless said otherwise."""
        node, provider = node or self.world.trade, provider or self.world.farm
        return self.call("peer", f"https://127.0.0.1:{provider.peer_port}{path}", "-k", "--cert", node.keys / "tls.chain.pem", "--key",
                         node.keys / "tls.key", *options)

    def service(self, url, token, *options):
        return self.call("service", url, "--cacert", self.world.web_ca, "-H", f"Authorization: Bearer {token}", *options)


def start(root):
    world = World(kit.os.environ["SEKISHO"], kit.os.environ["SEKISHOD"], root / "world")
    steps_zones.run(world, Report())
    events.write(world.farm.folder / "events")
    observations.write(world.clinic.folder / "records")
    for node in (world.farm, world.trade, world.clinic):
        node.write_config()
        node.start()
    auditor, world.farm_audit_token = new_client(world, world.farm, "auditor", ["audit"])
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    researcher, world.researcher_token = new_client(world, world.farm, "researcher", ["data"])
    clinic_auditor, world.clinic_audit_token = new_client(world, world.clinic, "auditor", ["audit"])
    trade_auditor, world.trade_audit_token = new_client(world, world.trade, "auditor", ["audit"])
    world.farm.apply("offers.yaml", offers.farm(world.farm.folder / "events", 86400, 100, [auditor, researcher], unshaped=True))
    world.clinic.apply("offers.yaml", offers.clinic(world.clinic.folder / "records", [clinic_auditor], unshaped=True))
    world.trade.apply("clients.yaml", offers.clients_only([startup, trade_auditor]))
    return world


def post(document):
    return ["-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(document)]


def pull(recorder, dataset):
    """One agreement by the consumer's node, then its data straight from the provider's data plane, decrypted here."""
    world = recorder.world
    if dataset in (offers.OBSERVATIONS, offers.RAW_OBSERVATIONS):
        ends = {"node": world.farm, "provider": world.clinic}
        url, token = data_url(world, dataset, offers.RESEARCH, "clinic.eu.example", world.farm), world.researcher_token
    else:
        ends, url, token = {}, data_url(world, dataset), world.token
    status, headers, body = recorder.service(url, token)
    check(status == 200, f"{dataset}: {status} {body[:500]}")
    transfer, intent = headers["sekisho-transfer"], headers["sekisho-intent"]
    for options in ([], ["-H", "Accept-Encoding: gzip"], ["-H", "Sekisho-Evidence: reference"]):
        status, _, token = recorder.peer(f"/sekisho/v1/transfers/{transfer}/token", *post({}), **ends)
        check(status == 200, f"no token: {status} {token[:300]}")
        exchange = uuid7()
        status, _, data = recorder.peer(f"/data/{transfer}", "-H", f"Authorization: Bearer {json.loads(token)['token']}", "-H",
                                        f"Sekisho-Exchange: {exchange}", "-H", f"Sekisho-Intent: {intent}", *options, **ends)
        check(status == 200 and data, f"the data plane answers {status} {data[:300]}")
        recorder.peer(f"/sekisho/v1/exchanges/{exchange}/evidence?transfer={transfer}", **ends)
    return headers["sekisho-exchange"]


def everything_else(recorder, exchange):
    """Every other route that answers with something of an exchange or of the offers."""
    world = recorder.world
    recorder.peer("/.well-known/did.json")
    recorder.peer("/.well-known/dspace-version")
    recorder.peer("/dsp/2025-1/catalog/request", *post({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": "CatalogRequestMessage"}))
    recorder.peer(f"/dsp/2025-1/catalog/datasets/{offers.EVENTS}")
    recorder.peer(f"/sekisho/v1/exchanges/{exchange}/evidence")
    recorder.peer("/sekisho/v1/exchanges/not-an-id/evidence")
    for purpose, dataset in ((offers.MARKETING, offers.EVENTS), (offers.FOOD_SAFETY, "nothing")):
        recorder.service(data_url(world, dataset, purpose), world.token)
    recorder.service(f"{world.trade.url}/v1/catalog/farm.jp.example", world.token)
    recorder.service(f"{world.trade.url}/v1/exchanges/{exchange}", world.token)
    for node, token in ((world.farm, world.farm_audit_token), (world.trade, world.trade_audit_token), (world.clinic, world.clinic_audit_token)):
        for route in ("query", "export"):
            recorder.service(f"{node.url}/v1/audit/{route}", token, *post({"exchange": exchange}))
    bundle = world.root / "bundle.tar"
    world.sekisho("audit", "export", "--out", bundle, *from_nodes(world), "--dataset", offers.EVENTS)
    recorder.kept["bundle"] = bundle.read_bytes()


def databases(world):
    """Every key and value of the databases, decoded, and every file of the data folders as it lies there."""
    for node in (world.farm, world.trade, world.clinic):
        node.stop()
        rows = world.run(world.sekishod, "dump", node.config).stdout.splitlines()
        check(len(rows) > 20, f"the database of {node.dns} has only {len(rows)} rows")
        for n, row in enumerate(map(json.loads, rows)):
            for part, octets in (("key", bytes.fromhex(row["key"])), ("value", bytes.fromhex(row["value"])), ("text", base64.b64decode(row["text"]))):
                yield f"{node.dns} database {row['family']} row {n} {part}", octets
        for path in sorted(p for folder in (node.folder / "data", node.folder / "anchor") for p in ([folder] if folder.is_file() else folder.rglob("*"))):
            if path.is_file():
                yield str(path), path.read_bytes()
        yield str(node.log), node.log.read_bytes()


def self_test(search):
    """Each form is found where it is planted."""
    name = events.GROWERS[0].encode()
    digest = hashlib.sha256(name).digest()
    for form, octets in (("raw", name), ("hex", name.hex().encode()), ("base64", base64.b64encode(b"xy" + name + b"z")),
                         ("base64url", base64.urlsafe_b64encode(b"?" + name)), ("gzip", b"..." + gzip.compress(b"a" + name)), ("sha256", digest),
                         ("sha256 hex", digest.hex().encode()), ("sha256 base64", base64.b64encode(digest))):
        check(search.hits(form, b"\0before" + octets + b"after"), f"the search is blind to {form}")
    check(not search.hits("nothing", b"Yamada Hanak" + name.lower()), "the search sees what is not there")


def run(root):
    search = Search(NAMES)
    self_test(search)
    world = start(root)
    try:
        recorder = Recorder(world, "recorded")
        exchange = pull(recorder, offers.EVENTS)
        everything_else(recorder, exchange)
        pull(recorder, offers.OBSERVATIONS)
        sources = (world.farm.folder / "events/events.ndjson", world.clinic.folder / "records/observations.ndjson")
        control = [hit for path in sources for hit in search.hits("source", path.read_bytes())]
        check({name for _, name, _ in control} == set(NAMES), "the search does not find the names at the source")
        search.octets = search.places = 0
        found = [hit for place, octets in recorder.kept.items() for hit in search.hits(place, octets)]
        wire = search.octets, search.places
        for place, octets in databases(world):
            found += search.hits(place, octets)
        print(f"privacy: {search.octets} octets in {search.places} places ({wire[0]} on the wire in {wire[1]}), "
              f"{len(search.patterns)} patterns of {len(NAMES)} names, {len(found)} hits; {len(control)} at the source")
        check(not found, f"names got out: {found[:5]}")
        for node in (world.farm, world.trade, world.clinic):
            node.start()
        opened = Recorder(world, "unshaped")
        pull(opened, offers.UNSHAPED)
        pull(opened, offers.RAW_OBSERVATIONS)
        through = [hit for place, octets in opened.kept.items() for hit in search.hits(place, octets)]
        print(f"privacy: an offer without the drop lets {len(through)} through, as the search sees")
        check({name for _, name, _ in through} == set(NAMES), "the search does not see the names of the unshaped dataset")
    finally:
        world.stop_all()


if __name__ == "__main__":
    sys.exit(kit.main(run))
