"""EPCIS 2.0, both ways: GS1's example documents are captured by `sekisho connector capture` into a repository (a stand-in, none can be
had) and read back by the query client, event for event."""

import json
import pathlib
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from connector import Source  # noqa: E402
import servers  # noqa: E402
import test_data  # noqa: E402

KEY = "k3y-of-the-test"


def capture(source, path, *more):
    code, out, err = source.run("capture", "--document", path, *more)
    return code, json.loads(out.splitlines()[0]), err


HEAD = {"Content-Type": "application/json"}
DONE = {"status": 200, "headers": HEAD, "jsonBody": {"running": False, "success": True, "errors": []}}
# name -> (the answer to the capture, that to the job, the code)
ANSWERS = {
    "201 instead of 202": ({"status": 201, "headers": {"Location": "/job"}}, DONE, "SOURCE_FAILED"),
    "no job": ({"status": 202}, DONE, "SOURCE_FAILED"),
    "a job at another host": ({"status": 202, "headers": {"Location": "http://localhost:9/job"}}, DONE, "SOURCE_FAILED"),
    "a job at another host, by //": ({"status": 202, "headers": {"Location": "//localhost:9/job"}}, DONE, "SOURCE_FAILED"),
    "413": ({"status": 413}, DONE, "SOURCE_FAILED"),
    "a broken line, sent once": ({"fault": "CONNECTION_RESET_BY_PEER"}, DONE, "SOURCE_FAILED"),
    "a job that is lost": ({"status": 202, "headers": {"Location": "/job"}}, {"status": 404}, "SOURCE_FAILED"),
    "a job in HTML": ({"status": 202, "headers": {"Location": "/job"}}, {"status": 200, "body": "<html>"}, "SOURCE_FAILED"),
    "a job that says nothing": ({"status": 202, "headers": {"Location": "/job"}}, DONE | {"jsonBody": {"running": False}}, "SOURCE_FAILED"),
    "a job that failed": ({"status": 202, "headers": {"Location": "/job"}}, DONE | {"jsonBody": {"running": False, "success": False}}, "SOURCE_FAILED"),
    "a job that never ends": ({"status": 202, "headers": {"Location": "/job"}}, DONE | {"jsonBody": {"running": True, "success": True}}, "SOURCE_TIMEOUT"),
    "as it should be": ({"status": 202, "headers": {"Location": "/job"}}, DONE, None),
}


def bad_answers(root, document):
    stubs = []
    for i, (taken, job, _) in enumerate(ANSWERS.values()):
        if taken.get("headers", {}).get("Location") == "/job":
            taken = taken | {"headers": {"Location": f"/job/{i}"}}
        stubs += [{"request": {"method": "POST", "urlPath": f"/capture/{i}"}, "response": taken},
                  {"request": {"method": "GET", "urlPath": f"/job/{i}"}, "response": job}]
    wrong = []
    with servers.wiremock(stubs) as server:
        (root / "bad").mkdir()
        source = Source(root / "bad", "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": KEY})
        for i, (what, (_, _, expected)) in enumerate(ANSWERS.items()):
            code, told, _ = capture(source, document, "--path", f"/capture/{i}", "--timeout-ms", "1500")
            if (told.get("code") if code else None) != expected:
                wrong.append(f"{what}: {told} instead of {expected}")
        count = json.dumps({"method": "POST", "urlPath": f"/capture/{list(ANSWERS).index('a broken line, sent once')}"}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/__admin/requests/count", count, HEAD), timeout=10) as admin:
            kit.check(json.load(admin)["count"] == 1, "a capture was sent again after a broken line")
    kit.check(not wrong, "\n".join(wrong))
    print(f"WireMock: {len(ANSWERS)} answers to a capture, each with its code; nothing is sent twice")


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
        (root / "good.json").write_text(json.dumps(document | {"epcisBody": {"eventList": [good]}}))
        code, told, _ = capture(source, bad)
        kit.check(code != 0 and told["code"] == "JSON_SHAPE", f"an event without a time: {told}")
        (root / "wrong").mkdir()
        wrong = Source(root / "wrong", "epcis-events", {"https://epcis.example": server.url}, {"epcis-key": "wrong"})
        code, told, err = capture(wrong, paths[0])
        kit.check(code != 0 and told["code"] == "SOURCE_FAILED" and "wrong" not in err, f"a wrong key: {told} {err}")
        kit.check(source.read_all("events") == sent, "what was refused left something behind")
        print("an event without a time: JSON_SHAPE, nothing sent; a wrong key: SOURCE_FAILED")
    bad_answers(root, root / "good.json")


if __name__ == "__main__":
    sys.exit(kit.main(run))
