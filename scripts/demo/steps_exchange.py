"""Story 2, 3 and 4: the nodes start, a start-up gets data with one curl, and what is not allowed is refused with a reason."""

import json
import time

import events
import observations
import offers
import services
from report import DemoError
from steps_audit import from_nodes
from world import curl, problem

TASTER_SECONDS = 5
RUSH_COUNT = 4000


def new_client(world, node, name, scopes):
    made = json.loads(world.sekisho("token", "new", "--json"))
    (node.folder / f"{name}.token").write_text(made["token"] + "\n")
    return {"id": name, "token_sha256": made["token_sha256"], "scopes": scopes}, made["token"]


def start(world, report):
    report.title("2. Nodes: one process, one file, one folder each")
    world.rows, world.lot_rows = events.write(world.farm.folder / "events")
    world.deliveries = events.write_deliveries(world.trade.folder / "deliveries")
    world.observations = observations.write(world.clinic.folder / "records")
    services.hub(world)
    if services.mosquitto():
        services.broker(world)
    egress = [f"127.0.0.1:{world.service(name).port}" for name in ("hub", "broker")]
    for node in world.nodes.values():
        with report.step("sekishod starts and serves", node.dns) as step:
            node.write_config(egress=egress if node is world.farm else ())
            seconds = node.start()
            step.verdict = f"serving after {seconds * 1000:.0f} ms"
    farm_auditor, world.farm_audit_token = new_client(world, world.farm, "auditor", ["audit"])
    startup, world.token = new_client(world, world.trade, "startup", ["data"])
    trade_auditor, world.trade_audit_token = new_client(world, world.trade, "auditor", ["audit"])
    researcher, world.researcher_token = new_client(world, world.farm, "researcher", ["data"])
    clinic_auditor, world.clinic_audit_token = new_client(world, world.clinic, "auditor", ["audit"])
    stranger, world.stranger_token = new_client(world, world.stranger, "startup", ["data"])
    with report.step("offers applied: policy, rows of one lot, grower dropped", "farm.jp.example") as step:
        text = offers.farm(world.farm.folder / "events", 86400, RUSH_COUNT, [farm_auditor, researcher])
        diff = world.farm.apply("offers.yaml", text)
        step.verdict = f"{diff.count(chr(10) + '+') + diff.startswith('+')} objects added"
    with report.step("offer applied: Observations by preset fhir-deidentify@1", "clinic.eu.example") as step:
        diff = world.clinic.apply("offers.yaml", offers.clinic(world.clinic.folder / "records", [clinic_auditor]))
        step.verdict = f"{diff.count(chr(10) + '+') + diff.startswith('+')} objects added"
    world.trade.apply("offers.yaml", offers.trade(world.trade.folder / "deliveries", [startup, trade_auditor]))
    world.stranger.apply("clients.yaml", offers.clients_only([stranger]))


def data_url(world, dataset, purpose=offers.FOOD_SAFETY, provider="farm.jp.example", node=None):
    return f"{(node or world.trade).url}/v1/data/{provider}?dataset={dataset}&purpose={purpose.replace('#', '%23')}"


def call(world, dataset, **options):
    return curl(data_url(world, dataset, **options), cacert=world.web_ca, token=world.token)


def good(world, dataset):
    status, headers, body = call(world, dataset)
    if status != 200:
        raise DemoError(f"{dataset}: {status} {body.decode(errors='replace')[:800]}")
    return headers, body


def one_curl(world, report):
    report.title("3. One curl: catalogue, negotiation, transfer, decision, shaping, seal, receipt")
    with report.step("first call negotiates an agreement", "start-up at trade.eu.example") as step:
        headers, body = good(world, offers.EVENTS)
        rows = body.decode().splitlines()
        if len(rows) != world.lot_rows:
            raise DemoError(f"{len(rows)} rows came, the lot has {world.lot_rows}")
        if any(name in body.decode() for name in events.GROWERS) or b"grower" in body:
            raise DemoError("the grower's name crossed the border")
        breaches = [r for r in map(json.loads, rows) if r["sensorElementList"][0]["sensorReport"][0]["value"] > 8]
        step.verdict = f"{len(rows)} rows, {len(breaches)} breach, no grower"
    for name in ("sekisho-agreement", "sekisho-exchange", "sekisho-log", "sekisho-correlation-id"):
        if name not in headers:
            raise DemoError(f"the answer has no {name}: {headers}")
    report.count("crossings")
    report.count("bytes shaped away", (world.farm.folder / "events/events.ndjson").stat().st_size - len(body))
    with report.step("second call reuses the agreement", "start-up at trade.eu.example") as step:
        again, _ = good(world, offers.EVENTS)
        if again["sekisho-agreement"] != headers["sekisho-agreement"]:
            raise DemoError("the second call made another agreement")
        step.verdict = f"log {again['sekisho-log'].rsplit('#', 1)[-1]}"
    report.count("crossings")
    (world.root / "first-exchange.json").write_text(json.dumps({"exchange": headers["sekisho-exchange"]}))
    world.sekisho("audit", "export", "--out", world.root / "early.tar", *from_nodes(world), "--exchange", headers["sekisho-exchange"])
    with report.step("the same with the tool, receipt kept", "start-up at trade.eu.example") as step:
        receipt, data = world.root / "receipt.json", world.root / "data.ndjson"
        world.sekisho("get", "farm.jp.example", "--dataset", offers.EVENTS, "--purpose", offers.FOOD_SAFETY, "-o", data, "--receipt",
                      receipt, "--node", world.trade.url, "--cacert", world.web_ca, "--token-file", world.trade.folder / "startup.token")
        step.verdict = f"{len(data.read_bytes())} bytes and a receipt"
    report.count("crossings")
    return json.loads(receipt.read_text())


