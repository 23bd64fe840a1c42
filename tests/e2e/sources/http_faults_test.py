"""A node whose HTTP source breaks in every way of WireMock's faults, and in those of bad input: the consumer gets a stable code and
no octet of the source, the exchange is never called complete, and the next good answer is served."""

import json
import os
import pathlib
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

import offers  # noqa: E402
import servers  # noqa: E402
import steps_zones  # noqa: E402
from report import Report  # noqa: E402
from steps_exchange import call, new_client  # noqa: E402
from world import World, problem  # noqa: E402

NDJSON = {"Content-Type": "application/x-ndjson"}
CANARY = "canary-7f3a"  # stands in every broken body; must not come out
GOOD = json.dumps({"quantityList": [{"epcClass": offers.LOT}], "eventID": "e1", "grower": CANARY}) + "\n"
ROW = f'{{"quantityList": [{{"epcClass": "{offers.LOT}"}}], "eventID": "{CANARY}"'


def text(body, **more):
    return {"status": 200, "headers": NDJSON, "body": body} | more


# name -> (WireMock's response, or the octets of one; what the consumer is told: status and code).
CASES = {
    "connection reset": ({"fault": "CONNECTION_RESET_BY_PEER"}, (502, "SOURCE_FAILED")),
    "garbage, then close": ({"fault": "RANDOM_DATA_THEN_CLOSE"}, (502, "SOURCE_FAILED")),
    "malformed chunk": ({"fault": "MALFORMED_RESPONSE_CHUNK"}, (502, "SOURCE_FAILED")),
    "empty response": ({"fault": "EMPTY_RESPONSE"}, (502, "SOURCE_FAILED")),
    "30 s delay, deadline of 0.5 s": (text(GOOD, fixedDelayMilliseconds=30000), (504, "SOURCE_TIMEOUT")),
    "429 with Retry-After": ({"status": 429, "headers": {"Retry-After": "1"}, "body": CANARY}, (502, "SOURCE_FAILED")),
    "503": ({"status": 503, "body": CANARY}, (502, "SOURCE_FAILED")),
    "truncated JSON": (text(GOOD + ROW), (502, "SOURCE_FAILED")),
    "HTML": ({"status": 200, "headers": {"Content-Type": "text/html"}, "body": f"<html>{CANARY}"}, (502, "SOURCE_FAILED")),
    "HTML that calls itself NDJSON": (text(f"<html>{CANARY}\n"), (502, "SOURCE_FAILED")),
    "duplicate keys": (text(ROW + ', "quantityList": []}\n'), (502, "SOURCE_FAILED")),
    "100,000 nested arrays": (text(ROW + ', "a": ' + "[" * 100_000 + "]" * 100_000 + "}\n"), (507, "ANSWER_TOO_LARGE")),
    "octets that are not UTF-8": ({"status": 200, "headers": NDJSON, "base64Body": "eyJhIjogIpOMi54ifQo="}, (502, "SOURCE_FAILED")),
    "fewer octets than Content-Length": (b"Content-Length: 999\r\n", (502, "SOURCE_FAILED")),
    "more octets than Content-Length": (b"Content-Length: 9\r\n", (502, "SOURCE_FAILED")),
    "two Content-Length fields": (b"Content-Length: 9\r\nContent-Length: 10\r\n", (502, "SOURCE_FAILED")),
    "redirect to another host": ({"status": 302, "headers": {"Location": "http://localhost:9/x"}}, (502, "SOURCE_FAILED")),
}


def name_of(i):
    return f"fault-{i:02}"


def raw(fields):
    """A server of one answer with these length fields over GOOD, octet by octet as given; answers its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n" + fields + b"\r\n" + GOOD.encode())

    threading.Thread(target=serve, daemon=True).start()
    return "127.0.0.1:%d" % listening.getsockname()[1]


def objects(base, raws):
    year = 365 * 86400
    names = [name_of(i) for i in range(len(CASES))] + ["good"]
    return json.dumps({
        "sources": [{"name": n, "manifest": {"kind": "http", "url": f"http://{raws[n]}/" if n in raws else f"{base}/{n}", "timeout_ms": 500 if "delay" in what else 10000}}
                    for n, what in zip(names, [*CASES, "good"])],
        "datasets": [{"id": n, "title": n, "source": n, "media": "application/x-ndjson", "view": offers.VIEW} for n in names],
        "offers": [{"id": f"offer-{n}", "dataset": n, "policy": offers.policy(offers.stamp(year), 100)} for n in names],
    })


def run(root):
    stubs = [{"request": {"method": "GET", "url": f"/{name_of(i)}"}, "response": r} for i, (r, _) in enumerate(CASES.values())
             if isinstance(r, dict)]
    stubs.append({"request": {"method": "GET", "url": "/good"}, "response": text(GOOD)})
    with servers.wiremock(stubs) as source:
        world = World(os.environ["SEKISHO"], os.environ["SEKISHOD"], root / "world")
        try:
            steps_zones.run(world, Report())
            try_all(world, source)
        finally:
            world.stop_all()


def try_all(world, source):
    raws = {name_of(i): raw(r) for i, (r, _) in enumerate(CASES.values()) if isinstance(r, bytes)}
    for node in (world.farm, world.trade):
        node.write_config()
        if node is world.farm:
            node.config.write_text(node.config.read_text() + "egress: " + json.dumps([f"127.0.0.1:{source.port}", *raws.values()]) + "\n")
        node.start()
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    world.farm.apply("offers.yaml", objects(source.url, raws))
    world.trade.apply("clients.yaml", offers.clients_only([startup]))
    wrong = []
    for i, (what, (_, expected)) in enumerate(CASES.items()):
        at = time.monotonic()
        status, headers, body = call(world, name_of(i))
        told = problem(body) if status != 200 else {"code": "none"}
        code = told["help"]["peer_code"] if told["code"] == "PEER_REFUSED" else told["code"]
        print(f"  {what:<34} {status} {code:<18} {time.monotonic() - at:5.2f} s", flush=True)
        if (status, code) != expected or CANARY.encode() in body or "sekisho-receipt" in headers:
            wrong.append(f"{what}: {status} {code} instead of {expected}: {body[:300]!r}")
    status, _, body = call(world, "good")
    kit.check(status == 200 and b"e1" in body and CANARY.encode() not in body, f"the good source: {status} {body[:300]!r}")
    kit.check(not wrong, "\n".join(wrong))
    print(f"{len(CASES)} faults, each with its code; then 200 from the good one")


if __name__ == "__main__":
    sys.exit(kit.main(run))
