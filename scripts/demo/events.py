"""EPCIS 2.0 cold-chain events of the demo, made here: one lot of strawberries with temperature readings and one breach,
and twenty other lots; and what became of that lot at the importer. One event a line (NDJSON). The grower's name is the
canary that must never leave the farm."""

import datetime
import json
import pathlib

LOT = "urn:epc:class:lgtin:4512345.012345.STRAWBERRY-2026-11"
GROWERS = ["Yamada Hanako", "Sato Ichiro", "Suzuki Kei"]
JAM = "urn:epc:class:lgtin:4098765.011111.JAM-2026-48"
SHOP = "urn:epc:id:pgln:4098765.00042"
START = datetime.datetime(2026, 11, 20, 4, 0, tzinfo=datetime.timezone.utc)


def event(lot, n, temperature, grower):
    at = START + datetime.timedelta(minutes=10 * n)
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{abs(hash_of(lot)) % 10**6:06d}{n:06d}",
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventTimeZoneOffset": "+09:00",
        "action": "OBSERVE",
        "bizStep": "transporting" if n else "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:4512345.00001.truck-7"},
        "quantityList": [{"epcClass": lot, "quantity": 240, "uom": "KGM"}],
        "sensorElementList": [
            {
                "sensorMetadata": {"time": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "deviceID": "urn:epc:id:giai:4512345.7"},
                "sensorReport": [{"type": "Temperature", "value": temperature, "uom": "CEL"}],
            }
        ],
        "grower": {"name": grower, "phone": "+81-90-0000-0000"},
    }


def hash_of(text):
    value = 5381
    for c in text:
        value = (value * 33 + ord(c)) % 2**31
    return value


def delivery(n, step, **more):
    at = START + datetime.timedelta(days=2, hours=3 * n)
    return {
        "eventID": f"urn:uuid:00000000-0000-4000-9000-{n:012d}", "eventTime": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "eventTimeZoneOffset": "+01:00", "bizStep": step, "readPoint": {"id": "urn:epc:id:sgln:4098765.00007.dock"},
    } | more


def deliveries():
    """The importer receives the lot, boils jam of half of it, and ships the jam to a shop."""
    def some(lot, amount):
        return [{"epcClass": lot, "quantity": amount, "uom": "KGM"}]

    yield delivery(0, "receiving", type="ObjectEvent", action="OBSERVE", quantityList=some(LOT, 240))
    yield delivery(1, "commissioning", type="TransformationEvent", inputQuantityList=some(LOT, 120), outputQuantityList=some(JAM, 90))
    yield delivery(2, "shipping", type="ObjectEvent", action="OBSERVE", quantityList=some(JAM, 90),
                   destinationList=[{"type": "possessing_party", "destination": SHOP}])


def write_deliveries(folder):
    """Trade's own file; answers its events."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(deliveries())
    (folder / "deliveries.ndjson").write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows))
    return len(rows)


def write(folder):
    """Writes the event files; answers (rows in all, rows of the lot)."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [event(LOT, n, 9.5 if n == 5 else 3.0 + (n % 4) * 0.2, GROWERS[0]) for n in range(12)]
    own = len(rows)
    for i in range(20):
        lot = f"urn:epc:class:lgtin:4512345.012345.LOT-{i:02d}"
        rows += [event(lot, n, 4.0, GROWERS[1 + i % 2]) for n in range(6)]
    with open(folder / "events.ndjson", "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
    return len(rows), own
