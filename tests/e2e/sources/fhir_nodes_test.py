"""FHIR across a border: a clinic's node reads HAPI and Medplum and offers each resource type by the preset fhir-deidentify@1; a
researcher's node in another zone pulls them. No identifier of the source is in what came or in anything that either node kept, and
everything that came is valid FHIR R4. Agreements are apart: the same resource has another pseudonym in each."""

import base64
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402
from search import gunzipped, patterns  # noqa: E402

from client_key import ClientKey  # noqa: E402
from connector import EXAMPLES  # noqa: E402
import fhir_data  # noqa: E402
import fhir_valid  # noqa: E402
import offers  # noqa: E402
from report import Report  # noqa: E402
import servers  # noqa: E402
import steps_zones  # noqa: E402
from steps_exchange import call, new_client  # noqa: E402
from world import World  # noqa: E402

PRESET = {"preset": "fhir-deidentify@1"}
NO_WORDS = {"Male", "Female", "Home", "Boston", "Massachusetts"}


class Finder:
    """Every identifier as it stands; those of the patients in the ways in which they might hide, too (search.py). Octets are searched once
    for each pattern: there are thousands, and an alternation of so many is slow."""

    def __init__(self, names, deep):
        self.patterns = sorted({(n, "raw", n.encode()) for n in names} | set(patterns(deep)))

    def hits(self, octets):
        """{(name, form)}"""
        whole = b"\n".join([octets, *gunzipped(octets)])
        return {(name, form) for name, form, pattern in self.patterns if pattern in whole}


def identifiers(items):
    """What names a person, a place of care or a record in the source: ids, identifier values, names, telecoms, streets, exact dates."""
    found = set()

    def walk(value, name=""):
        if isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, str) and len(inner) >= 5:
                    if key == "postalCode":  # five digits alone may be part of a code
                        found.add(f'"{inner}"')
                    if (key == "id" and len(inner) == 36) or (key == "value" and name in ("identifier", "telecom")) or key in ("family", "birthDate"):
                        found.add(inner)
                    if key == "display" and name in ("subject", "patient", "individual", "serviceProvider", "provider", "performer", "asserter"):
                        found.add(inner)
                walk(inner, key)
        elif isinstance(value, list):
            for inner in value:
                if isinstance(inner, str) and name in ("given", "line") and len(inner) >= 5:
                    found.add(inner)
                walk(inner, name)

    for item in items:
        walk(item)
        if item["resourceType"] == "Organization":
            found.add(item["name"])
    return {f for f in found if f not in NO_WORDS}


def sources(prefix, manifest, hosts, kinds, path):
    text = (EXAMPLES / manifest).read_text()
    for host, url in hosts.items():
        text = text.replace(host, url)
    whole = json.loads(text)
    return [{"name": f"{prefix}-{kind}", "manifest": whole | {"streams": [{"name": kind, "path": path(kind)}]}} for kind in kinds]


def objects(made, view):
    year = 365 * 86400
    names = [s["name"] for s in made]
    return json.dumps({
        "sources": made,
        "datasets": [{"id": n, "title": n, "source": n, "media": "application/x-ndjson", "view": view} for n in names],
        "offers": [{"id": f"offer-{n}", "dataset": n, "policy": offers.policy(offers.stamp(year), 1000)} for n in names],
    })


def start(root, egress, secrets):
    world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
    steps_zones.run(world, Report())
    for node in (world.farm, world.trade):
        node.write_config()
        if node is world.farm:
            node.config.write_text(node.config.read_text() + "egress: " + json.dumps(egress) + "\n")
            (node.folder / "secrets").mkdir(mode=0o700)
            for name, value in secrets.items():
                (node.folder / "secrets" / name).write_text(value)
        node.start()
    startup, world.token = new_client(world, world.trade, "researcher", ["data"])
    world.trade.apply("clients.yaml", offers.clients_only([startup]))
    return world


def pull(world, name):
    status, headers, body = call(world, name)
    kit.check(status == 200 and "sekisho-agreement" in headers, f"{name}: {status} {body[:600]!r}")
    return [json.loads(line) for line in body.decode().splitlines()], body


