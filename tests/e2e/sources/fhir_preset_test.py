"""The preset fhir-deidentify@1 over all Synthea resources: what comes out is valid FHIR R4 by the official JSON schema, every reference
that named a resource still names one, and nothing that tells a person is in it (policy_test searches more closely)."""

import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

import fhir_data  # noqa: E402
import fhir_valid  # noqa: E402

# Types that Synthea's bundles do not have, each with what the preset must take away and what R4 requires.
OTHERS = [
    {"resourceType": "Provenance", "id": "a", "target": [{"reference": "Patient/p1", "display": "Sato"}], "recorded": "2015-02-07T13:28:17.239+02:00",
     "agent": [{"who": {"display": "Dr. Ito"}}]},
    {"resourceType": "AllergyIntolerance", "id": "b", "category": ["food"], "patient": {"display": "Sato"}, "code": {"text": "nuts"},
     "reaction": [{"manifestation": [{"text": "hives"}], "onset": "2011-04-20", "description": "Sato fell"}]},
    {"resourceType": "ImagingStudy", "id": "c", "status": "available", "subject": {"reference": "Patient/p1"}, "started": "2011-04-20T10:00:00Z",
     "series": [{"uid": "1.2.3", "modality": {"system": "s", "code": "CT"}, "instance": [{"uid": "1.2.3.4", "sopClass": {"code": "c"}, "title": "Sato"}]}]},
    {"resourceType": "Coverage", "id": "d", "status": "active", "beneficiary": {"reference": "Patient/p1"}, "payor": [{"display": "Acme"}],
     "class": [{"type": {"coding": [{"code": "group"}]}, "value": "G-7", "name": "Acme"}]},
    {"resourceType": "MedicationAdministration", "id": "e", "status": "completed", "medicationCodeableConcept": {"text": "x"},
     "subject": {"display": "Sato"}, "effectiveDateTime": "2011-04-20", "dosage": {"text": "Sato", "dose": {"value": 2, "unit": "mg"}}},
    {"resourceType": "Medication", "id": "f", "code": {"coding": [{"code": "1"}]}, "ingredient": [{"itemCodeableConcept": {"text": "Sato's"}}]},
    {"resourceType": "PractitionerRole", "id": "g", "practitioner": {"display": "Dr. Ito"}, "code": [{"coding": [{"code": "1"}]}]},
    {"resourceType": "Location", "id": "h", "name": "Room of Sato", "status": "active", "address": {"city": "Kyoto"}},
    {"resourceType": "Device", "id": "i", "serialNumber": "S1", "patient": {"reference": "Patient/p1"}, "type": {"coding": [{"code": "1"}]}},
    {"resourceType": "ServiceRequest", "id": "j", "status": "active", "intent": "order", "subject": {"display": "Sato"}, "note": [{"text": "Sato"}]},
    {"resourceType": "Specimen", "id": "k", "receivedTime": "2011-04-20T10:00:00Z", "accessionIdentifier": {"value": "A1"},
     "collection": {"collectedDateTime": "2011-04-20", "quantity": {"value": 1}}},
    {"resourceType": "CarePlan", "id": "l", "status": "active", "intent": "plan", "subject": {"reference": "Patient/p1"},
     "activity": [{"reference": {"reference": "ServiceRequest/j"}}, {"detail": {"status": "completed", "description": "of Sato"}}]},
]


def shape(root, items, agreement):
    view = root / "view.json"
    view.write_text('{"preset": "fhir-deidentify@1"}')
    lines = "".join(json.dumps(r) + "\n" for r in items)
    ran = subprocess.run([os.environ["SHAPE_VIEW"], view, agreement], input=lines, capture_output=True, text=True, timeout=60)
    kit.check(ran.returncode == 0, f"not shaped: {ran.stderr}")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def references(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "reference" and isinstance(inner, str):
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def run(root):
    items = fhir_data.resources()
    out = shape(root, items, "one")
    kit.check(len(out) == len(items), f"{len(out)} of {len(items)} resources came out")
    others = shape(root, OTHERS, "one")
    kit.check(len(others) == len(OTHERS), f"{len(others)} of {len(OTHERS)} other resources came out")
    text = json.dumps(out) + json.dumps(others)
    words = {r["id"] for r in items} | {n["family"] for r in items if r["resourceType"] == "Patient" for n in r["name"]} | {"Sato", "Ito", "Acme", "Kyoto"}
    found = [w for w in words if len(w) > 2 and w in text]
    kit.check(not found, f"identifiers in what came out: {found[:5]}")
    known = {f"{r['resourceType']}/{r['id']}" for r in out}
    named = [ref for r in out for ref in references(r) if not ref.startswith("#")]
    dangling = [ref for ref in named if ref not in known]
    kit.check(not dangling, f"references that name nothing: {dangling[:5]}")
    again = shape(root, items[:50], "two")
    kit.check(not {r["id"] for r in again} & {r["id"] for r in out}, "pseudonyms are shared between agreements")
    valid, invalid = fhir_valid.judge(out + others)
    print(f"{len(items)} Synthea resources and {len(OTHERS)} of other types in, {len(out) + len(others)} out; identifiers found {len(found)}; "
          f"{len(named)} references, all resolve; valid FHIR R4: {valid} of {len(out) + len(others)}")
    kit.check(not invalid, f"not valid FHIR: {invalid[:3]}")


if __name__ == "__main__":
    sys.exit(kit.main(run))
