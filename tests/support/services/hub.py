"""A STAND-IN for a WAGRI / ukabis DynamicApi hub, on loopback: hub.py --port N [--rows N] [--token-seconds N] [--page-cap N].

No real hub can be had for tests; this speaks the dialect as published (WAGRI's API pages, the MIT-licensed ukabis source):
client credentials at /Token, X-Authorization, X-RequestContinuation / X-ResponseContinuation, 404 for no data, asynchronous
requests, error_code bodies, CSV and GeoJSON by Accept, latitude-first boxes. Its data are made up."""

import argparse
import csv
import http.server
import io
import json
import re
import secrets
import sys
import threading
import time
import urllib.parse

ASYNC_POLLS = 2  # GetStatus answers Request, Start, then End
CROPS = ("Spinach", "Rice", "Cabbage", "Strawberry")


def harvest(i):
    return {
        "HarvestId": f"H{i:06d}", "FieldId": f"F{i % 500:05d}", "CropName": CROPS[i % 4], "HarvestDate": f"2026-{1 + i % 9:02d}-{1 + i % 28:02d}",
        "QuantityKg": round(20 + (i * 37 % 900) / 10, 1), "LotNumber": f"LOT-{i // 10:05d}", "FarmerNumber": f"{i * 2654435761 % 2**128:032x}",
        "FarmerName": f"農家 {i:06d}", "Remarks": "収穫 良好" if i % 3 else None,
        "id": f"API~Private~Harvest~1~H{i:06d}", "_etag": f"e{i}",
    }