def kept(world):
    """Every key and value of both databases, decoded, and every file of both data folders and logs."""
    for node in (world.farm, world.trade):
        node.stop()
        for row in map(json.loads, world.run(world.sekishod, "dump", node.config).stdout.splitlines()):
            yield bytes.fromhex(row["key"]) + b"\n" + bytes.fromhex(row["value"]) + b"\n" + base64.b64decode(row["text"])
        for path in [node.log, *(p for p in (node.folder / "data").rglob("*") if p.is_file())]:
            yield path.read_bytes()


def row(server, held, came, found, valid):
    print(f"{server:<8} {held:>12} {came:>13} {found:>18} {valid:>10}", flush=True)


def one_server(world, finder, server, kinds, held):
    records, octets = [], b""
    for kind in kinds:
        some, body = pull(world, f"{server.lower()}-{kind}")
        records, octets = records + some, octets + body
    hits = finder.hits(octets)
    valid, invalid = fhir_valid.judge(records)
    row(server, held, len(records), len({name for name, _ in hits}), valid)
    kit.check(not hits, f"identifiers came out: {sorted(hits)[:5]}")
    kit.check(not invalid, f"not valid FHIR: {json.dumps(invalid[:2])[:1500]}")
    kit.check(len(records) == held, f"{len(records)} of {held} resources came")
    return records


def linked(records):
    """Every reference within what came leads to a resource that came."""
    known = {f"{r['resourceType']}/{r['id']}" for r in records}
    kinds = {k.partition("/")[0] for k in known}
    count = lost = 0

    def walk(value):
        nonlocal count, lost
        if isinstance(value, dict):
            reference = value.get("reference")
            if isinstance(reference, str) and reference.partition("/")[0] in kinds:
                count += 1
                lost += reference not in known
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for record in records:
        walk(record)
    return count, lost


def run(root):
    items = fhir_data.resources()
    kinds = list(fhir_data.by_type(items))
    names = identifiers(items)
    patients = identifiers([i for i in items if i["resourceType"] == "Patient"])
    finder = Finder(names, patients)
    control = {n for n, _ in finder.hits("\n".join(json.dumps(i, ensure_ascii=False) for i in items).encode())}
    kit.check(control == names, f"the search does not find {sorted(names - control)[:5]} at the source")
    key = ClientKey(root / "clinic.pem")
    clients = [key.client("clinic-node") | {"scope": "system/*.rs"}, servers.guard_client()]
    with servers.hapi(kinds) as hapi, servers.medplum() as medplum, servers.oidc(clients) as auth, servers.guard(medplum, auth) as door:
        loaded = {s.name: fhir_data.load(s.base, items) for s in (hapi, medplum)}
        made = sources("hapi", "fhir-hapi.json", {"https://clinic.example": hapi.url}, kinds, lambda k: f"/fhir/{k}?_count=50")
        hosts = {"https://clinic.example": door.url, "https://auth.example": auth.url}
        made += sources("medplum", "fhir-medplum.json", hosts, kinds, lambda k: f"/fhir/{k}?_count=1000")
        world = start(root, [s.url.removeprefix("http://") for s in (hapi, door, auth)], {"clinic-key": key.path.read_text()})
        try:
            world.farm.apply("clinic.yaml", objects(made, PRESET))
            print(f"{'server':<8} {'resources in':>12} {'resources out':>13} {'identifiers found':>18} {'FHIR-valid':>10}")
            first = one_server(world, finder, "HAPI", kinds, loaded["hapi"])
            second = one_server(world, finder, "Medplum", kinds, loaded["medplum"])
            ids = [{r["id"] for r in some} for some in (first, second)]
            kit.check(not ids[0] & ids[1], "a pseudonym is the same in two agreements")
            count, lost = linked(first)
            kit.check(count > 0, "no reference is left")
            print(f"{len(names)} identifiers looked for in {len(finder.patterns)} forms, each found at the source; no pseudonym is in two agreements")
            places = list(kept(world))
            octets = b"\n".join(places)
            # "Block" is a patient's family name and a word of RocksDB's settings file.
            found = Finder(set(), patients - {"Block"}).hits(octets)
            kit.check(len(places) > 100, f"only {len(places)} places were searched")
            print(f"databases, logs and files of both nodes: {len(octets)} octets in {len(places)} places, {len(found)} identifiers of patients")
            kit.check(not found, f"identifiers were kept: {sorted(found)[:5]}")
        finally:
            world.stop_all()


if __name__ == "__main__":
    sys.exit(kit.main(run))
