"""Declared HTTP sources that break or answer badly, read by `sekisho connector read`: WireMock's faults, nginx, and a server that writes
its octets one by one. Each ends with its stable code; what is repeated succeeds; nothing partial is called complete; no octet of a
broken answer comes out."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

import servers  # noqa: E402

CANARY = "canary-51be"
JSON = {"Content-Type": "application/json"}
GOOD = json.dumps([{"id": "r1"}, {"id": "r2"}])
BROKEN = f'[{{"id": "{CANARY}-1"}}, {{"id": "{CANARY}'
FAILED, TIMEOUT, LARGE = "SOURCE_FAILED", "SOURCE_TIMEOUT", "ANSWER_TOO_LARGE"


def text(body, status=200, **headers):
    return {"status": status, "headers": JSON | {k.replace("_", "-"): v for k, v in headers.items()}, "body": body}


def linked(body, target):
    return text(body, Link=f'<{target}>; rel="next"')


NEXT = {"paginator": {"kind": "next_link"}, "select": "/*"}
BUNDLE = {"paginator": {"kind": "bundle_link"}, "select": "/entry/*/resource"}
PATIENT = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "p1"}}]}
NESTED = '[{"id":' + "[" * 100_000 + "]" * 100_000 + "}]"

# name -> (answers, one for each call, the last for ever; what is expected: a code, or a number of records; calls; manifest's stream)
CASES = {
    "connection reset": ([{"fault": "CONNECTION_RESET_BY_PEER"}], FAILED, 4, {}),
    "reset once": ([{"fault": "CONNECTION_RESET_BY_PEER"}, text(GOOD)], 2, 2, {}),
    "garbage, then close": ([{"fault": "RANDOM_DATA_THEN_CLOSE"}], FAILED, None, {}),
    "malformed chunk": ([{"fault": "MALFORMED_RESPONSE_CHUNK"}], FAILED, None, {}),
    "empty response": ([{"fault": "EMPTY_RESPONSE"}], FAILED, None, {}),
    "30 s delay, 0.5 s allowed": ([text(GOOD) | {"fixedDelayMilliseconds": 30000}], TIMEOUT, 1, {"timeout_ms": 500}),
    "429 with Retry-After, once": ([text(CANARY, 429, Retry_After="1"), text(GOOD)], 2, 2, {}),
    "429 for ever": ([text(CANARY, 429, Retry_After="0")], FAILED, 4, {}),
    "429, an hour": ([text(CANARY, 429, Retry_After="3600")], TIMEOUT, 1, {}),
    "503 three times": ([text(CANARY, 503)] * 3 + [text(GOOD)], 2, 4, {}),
    "503 for ever": ([text(CANARY, 503)], FAILED, 4, {}),
    "500": ([text(CANARY, 500)], FAILED, 1, {}),
    "404": ([text(CANARY, 404)], FAILED, 1, {}),
    "404 that means empty": ([text(CANARY, 404)], 0, 1, {"empty_status": [404]}),
    "truncated JSON": ([text(BROKEN)], FAILED, 1, {}),
    "the second page is truncated": ([linked(GOOD, "?page=2"), text(BROKEN)], FAILED, 2, NEXT),
    "HTML": ([text(f"<html>{CANARY}", Content_Type="text/html")], FAILED, 1, {}),
    "HTML that calls itself JSON": ([text(f" <!doctype html>{CANARY}")], FAILED, 1, {}),
    "an error with 200": ([text(json.dumps({"error_code": f"E1, {CANARY}", "items": []}))], FAILED, 1, {"select": "/items/*", "error": {"pointer": "/error_code"}}),
    "an OperationOutcome with 200": ([text(json.dumps({"resourceType": "OperationOutcome", "issue": [{"code": CANARY}]}))], FAILED, 1, BUNDLE),
    "nothing where the records are": ([text(json.dumps({"data": [CANARY]}))], FAILED, 1, {"select": "/items/*"}),
    "Shift_JIS": ([{"status": 200, "headers": {"Content-Type": "application/json; charset=Shift_JIS"}, "base64Body": "W3siaWQiOiKTY5KGIn1d"}], 1, 1, {}),
    "an unknown charset": ([text(GOOD, Content_Type="application/json; charset=klingon")], FAILED, 1, {}),
    "octets that are not UTF-8": ([{"status": 200, "headers": JSON, "base64Body": "W3siaWQiOiKTY5KGIn1d"}], FAILED, 1, {}),
    "a content coding nobody asked for": ([text(CANARY, Content_Encoding="br")], FAILED, 1, {}),
    "duplicate keys": ([text(f'[{{"id": "{CANARY}", "id": "x"}}]')], FAILED, 1, {}),
    "100,000 nested arrays": ([text(NESTED)], FAILED, 1, {}),
    "a record over 1 MiB": ([text(json.dumps([{"id": "x" * 1_100_000}]))], LARGE, 1, {}),
    "a page over 4 MiB": ([text(json.dumps([{"id": "x" * 1_000_000}] * 5))], LARGE, 1, {}),
    "redirect to another host": ([{"status": 302, "headers": {"Location": "http://localhost:9/x"}}], FAILED, 1, {}),
    "redirect to itself": ([{"status": 307, "headers": {"Location": "?"}}], FAILED, 1, {}),
    "a page that links to itself": ([linked(GOOD, "?page=1")], FAILED, 1, NEXT),
    "a link to another host": ([linked(GOOD, "http://localhost:9/x")], FAILED, 1, NEXT),
    "a link to another host, by //": ([linked(GOOD, "//localhost:9/x")], FAILED, 1, NEXT),
    "a link that is no URL": ([linked(GOOD, "file:///etc/passwd")], FAILED, 1, NEXT),
    "a Bundle with a foreign next link": ([text(json.dumps(PATIENT | {"link": [{"relation": "next", "url": "http://localhost:9/fhir"}]}))], FAILED, 1, BUNDLE),
}

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
# name -> (octets in front of the body, seconds between its octets, what is expected)
RAW = {
    "fewer octets than Content-Length": (b"Content-Length: 999\r\n\r\n", 0, FAILED),
    "more octets than Content-Length": (b"Content-Length: 9\r\n\r\n", 0, FAILED),
    "two Content-Length fields": (b"Content-Length: 28\r\nContent-Length: 29\r\n\r\n", 0, FAILED),
    "Content-Length and chunks": (b"Content-Length: 28\r\nTransfer-Encoding: chunked\r\n\r\n", 0, FAILED),
    "a field name with a space": (b"Content-Length : 28\r\n\r\n", 0, FAILED),
    "an octet every 50 ms, 0.5 s allowed": (b"Content-Length: 28\r\n\r\n", 0.05, TIMEOUT),
    "as it should be": (b"Content-Length: 28\r\n\r\n", 0, 2),
}
SLOW = 500  # ms


def stubs():
    made = []
    for i, (answers, _, _, _) in enumerate(CASES.values()):
        for n, answer in enumerate(answers):
            stub = {"request": {"method": "GET", "urlPath": f"/{i}"}, "response": answer, "scenarioName": f"s{i}",
                    "requiredScenarioState": "Started" if n == 0 else f"n{n}"}
            if n + 1 < len(answers):
                stub["newScenarioState"] = f"n{n + 1}"
            made.append(stub)
    return made


def raw(head, pause):
    """A server of this one answer over GOOD; answers its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                try:
                    connection.sendall(HEAD + head)
                    for octet in GOOD.encode():
                        connection.sendall(bytes([octet]))
                        time.sleep(pause)
                except OSError:
                    pass

    threading.Thread(target=serve, daemon=True).start()
    return "127.0.0.1:%d" % listening.getsockname()[1]


