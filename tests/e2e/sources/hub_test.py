"""The hub's stand-in speaks the published DynamicApi dialect: this reads it with nothing but HTTP, so that a connector that
cannot read it is wrong, not the stand-in."""

import csv
import io
import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

import servers  # noqa: E402

HARVEST, FIELD = "/API/Private/Harvest", "/API/Public/FieldPolygon"
ROWS = 1234


def call(hub, path, token=None, body=None, **headers):
    """(status, headers, body) of one call; header names come with _ for -."""
    sent = {k.replace("_", "-"): v for k, v in headers.items()}
    if token is not None:
        sent["X-Authorization"] = token
    try:
        with urllib.request.urlopen(urllib.request.Request(hub.url + path, body, sent), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def new_token(hub, secret="stand-in-secret"):
    form = {"grant_type": "client_credentials", "client_id": "farm-client", "client_secret": secret}
    return call(hub, "/Token", body=urllib.parse.urlencode(form).encode())


def refused(answer, status, code):
    kit.check(answer[0] == status, f"{answer[0]} instead of {status}")
    kit.check(json.loads(answer[2])["error_code"] == code, f"{answer[2]!r} instead of {code}")


def pages(hub, token):
    rows, n, continuation = [], 0, " "
    while continuation:
        status, headers, body = call(hub, f"{HARVEST}/OData?$top=100", token, X_RequestContinuation=continuation)
        kit.check(status == 200, f"page {n}: {status}")
        rows, n, continuation = rows + json.loads(body), n + 1, headers["X-ResponseContinuation"]
    kit.check(len({r["HarvestId"] for r in rows}) == len(rows) == ROWS, f"{len(rows)} rows of {ROWS}")
    return n


def asynchronous(hub, token):
    status, _, body = call(hub, f"{HARVEST}/GetList", token, X_IsAsync="true")
    kit.check(status == 202, f"an asynchronous call answers {status}")
    query, seen = "?RequestId=" + json.loads(body)["RequestId"], []
    refused(call(hub, "/API/AsyncApi/GetResult" + query, token), 400, "E10430")
    while not seen or seen[-1] != "End":
        kit.check(len(seen) < 10, f"no end: {seen}")
        seen.append(json.loads(call(hub, "/API/AsyncApi/GetStatus" + query, token)[2])["Status"])
    rows = json.loads(call(hub, "/API/AsyncApi/GetResult" + query, token)[2])
    kit.check(len(rows) == ROWS, f"{len(rows)} rows of {ROWS}")
    return seen


def run(_):
    with servers.hub("--rows", str(ROWS)) as hub:
        kit.check(new_token(hub, "wrong")[0] == 400, "a wrong secret got a token")
        token = json.loads(new_token(hub)[2])["access_token"]
        refused(call(hub, f"{HARVEST}/GetList"), 401, "E10502")
        print(f"paging: {ROWS} rows in {pages(hub, token)} pages, then an empty continuation")
        print(f"asynchronous: {' '.join(asynchronous(hub, token))}, {ROWS} rows")
        refused(call(hub, "/API/Private/Empty/GetList", token), 404, "E10404")
        refused(call(hub, f"{HARVEST}/OData?$filter=what", token), 400, "E10426")
        refused(call(hub, f"{HARVEST}/OData?$top=5", token, X_RequestContinuation="made-up"), 400, "E10426")
        table = list(csv.DictReader(io.StringIO(call(hub, f"{HARVEST}/GetList", token, Accept="text/csv")[2].decode())))
        kit.check(len(table) == ROWS and table[0]["HarvestId"] == "H000000", f"{len(table)} lines of CSV")
        shapes = json.loads(call(hub, f"{FIELD}/GetList", token, Accept="application/geo+json", X_IsGeoJson="true")[2])["features"]
        kit.check(len(shapes) == 500 and {s["geometry"]["type"] for s in shapes} == {"Polygon", "LinearPolygon"}, "other shapes")
        box = json.loads(call(hub, f"{FIELD}/OData?bbox=35.0,139.0,35.011,139.021", token)[2])
        refused(call(hub, f"{FIELD}/OData?bbox=139.0,35.0,139.021,35.011", token), 400, "E10426")
        print(f"formats: {len(table)} lines of CSV, {len(shapes)} GeoJSON features, {len(box)} in a latitude-first box")
        call(hub, "/stand-in/expire")
        refused(call(hub, f"{HARVEST}/GetList", token), 401, "E10502")
        token = json.loads(new_token(hub)[2])["access_token"]
        kit.check(call(hub, f"{HARVEST}/Get/H000001", token)[0] == 200, "a new token does not work")
        refused(call(hub, f"{HARVEST}/Get/none", token), 404, "E10404")
    with servers.hub("--token-seconds", "0") as hub:
        refused(call(hub, f"{HARVEST}/GetList", json.loads(new_token(hub)[2])["access_token"]), 401, "E10502")
    print("tokens: wrong secret, expiry and renewal as published")


if __name__ == "__main__":
    sys.exit(kit.main(run))
