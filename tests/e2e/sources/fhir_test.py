"""FHIR through two foreign servers: Synthea's resources are stored one by one in HAPI and in Medplum, and our connector reads them by
search, page by page, and as Bundles: resource for resource what the server holds, and valid FHIR."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from client_key import ClientKey  # noqa: E402
from connector import Source  # noqa: E402
import fhir_data  # noqa: E402
import fhir_valid  # noqa: E402
import servers  # noqa: E402
import test_data  # noqa: E402

MEDPLUM_STREAMS = {
    "Patient": "patients", "Observation": "observations", "Encounter": "finished-encounters", "Condition": "conditions",
    "Immunization": "immunizations", "Procedure": "procedures", "DiagnosticReport": "diagnostic-reports", "Claim": "claims",
    "MedicationRequest": "medication-requests", "ExplanationOfBenefit": "benefits", "CarePlan": "care-plans", "CareTeam": "care-teams",
    "Organization": "organizations", "Practitioner": "practitioners",
}


def named(resource):
    return f"{resource['resourceType']}/{resource['id']}"


def content(resource):
    """Without what a server adds, numbers by value."""
    return {k: v for k, v in resource.items() if k not in ("meta", "text")}


def compare(source, streams, items, halves):
    """Every type by its stream, whole and, where there are pages, in halves; answers the records."""
    found = []
    for kind, some in fhir_data.by_type(items).items():
        records = source.read_all(streams[kind]) if halves else source.read(streams[kind])[0]
        mine = {named(r): content(r) for r in records}
        held = {named(r): content(r) for r in some}
        kit.check(len(mine) == len(records), f"{source.name}/{kind}: a resource came twice")
        kit.check(mine.keys() == held.keys(), f"{source.name}/{kind}: {len(mine)} of {len(held)} resources")
        changed = [name for name in held if mine[name] != held[name]]
        kit.check(not changed, f"{source.name}: other content in {changed[:3]}")
        found += records
    return found


def row(server, what, loaded, records):
    valid, invalid = fhir_valid.judge(records)
    print(f"{server:<10} {what:<34} {loaded:>6} {len(records):>6} {valid:>6}", flush=True)
    kit.check(not invalid, f"not valid FHIR: {invalid[:3]}")


def hapi(root):
    items = fhir_data.resources()
    with servers.hapi(list(fhir_data.by_type(items))) as server:
        loaded = fhir_data.load(server.base, items)
        source = Source(root, "fhir-hapi", {"https://clinic.example": server.url})
        source.answers()
        found = compare(source, {kind: kind for kind in fhir_data.by_type(items)}, items, halves=True)
        row("HAPI", "search, 50 a page, every type", loaded, found)


def medplum(root):
    items = fhir_data.resources()
    key = ClientKey(root / "clinic.pem")
    clients = [key.client("clinic-node") | {"scope": "system/*.rs"}, servers.guard_client()]
    with servers.medplum() as server, servers.oidc(clients) as auth, servers.guard(server, auth) as door:
        loaded = fhir_data.load(server.base, items)
        hosts = {"https://clinic.example": door.url, "https://auth.example": auth.url}
        source = Source(root, "fhir-medplum", hosts, {"clinic-key": key.path.read_text()})
        source.answers()
        found = compare(source, MEDPLUM_STREAMS, items, halves=False)
        row("Medplum", "search behind an ES384 assertion", loaded, found)
        of = fhir_data.by_type(items)
        heights = [o for o in of["Observation"] if any(c["code"] == "8302-2" for c in o["code"]["coding"])]
        women = [p for p in of["Patient"] if p["gender"] == "female"]
        for stream, held in (("women", women), ("body-heights", heights)):
            records, _ = source.read(stream)
            kit.check({named(r) for r in records} == {named(r) for r in held}, f"{stream}: {len(records)} of {len(held)}")
            print(f"{'Medplum':<10} {'search parameter: ' + stream:<34} {len(held):>6} {len(records):>6}", flush=True)
        other = ClientKey(root / "other.pem")
        wrong = Source(root, "fhir-medplum", hosts, {"clinic-key": other.path.read_text()})
        print("   another key:", wrong.refused("patients"))


def bundles(root):
    """Bundles as files, resource by resource: Synthea's own, which say no next link, and one whose next link leads to another host."""
    folder = test_data.folder("fhir")
    names = sorted(p.name for p in folder.glob("*.json"))
    served = root / "bundles"
    served.mkdir(mode=0o755)
    for name in names:
        (served / name).write_bytes((folder / name).read_bytes())
    astray = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "http://other.example/fhir?page=2"}],
              "entry": [{"resource": {"resourceType": "Patient", "id": "p1"}}]}
    (served / "astray.json").write_text(json.dumps(astray))
    with servers.nginx(served) as server:
        source = Source(root, "fhir-hapi", {"https://clinic.example": server.url}, change=lambda m: m.update(streams=[
            {"name": name, "path": f"/{name}"} for name in [*names, "astray.json"]]))
        held = [e["resource"] for name in names for e in json.loads((folder / name).read_text())["entry"]]
        records = [r for name in names for r in source.read(name)[0]]
        kit.check(records == held, f"{len(records)} of {len(held)} resources, or others")
        row("nginx", f"{len(names)} Bundles as files", len(held), records)
        print("   a next link to another host:", source.refused("astray.json"))


def run(root):
    print(f"{'server':<10} {'read':<34} {'held':>6} {'out':>6} {'valid':>6}", flush=True)
    kit.parts(root, hapi, medplum, bundles)


if __name__ == "__main__":
    sys.exit(kit.main(run))