def field(i):
    lat, lon = 35.0 + (i // 25) * 0.01, 139.0 + (i % 25) * 0.01
    return {
        "FieldId": f"F{i:05d}", "CityCode": "131016", "Latitude": round(lat, 6), "Longitude": round(lon, 6), "Area": None if i % 50 == 49 else 900 + i,
        "LandCategory": "田" if i % 2 else "畑", "FarmerNumber": f"{i * 40503:032x}", "IssueYear": 2025, "id": f"API~Public~FieldPolygon~1~F{i:05d}",
    }


def feature(row):
    lat, lon = row["Latitude"], row["Longitude"]
    ring = [[lon, lat], [lon + 0.005, lat], [lon + 0.005, lat + 0.005], [lon, lat + 0.005], [lon, lat]]
    ring = [[round(x, 6), round(y, 6)] for x, y in ring]
    shape = "LinearPolygon" if row["FieldId"].endswith("7") else "Polygon"  # a published client expects this odd type
    return {"type": "Feature", "id": row["FieldId"], "geometry": {"type": shape, "coordinates": [ring]}, "properties": row}


class Hub:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.tokens = {}       # token -> monotonic end
        self.jobs = {}         # request id -> [polls, content type, body, headers]
        self.pages = {}        # continuation -> (resource and query, offset)
        self.counts = {"token": 0, "expired": 0, "pages": 0, "async": 0}
        self.data = {
            "/API/Private/Harvest": ("HarvestId", [harvest(i) for i in range(options.rows)]),
            "/API/Public/FieldPolygon": ("FieldId", [field(i) for i in range(500)]),
            "/API/Private/Empty": ("Id", []),
        }


class Refusal(Exception):
    def __init__(self, status, code, title):
        self.status, self.code, self.title = status, code, title


def match(rows, clause):
    """One OData comparison over a property."""
    found = re.fullmatch(r"\s*(\w+)\s+(eq|ge|le|gt|lt)\s+('(?:[^']|'')*'|-?\d+(?:\.\d+)?)\s*", clause)
    if not found:
        raise Refusal(400, "E10426", "the filter cannot be read")
    name, op, text = found.groups()
    value = text[1:-1].replace("''", "'") if text.startswith("'") else float(text)
    compare = {"eq": lambda a: a == value, "ge": lambda a: a >= value, "le": lambda a: a <= value, "gt": lambda a: a > value, "lt": lambda a: a < value}[op]
    try:
        return [r for r in rows if r.get(name) is not None and compare(r[name])]
    except TypeError:
        raise Refusal(400, "E10426", "the filter compares unlike things") from None


def select(rows, query):
    for clause in re.split(r"\s+and\s+", query["$filter"][0]) if "$filter" in query else []:
        rows = match(rows, clause)
    if "bbox" in query:
        try:
            south, west, north, east = (float(v) for v in query["bbox"][0].split(","))
        except ValueError:
            raise Refusal(400, "E10426", "bbox is minLat,minLon,maxLat,maxLon") from None
        if abs(south) > 90 or abs(north) > 90:
            raise Refusal(400, "E10426", "bbox begins with a latitude")
        rows = [r for r in rows if south <= r.get("Latitude", 99) <= north and west <= r.get("Longitude", 999) <= east]
    if "$select" in query:
        names = query["$select"][0].split(",")
        rows = [{n: r.get(n) for n in names} for r in rows]
    return rows


def render(rows, accept, geo):
    if geo or "geo+json" in accept:
        return "application/geo+json", json.dumps({"type": "FeatureCollection", "features": [feature(r) for r in rows]}, ensure_ascii=False)
    if "text/csv" in accept:
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        return "text/csv; charset=utf-8", out.getvalue()
    return "application/json; charset=utf-8", json.dumps(rows, ensure_ascii=False)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DynamicApiStandIn/1"

    def log_message(self, *_):
        pass

    def answer(self, status, media, body, headers=()):
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def refuse(self, refusal):
        body = {"type": "about:blank", "title": refusal.title, "status": refusal.status, "error_code": refusal.code}
        self.answer(refusal.status, "application/problem+json", json.dumps(body))

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.lower() != "/token":
            return self.refuse(Refusal(404, "E10404", "no such method"))
        form = {k: v[0] for k, v in urllib.parse.parse_qs(raw.decode()).items()}
        hub, options = self.server.hub, self.server.hub.options
        right = form.get("client_id") == options.client and secrets.compare_digest(form.get("client_secret", ""), options.secret)
        if form.get("grant_type") != "client_credentials" or not right:
            return self.answer(400, "application/json", json.dumps({"error": "invalid_client"}))
        token = secrets.token_urlsafe(24)
        with hub.lock:
            hub.counts["token"] += 1
            hub.tokens[token] = time.monotonic() + options.token_seconds
        body = {"access_token": token, "token_type": "bearer", "expires_in": options.token_seconds}
        self.answer(200, "application/json", json.dumps(body))

    def do_GET(self):
        try:
            self.get()
        except Refusal as refusal:
            self.refuse(refusal)

    def get(self):
        hub = self.server.hub
        path, _, text = self.path.partition("?")
        query = urllib.parse.parse_qs(text, keep_blank_values=True)
        if path == "/stand-in/counts":
            return self.answer(200, "application/json", json.dumps(hub.counts))
        if path == "/stand-in/expire":  # every token ends now, as when a hub restarts
            hub.tokens.clear()
            return self.answer(200, "application/json", "{}")
        self.authorize(hub)
        if path.startswith("/API/AsyncApi/"):
            return self.job(hub, path, query)
        resource, _, method = path.rpartition("/")
        if method == "GetResourceSchema" and resource in hub.data:
            return self.schema(hub, resource)
        key_of, rows, method = self.find(hub, path, resource, method)
        if method.startswith("Get/"):
            rows = [r for r in rows if r[key_of] == method[4:]]
            if not rows:
                raise Refusal(404, "E10404", "no such key")
            return self.answer(200, "application/json; charset=utf-8", json.dumps(rows[0], ensure_ascii=False))
        rows = select(rows, query)
        if method == "GetCount":
            return self.answer(200, "application/json", json.dumps({"Count": len(rows)}))
        self.rows(hub, path, text, query, rows)

    def authorize(self, hub):
        token = self.headers.get("X-Authorization", "").removeprefix("Bearer ")
        end = hub.tokens.get(token)
        if end is None or time.monotonic() > end:
            with hub.lock:
                hub.counts["expired"] += 1
            raise Refusal(401, "E10502", "the token is unknown or has ended")

    def find(self, hub, path, resource, method):
        if resource in hub.data and method in ("GetList", "OData", "GetCount"):
            return *hub.data[resource], method
        for name, (key, rows) in hub.data.items():
            if path.startswith(name + "/Get/"):
                return key, rows, path[len(name) + 1:]
        raise Refusal(404, "E10404", "no such method")

    def schema(self, hub, resource):
        key, rows = hub.data[resource]
        kinds = {str: "string", int: "integer", float: "number", type(None): "null"}
        seen = {}
        for row in rows:
            for name, value in row.items():
                seen.setdefault(name, set()).add(kinds[type(value)])
        properties = {n: {"type": sorted(t)} for n, t in seen.items()}
        self.answer(200, "application/json", json.dumps({"type": "object", "properties": properties, "required": [key]}))

    def rows(self, hub, path, text, query, rows):
        headers = []
        continuation = self.headers.get("X-RequestContinuation")
        if continuation is not None:
            rows, headers = self.page(hub, path, text, query, rows, continuation)
        elif "$top" in query:
            rows = rows[: self.top(query)]
        if not rows:
            raise Refusal(404, "E10404", "no data")
        media, body = render(rows, self.headers.get("Accept", ""), self.headers.get("X-IsGeoJson", "").lower() == "true")
        if self.headers.get("X-IsAsync", "").lower() == "true":
            identifier = secrets.token_hex(8)
            with hub.lock:
                hub.counts["async"] += 1
                hub.jobs[identifier] = [0, media, body, headers]
            return self.answer(202, "application/json", json.dumps({"RequestId": identifier}))
        self.answer(200, media, body, headers)

    def top(self, query):
        try:
            top = int(query.get("$top", ["100"])[0])
        except ValueError:
            top = 0
        if top < 1:
            raise Refusal(400, "E10426", "$top is a positive number")
        return top

    def page(self, hub, path, text, query, rows, continuation):
        """A blank continuation begins; the answer's is opaque, and empty at the end."""
        offset = 0
        if continuation.strip():
            known = hub.pages.get(continuation.strip())
            if known is None or known[0] != (path, text):
                raise Refusal(400, "E10426", "the continuation is unknown")
            offset = known[1]
        size = min(self.top(query), hub.options.page_cap)
        part, after = rows[offset:offset + size], ""
        with hub.lock:
            hub.counts["pages"] += 1
            if offset + size < len(rows):
                after = secrets.token_urlsafe(9)
                hub.pages[after] = ((path, text), offset + size)
        return part, [("X-ResponseContinuation", after)]

    def job(self, hub, path, query):
        identifier = query.get("RequestId", [""])[0]
        with hub.lock:
            job = hub.jobs.get(identifier)
            if job is None:
                raise Refusal(404, "E10404", "no such request")
            job[0] += 1
            step = job[0]
        if path.endswith("/GetStatus"):
            status = "Request" if step < ASYNC_POLLS else "Start" if step == ASYNC_POLLS else "End"
            return self.answer(200, "application/json", json.dumps({"RequestId": identifier, "Status": status}))
        if step <= ASYNC_POLLS:
            raise Refusal(400, "E10430", "the request has not ended")
        self.answer(200, *job[1:])  # with the headers that the call itself would have had


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--token-seconds", type=int, default=43199)
    parser.add_argument("--page-cap", type=int, default=500)
    parser.add_argument("--client", default="farm-client")
    parser.add_argument("--secret", default="stand-in-secret")
    options = parser.parse_args()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.daemon_threads = True
    server.hub = Hub(options)
    print(json.dumps({"stand-in": "DynamicApi hub", "port": server.server_address[1]}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
