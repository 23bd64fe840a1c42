"""EPCIS 2.0, both ways: GS1's example documents are captured by `sekisho connector capture` into a repository (a stand-in, none can be
had) and read back by the query client, event for event."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from connector import Source  # noqa: E402
import servers  # noqa: E402
import test_data  # noqa: E402

KEY = "k3y-of-the-test"


def capture(source, path, *more):
    code, out, err = source.run("capture", "--document", path, *more)
    return code, json.loads(out.splitlines()[0]), err


def run(root):
    with servers.epcis_repository(KEY) as server:
        source = Source(root, "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": KEY})
        sent, refused = [], []
        paths = sorted((test_data.folder("epcis/gs1") / "JSON").rglob("*.jsonld"))
        for path in paths:
            document = json.loads(path.read_text())
            code, told, _ = capture(source, path)
            if code == 0:
                kit.check(told["success"] and told["events"] == len(document["epcisBody"]["eventList"]), f"{path.name}: {told}")
                sent += document["epcisBody"]["eventList"]
            else:
                refused.append(f"{path.name}: {told['code']}")
        print(f"{len(paths)} documents of GS1: {len(paths) - len(refused)} captured with {len(sent)} events; not sent: {'; '.join(refused)}")
        kit.check(len(refused) <= 2, "too many documents were not sent")
        read = source.read_all("events")
        kit.check(read == sent, f"{len(read)} events came back of {len(sent)}")
        print(f"{len(read)} events read back in pages of 20, equal to what was captured")
        bad = root / "bad.json"
        good = {"type": "ObjectEvent", "eventTime": "2026-01-01T00:00:00Z", "eventTimeZoneOffset": "+00:00", "action": "OBSERVE", "epcList": ["urn:epc:id:sgtin:4012345.011111.1"]}
        document = {"@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type": "EPCISDocument", "schemaVersion": "2.0",
                    "creationDate": "2026-01-01T00:00:00Z", "epcisBody": {"eventList": [good, {k: v for k, v in good.items() if k != "eventTime"}]}}
        bad.write_text(json.dumps(document))
        code, told, _ = capture(source, bad)
        kit.check(code != 0 and told["code"] == "JSON_SHAPE", f"an event without a time: {told}")
        (root / "wrong").mkdir()
        wrong = Source(root / "wrong", "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": "wrong"})
        code, told, err = capture(wrong, paths[0])
        kit.check(code != 0 and told["code"] == "SOURCE_FAILED" and "wrong" not in err, f"a wrong key: {told} {err}")
        kit.check(source.read_all("events") == sent, "what was refused left something behind")
        print("an event without a time: JSON_SHAPE, nothing sent; a wrong key: SOURCE_FAILED")


if __name__ == "__main__":
    sys.exit(kit.main(run))