def read(root, address, path, stream):
    more = dict(stream)
    manifest = {"kind": "http", "base": f"http://{address}", "timeout_ms": more.pop("timeout_ms", 5000),
                "streams": [{"name": "s", "path": path, "select": "/*"} | more]}
    file = root / "manifest.json"
    file.write_text(json.dumps(manifest))
    command = [os.environ["SEKISHO"], "connector", "read", "--manifest", file, "--egress", address, "--json", "--output", root / "out.ndjson"]
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=40)
    told = json.loads(done.stdout.splitlines()[0])["code"] if done.returncode else "none"
    facts = json.loads(next(line for line in done.stderr.splitlines() if '"complete"' in line))
    return told, facts, (root / "out.ndjson").read_text(), done.stdout + done.stderr


def judged(what, expected, answer, seconds):
    """What is wrong with it, or nothing."""
    told, facts, records, said = answer
    wanted = (expected, False) if isinstance(expected, str) else ("none", True)
    print(f"  {what:<36} {told if told != 'none' else str(facts['records']) + ' records':<16} {seconds:5.2f} s", flush=True)
    if (told, facts["complete"]) != wanted or (isinstance(expected, int) and facts["records"] != expected):
        return [f"{what}: {told} {facts} instead of {expected}: {said[:300]}"]
    if CANARY in records + said:
        return [f"{what}: octets of a broken answer came out: {said[:300]}"]
    return []


