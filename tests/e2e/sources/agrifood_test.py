"""Fields and harvests of a hub as NGSI-LD entities: the mapping stands in the manifest, the node checks what leaves against the Smart
Data Models' schemas, and npm ajv judges what arrived. A parcel whose area the hub does not know fits no schema: it stays at home by a
row of the view, or the whole release stops with a stable code; so it does when the source's schema changes."""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from connector import EXAMPLES, Source  # noqa: E402
import hub as stand_in  # noqa: E402
import offers  # noqa: E402
from report import Report  # noqa: E402
import servers  # noqa: E402
import steps_zones  # noqa: E402
from steps_exchange import call, new_client  # noqa: E402
import test_data  # noqa: E402
from world import World, problem  # noqa: E402

HUB = {"hub-id": "farm-client", "hub-secret": "stand-in-secret"}
ROWS = 300
FIELDS = {"": "keep", "/ownedBy": "drop", "/hasOperator": "drop"}
WITH_AREA = [{"pointer": "/area", "op": "neq", "value": None}]


def load(path):
    return json.loads(path.read_text())


def schema(model):
    folder = test_data.folder("agrifood")
    return {"document": load(folder / model / "schema.json"), "with": {
        "https://smart-data-models.github.io/data-models/common-schema.json": load(folder / "common-schema.json"),
        "https://smart-data-models.github.io/dataModel.Agrifood/agrifood-schema.json": load(folder / "agrifood-schema.json")}}


def judged_by_ajv(model, records):
    """How many ajv calls valid."""
    import ajv_test

    whole = schema(model)
    lines = [{"start": "2020-12"}, *({"add": u, "document": d} for u, d in whole["with"].items()), {"compile": whole["document"]},
             *({"judge": r} for r in records)]
    said = ajv_test.judge(servers.node_command("ajv_judge.mjs", among="ajv"), "".join(json.dumps(line) + "\n" for line in lines))
    kit.check(said[0] == "compiled", f"ajv: {said[0]}")
    return said[1:].count("valid")


def source(hub, name, stream, change=None):
    manifest = json.loads((EXAMPLES / f"{name}.json").read_text().replace("https://hub.example", hub.url))
    one = next(s for s in manifest["streams"] if s["name"] == stream)
    if change:
        change(one)
    return manifest | {"streams": [one]}


def objects(hub):
    def without_crop(stream):
        del stream["map"]["hasAgriCrop"]

    def other_kind(stream):
        stream["map"]["quantity"] = {"$text": "{/QuantityKg} kg"}

    parcels, operations = schema("AgriParcel"), schema("AgriParcelOperation")
    made = {
        "parcels": (source(hub, "hub-fields", "agri-parcels"), WITH_AREA, parcels),
        "operations": (source(hub, "hub-harvests", "agri-operations"), [], operations),
        "without-area": (source(hub, "hub-fields", "agri-parcels"), [], parcels),
        "without-crop": (source(hub, "hub-fields", "agri-parcels", without_crop), WITH_AREA, parcels),
        "another-kind": (source(hub, "hub-harvests", "agri-operations", other_kind), [], operations),
        "another-model": (source(hub, "hub-harvests", "agri-operations"), [], parcels),
    }
    year = 365 * 86400
    return json.dumps({
        "sources": [{"name": n, "manifest": m} for n, (m, _, _) in made.items()],
        "datasets": [{"id": n, "title": n, "source": n, "media": "application/x-ndjson", "view": {"rows": rows, "fields": FIELDS}, "schema": s}
                     for n, (_, rows, s) in made.items()],
        "offers": [{"id": f"offer-{n}", "dataset": n, "policy": offers.policy(offers.stamp(year), 100)} for n in made],
    })


