"""The example manifests of agriculture, of a store behind OAuth 2.0 and of EPCIS, read against started servers: what our connector
reads is what the source gives by its own means, whole and in two halves."""

import json
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from connector import Source, Table  # noqa: E402
import epcis_stub  # noqa: E402
import hub as stand_in  # noqa: E402
import parcels  # noqa: E402
import servers  # noqa: E402

HUB = {"hub-id": "farm-client", "hub-secret": "stand-in-secret"}
ROWS = 1234


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def hub_harvests(root, table):
    held = [stand_in.harvest(i) for i in range(ROWS)]
    with servers.hub("--rows", str(ROWS)) as hub:
        source = Source(root, "hub-harvests", {"https://hub.example": hub.url}, HUB)
        source.answers()
        table.row(source, "harvests", held, lambda r: json.dumps(r, sort_keys=True))
        table.row(source, "harvests-of-spinach", [h for h in held if h["CropName"] == "Spinach"], lambda r: r["HarvestId"])
        rows = table.row(source, "harvests-as-table", held, lambda r: r["HarvestId"])
        kit.check(rows[0]["FarmerName"] == "農家 000000" and rows[1]["QuantityKg"] == "23.7", f"the table's first rows: {rows[:2]}")
        table.row(source, "harvests-by-job", held, lambda r: r["HarvestId"])
        jobs = get(f"{hub.url}/stand-in/counts")["async"]
        kit.check(jobs > 0, "the hub was given no order")
        before = get(f"{hub.url}/stand-in/counts")["token"]
        source.read("harvests")
        kit.check(get(f"{hub.url}/stand-in/counts")["token"] == before + 1, "one reading of seven pages asks for one token")
        empty = Source(root, "hub-harvests", {"https://hub.example": hub.url}, HUB,
                       lambda m: m["streams"][0].update(path="/API/Private/Empty/OData?$top=200"))
        kit.check(empty.read("harvests") [0] == [], "404 of a list is not empty")
        wrong = Source(root, "hub-harvests", {"https://hub.example": hub.url}, HUB | {"hub-secret": "wrong"})
        print("   wrong secret:", wrong.refused("harvests"))
        bad = Source(root, "hub-harvests", {"https://hub.example": hub.url}, HUB,
                     lambda m: m["streams"][0].update(path="/API/Private/Harvest/OData?$filter=what&$top=5"))
        print("   bad filter:  ", bad.refused("harvests"))


def hub_fields(root, table):
    held = [stand_in.field(i) for i in range(500)]
    box = [f for f in held if 35.0 <= f["Latitude"] <= 35.011 and 139.0 <= f["Longitude"] <= 139.021]
    with servers.hub("--token-seconds", "1") as hub:
        source = Source(root, "hub-fields", {"https://hub.example": hub.url}, HUB)
        source.answers()
        table.row(source, "fields", held, lambda r: json.dumps(r, sort_keys=True))
        table.row(source, "fields-in-a-box", box, lambda r: r["FieldId"])
        table.row(source, "field-polygons", [stand_in.feature(f) for f in held], lambda r: json.dumps(r, sort_keys=True))

        def slow(manifest):
            manifest["rate"]["per_second"] = 4
            manifest["streams"][0]["path"] = "/API/Public/FieldPolygon/OData?$top=50"

        before = get(f"{hub.url}/stand-in/counts")["token"]
        rows, _ = Source(root, "hub-fields", {"https://hub.example": hub.url}, HUB, slow).read("fields")
        tokens = get(f"{hub.url}/stand-in/counts")["token"] - before
        kit.check(len(rows) == 500 and tokens > 1, f"{len(rows)} fields, {tokens} tokens")
        print(f"   tokens of one second: {tokens} in one reading of ten pages, nothing lost")


def ogc(root, table):
    made = parcels.write(root / "parcels.geojson")
    with servers.mapserver(root / "parcels.geojson") as server:
        held = get(f"{server.features}?f=json&limit=1000")["features"]
        kit.check(len(held) == len(made), f"MapServer holds {len(held)} of {len(made)}")
        box = get(f"{server.features}?f=json&limit=1000&bbox=139.0,35.0,139.021,35.001")["features"]
        source = Source(root, "ogc-parcels", {"https://maps.example": server.url})
        source.answers()
        table.row(source, "parcels", held, lambda r: json.dumps(r, sort_keys=True))
        table.row(source, "parcels-in-a-box", box, lambda r: r["id"])


def behind_tokens(root, table):
    files = root / "store"
    files.mkdir(mode=0o755)
    readings = [{"id": f"r{i}", "device": f"d{i % 7}", "celsius": i % 12 / 2} for i in range(5000)]
    devices = [{"id": f"d{i}", "model": "T-1"} for i in range(7)]
    (files / "readings.ndjson").write_text("".join(json.dumps(r) + "\n" for r in readings))
    (files / "devices.json").write_text(json.dumps({"devices": devices}))
    with servers.nginx(files) as store, servers.oidc([servers.secret_client("node", "s3cret/of the test"), servers.guard_client()]) as auth:
        with servers.guard(store, auth) as door:
            hosts = {"https://api.example": door.url, "https://auth.example": auth.url}
            source = Source(root, "oidc-readings", hosts, {"api-secret": "s3cret/of the test"})
            source.answers()
            table.row(source, "readings", readings, lambda r: r["id"])
            table.row(source, "devices", devices, lambda r: r["id"])
            wrong = Source(root, "oidc-readings", hosts, {"api-secret": "wrong"})
            print("   wrong secret:", wrong.refused("readings"))


def epcis(root, table):
    events = epcis_stub.events()
    with servers.wiremock(epcis_stub.query_stubs(events, page=20, key="k3y-of-the-test")) as server:
        source = Source(root, "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": "k3y-of-the-test"})
        source.answers()
        table.row(source, "events", events, lambda r: json.dumps(r, sort_keys=True))
        table.row(source, "shipping", [e for e in events if epcis_stub.step(e) == "shipping"], lambda r: json.dumps(r, sort_keys=True))
        wrong = Source(root, "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": "wrong"})
        print("   wrong key:   ", wrong.refused("events"))


def run(root):
    kit.parts(root, Table(), hub_harvests, hub_fields, ogc, behind_tokens, epcis)


if __name__ == "__main__":
    sys.exit(kit.main(run))