def refused(world, report, what, who, answer, code, status, hint=None):
    got, headers, body = answer
    document = problem(body)
    if document.get("code") != code or got != status:
        raise DemoError(f"{what}: expected {status} {code}, got {got} {body.decode(errors='replace')[:800]}")
    # An error of the Dataspace Protocol has no place for it but the header.
    named = document.get("correlationId") or "@context" in document
    if not named or "sekisho-correlation-id" not in headers:
        raise DemoError(f"{what}: no correlation id: {document}")
    if hint and hint not in json.dumps(document) and hint not in headers:
        raise DemoError(f"{what}: says nothing of {hint}: {document}")
    report.count("refusals")
    return f"{got} {code}"


def refusals(world, report):
    report.title("4. Refusals: a stable code, the cause, what would help, a correlation id")
    startup = "start-up at trade.eu.example"

    def step(what, who, answer, code, status, hint=None):
        with report.step(what, who) as s:
            s.verdict = refused(world, report, what, who, answer(), code, status, hint)

    step("a purpose that is not offered", startup, lambda: call(world, offers.EVENTS, purpose=offers.MARKETING), "PURPOSE_MISMATCH", 403,
         offers.FOOD_SAFETY)
    for _ in range(3):
        good(world, offers.RECALLS)
        report.count("crossings")
    step("a fourth use where three are allowed", startup, lambda: call(world, offers.RECALLS), "QUOTA", 403, "limit")
    world.farm.apply("taster.yaml", offers.taster(TASTER_SECONDS))
    taster_until = time.monotonic() + TASTER_SECONDS
    good(world, offers.TASTER)
    report.count("crossings")
    pause = taster_until + 1.3 - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    step("a permission that has ended", startup, lambda: call(world, offers.TASTER), "EXPIRED", 403)
    step("a dataset that nobody offers", startup, lambda: call(world, "no-such-dataset"), "DATASET_UNKNOWN", 404)
    stranger_tls = ["--cert", world.stranger.keys / "tls.chain.pem", "--key", world.stranger.keys / "tls.key", "-k"]
    step("a node of a zone that nobody recognises", "node.xx.example",
         lambda: curl(f"https://127.0.0.1:{world.farm.peer_port}/dsp/2025-1/catalog/request", *stranger_tls, "-X", "POST", "-H",
                      "Content-Type: application/json", "-d", "{}"), "ZONE_NOT_RECOGNISED", 401)
    step("an exchange id used again", "trade.eu.example", lambda: replay(world), "EXCHANGE_REPLAYED", 409)
    large = world.root / "large.json"
    large.write_text(json.dumps({"dataset": offers.EVENTS, "purpose": offers.FOOD_SAFETY, "filter": "x" * 3_000_000}))
    step("a body over the limit", startup,
         lambda: curl(f"{world.trade.url}/v1/data/farm.jp.example", "-X", "POST", "-H", "Content-Type: application/json", "-H", "Expect:",
                      "--data-binary", f"@{large}", cacert=world.web_ca, token=world.token), "BODY_TOO_LARGE", 413, "limit")


def replay(world):
    """trade.eu's own key asks the farm's data plane again with an exchange id that was used."""
    tls = ["--cert", world.trade.keys / "tls.chain.pem", "--key", world.trade.keys / "tls.key", "-k"]
    base = f"https://127.0.0.1:{world.farm.peer_port}"
    receipt = json.loads((world.root / "receipt.json").read_text())
    transfer = receipt["transfer"]
    status, _, body = curl(f"{base}/sekisho/v1/transfers/{transfer}/token", *tls, "-X", "POST", "-H", "Content-Type: application/json",
                           "-d", "{}")
    if status != 200:
        raise DemoError(f"no token for the transfer: {status} {body[:500]!r}")
    return curl(f"{base}/data/{transfer}", *tls, "-H", f"Authorization: Bearer {json.loads(body)['token']}", "-H",
                f"Sekisho-Exchange: {receipt['exchange']}", "-H", f"Sekisho-Intent: {receipt['intent']}")


def wait_for_snapshot(world, node):
    """Until the node has taken the newest snapshot of its zone."""
    show = json.loads(world.sekisho("zone", "show", node.snapshot, "--json"))
    wanted = show.get("sequence", show.get("seq"))
    for _ in range(400):
        if node.status()["snapshot"]["sequence"] >= wanted:
            return
        time.sleep(0.02)
    raise DemoError(f"{node.dns} does not take snapshot {wanted}")