def mapped(root, hub):
    """The connector alone: what it writes has the members that the mapping says."""
    parcels, _ = Source(root, "hub-fields", {"https://hub.example": hub.url}, HUB).read("agri-parcels")
    operations, _ = Source(root, "hub-harvests", {"https://hub.example": hub.url}, HUB).read("agri-operations")
    kit.check(len(parcels) == 500 and len(operations) == ROWS, f"{len(parcels)} parcels, {len(operations)} operations")
    kit.check(parcels[7]["location"]["type"] == "Polygon" and parcels[7]["category"] == "lowland", f"{parcels[7]}")
    kit.check(operations[0]["description"] == "Harvest of Spinach, lot LOT-00000", f"{operations[0]}")
    return len(parcels), len(operations)


def start(root, hub):
    world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
    steps_zones.run(world, Report())
    for node in (world.farm, world.trade):
        node.write_config()
        if node is world.farm:
            node.config.write_text(node.config.read_text() + f'egress: ["127.0.0.1:{hub.port}"]\n')
            (node.folder / "secrets").mkdir(mode=0o700)
            for name, value in HUB.items():
                (node.folder / "secrets" / name).write_text(value)
        node.start()
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    world.trade.apply("clients.yaml", offers.clients_only([startup]))
    world.farm.apply("offers.yaml", objects(hub))
    return world


def good(world, name, model, wanted):
    status, headers, body = call(world, name)
    kit.check(status == 200 and "sekisho-agreement" in headers, f"{name}: {status} {body[:800]!r}")
    records = [json.loads(line) for line in body.decode().splitlines()]
    kit.check(len(records) == wanted and b"urn:ngsi-ld:Person" not in body, f"{name}: {len(records)} of {wanted}")
    valid = judged_by_ajv(model, records)
    print(f"{model:<20} {wanted:>4} left by our validator, {valid:>4} valid by ajv, no person among them", flush=True)
    kit.check(valid == wanted, f"{name}: ajv calls {valid} of {wanted} valid")


def stopped(world, name, why):
    status, headers, body = call(world, name)
    told = problem(body)
    code = told["help"]["peer_code"] if told["code"] == "PEER_REFUSED" else told["code"]
    print(f"{name:<20} {status} {code}: {why}", flush=True)
    kit.check((status, code) == (502, "VIEW_ERROR") and b"AgriParcel" not in body, f"{name}: {body[:800]!r}")


def refused_at_apply(world):
    """A schema that refers to what nobody gave is refused when it is declared."""
    alone = schema("AgriParcel")
    del alone["with"]
    wrong = {"datasets": [{"id": "parcels", "source": "parcels", "media": "application/x-ndjson", "schema": alone}]}
    path = world.farm.folder / "wrong.yaml"
    path.write_text(json.dumps(wrong))
    done = world.run(world.sekisho_program, "apply", "-f", path, "--socket", world.farm.socket, expect=None)
    kit.check(done.returncode != 0 and "JSON_SHAPE" in done.stdout + done.stderr, f"{done.returncode} {done.stdout} {done.stderr}")
    print("a schema with a reference to nowhere: refused by apply, JSON_SHAPE")


def run(root):
    test_data.folder("agrifood")  # skipped here, before nodes run that nobody would end
    with servers.hub("--rows", str(ROWS)) as hub:
        print("mapped by the connector: {} fields, {} harvests".format(*mapped(root, hub)))
        world = start(root, hub)
        try:
            known = sum(1 for i in range(500) if stand_in.field(i)["Area"] is not None)
            good(world, "parcels", "AgriParcel", known)
            good(world, "operations", "AgriParcelOperation", ROWS)
            stopped(world, "without-area", "ten fields have no area, which the model requires")
            stopped(world, "without-crop", "the model requires hasAgriCrop")
            stopped(world, "another-kind", "a text where the model has a number")
            stopped(world, "another-model", "operations offered as parcels")
            refused_at_apply(world)
            good(world, "operations", "AgriParcelOperation", ROWS)
        finally:
            world.stop_all()


if __name__ == "__main__":
    sys.exit(kit.main(run))