def timed(*arguments):
    at = time.monotonic()
    return read(*arguments), time.monotonic() - at


def wire_mock(root):
    wrong = []
    with servers.wiremock(stubs()) as server:
        for i, (what, (_, expected, calls, stream)) in enumerate(CASES.items()):
            path = f"/{i}?page=1" if what.startswith("a page that links") else f"/{i}"
            answer, seconds = timed(root, f"127.0.0.1:{server.port}", path, stream)
            wrong += judged(what, expected, answer, seconds)
            count = json.dumps({"method": "GET", "urlPath": f"/{i}"}).encode()
            with urllib.request.urlopen(urllib.request.Request(f"{server.url}/__admin/requests/count", count, JSON), timeout=10) as admin:
                made = json.load(admin)["count"]
            if calls is not None and made != calls:
                wrong.append(f"{what}: {made} calls instead of {calls}")
    kit.check(not wrong, "\n".join(wrong))
    print(f"WireMock 3.13.2: {len(CASES)} answers, each as it should be")


def octets(root):
    wrong = []
    for what, (head, pause, expected) in RAW.items():
        answer, seconds = timed(root, raw(head, pause), "/x", {"timeout_ms": SLOW} if pause else {})
        wrong += judged(what, expected, answer, seconds)
    kit.check(not wrong, "\n".join(wrong))
    print(f"octet by octet: {len(RAW)} answers, each as it should be")


def nginx(root):
    files = root / "files"
    (files / "folder").mkdir(parents=True)
    os.chmod(files, 0o755)
    (files / "good.json").write_text(GOOD)
    rows = {"a file": ("/good.json", 2), "no such file": ("/none.json", FAILED), "a folder: 301": ("/folder", FAILED),
            "a folder's listing: HTML": ("/folder/", FAILED), "401": ("/door/good.json", FAILED), "444: closed without a word": ("/gone", FAILED),
            "a file over 4 MiB": ("/large.json", LARGE)}
    (files / "large.json").write_text(json.dumps([{"id": "x" * 1000}] * 5000))
    wrong = []
    with servers.nginx(files, "autoindex on; location /door/ { return 401; } location /gone { return 444; }") as server:
        for what, (path, expected) in rows.items():
            answer, seconds = timed(root, f"127.0.0.1:{server.port}", path, {})
            wrong += judged(what, expected, answer, seconds)
    kit.check(not wrong, "\n".join(wrong))
    print(f"nginx: {len(rows)} answers, each as it should be")


def run(root):
    kit.parts(root, wire_mock, octets, nginx)


if __name__ == "__main__":
    sys.exit(kit.main(run))
