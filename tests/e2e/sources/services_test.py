"""The real servers that source tests read from start, hold what is loaded into them and give it back by their own means: what a
connector must find there is counted here first, without our programs."""

import base64
import json
import pathlib
import socket
import sys
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

from client_key import ClientKey  # noqa: E402
import fhir_data  # noqa: E402
import fhir_valid  # noqa: E402
import parcels  # noqa: E402
import servers  # noqa: E402

BUNDLES = ("Fannie", "Dwain")


def row(service, what):
    print(f"{service.name:<10} ready {service.seconds:5.2f} s   {what}", flush=True)


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=30) as answer:
        return json.load(answer)


def map_server(root):
    made = parcels.write(root / "parcels.geojson")
    with servers.mapserver(root / "parcels.geojson") as server:
        url, found, pages = f"{server.features}?f=json&limit=30", [], 0
        while url:
            page = get(url)
            pages += 1
            found += [f["properties"]["parcel_id"] for f in page["features"]]
            url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        kit.check(sorted(found) == sorted(f["properties"]["parcel_id"] for f in made), f"{len(found)} of {len(made)} parcels came back")
        box = get(f"{server.features}?f=json&limit=100&bbox=139.0,35.0,139.021,35.001")
        kit.check(0 < len(box["features"]) < len(made), f"bbox (longitude first) gave {len(box['features'])}")
        row(server, f"{len(made)} parcels in, {len(found)} out in {pages} pages, {len(box['features'])} in a box")


def clinic(start, page_size):
    items = fhir_data.resources(*BUNDLES)
    with start(items) as server:
        loaded = fhir_data.load(server.base, items)
        found, pages = [], 0
        for kind in fhir_data.by_type(items):
            some, n = fhir_data.search(f"{server.base}/{kind}?_count={page_size}")
            found, pages = found + some, pages + n
        kit.check(loaded == len(items), f"{loaded} of {len(items)} resources stored")
        kit.check({(r["resourceType"], r["id"]) for r in found} == {(r["resourceType"], r["id"]) for r in items}, f"{len(found)} of {len(items)} came back")
        valid, invalid = fhir_valid.judge(found)
        kit.check(not invalid, f"not valid FHIR: {invalid[:3]}")
        row(server, f"{loaded} resources in, {len(found)} out in {pages} pages, {valid} valid by the R4 schema")


def tokens():
    client = {"client_id": "node", "client_secret": "s3cret-of-the-test", "grant_types": ["client_credentials"], "redirect_uris": [],
              "response_types": [], "token_endpoint_auth_method": "client_secret_basic"}
    with servers.oidc([client], ttl=60) as server:
        form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        basic = base64.b64encode(b"node:s3cret-of-the-test").decode()
        answer = get_post(server.token, form, {"Authorization": f"Basic {basic}"})
        kit.check(answer["token_type"] == "Bearer" and answer["expires_in"] == 60, f"odd token answer: {answer.keys()}")
        try:
            get_post(server.token, form, {"Authorization": "Basic bm9kZTp3cm9uZw=="})
            raise kit.Failure("a wrong client secret got a token")
        except urllib.error.HTTPError as error:
            kit.check(error.code == 401, f"a wrong secret answers {error.code}")
        row(server, "client credentials give a token of 60 s, a wrong secret none")


def signed_client(root):
    """SMART Backend Services' way: an assertion signed with ES384 gets a token once, and none when it is used again."""
    key = ClientKey(root / "client.pem")
    with servers.oidc([key.client("clinic-node")]) as server:
        form = {"grant_type": "client_credentials", "client_assertion": key.assertion("clinic-node", server.token),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}
        kit.check(get_post(server.token, urllib.parse.urlencode(form).encode(), {})["token_type"] == "Bearer", "no token")
        other = ClientKey(root / "other.pem").assertion("clinic-node", server.token)
        for what, assertion in (("used again", form["client_assertion"]), ("by another key", other),
                                ("for another server", key.assertion("clinic-node", "https://elsewhere.example/token"))):
            try:
                get_post(server.token, urllib.parse.urlencode(form | {"client_assertion": assertion}).encode(), {})
                raise kit.Failure(f"an assertion {what} got a token")
            except urllib.error.HTTPError as error:
                kit.check(error.code in (400, 401), f"an assertion {what}: {error.code}")
        row(server, "private_key_jwt (ES384) gives a token; replayed, of another key or audience: none")


def get_post(url, body, headers):
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        return json.load(answer)


def faults():
    stubs = [
        {"request": {"method": "GET", "url": "/reset"}, "response": {"fault": "CONNECTION_RESET_BY_PEER"}},
        {"request": {"method": "GET", "url": "/busy"}, "response": {"status": 429, "headers": {"Retry-After": "1"}}},
    ]
    with servers.wiremock(stubs) as server:
        try:
            get(f"{server.url}/reset")
            raise kit.Failure("a reset connection answered")
        except urllib.error.HTTPError as error:
            raise kit.Failure(f"the reset answered {error.code}") from error
        except OSError:
            pass
        try:
            get(f"{server.url}/busy")
            raise kit.Failure("429 was no error")
        except urllib.error.HTTPError as error:
            kit.check(error.code == 429 and error.headers["Retry-After"] == "1", f"busy answers {error.code}")
        row(server, "resets a connection, answers 429 with Retry-After")


def broker(root):
    connect = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04test"
    with servers.mosquitto() as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as s:
            s.sendall(connect)
            kit.check(s.recv(4) == b"\x20\x02\x00\x00", "the broker does not accept a client")
        row(server, "CONNECT is accepted")
    with servers.nginx(root) as server:
        kit.check(len(get(f"{server.url}/parcels.geojson")["features"]) == 100, "nginx serves another file")
        row(server, "serves the parcels' file")


def run(root):
    """Every server is tried; what cannot be had is said, and the test counts as skipped only when nothing was left to try."""
    from packages import Unavailable

    missing, done = [], 0
    parts = (lambda: map_server(root), lambda: broker(root), lambda: clinic(lambda items: servers.hapi(list(fhir_data.by_type(items))), 50),
             lambda: clinic(lambda items: servers.medplum(), 1000), tokens, lambda: signed_client(root), faults)
    for part in parts:
        try:
            part()
            done += 1
        except Unavailable as reason:
            print(f"skipped: {reason}", flush=True)
            missing.append(str(reason))
    if done == 0:
        raise Unavailable("; ".join(missing))


if __name__ == "__main__":
    sys.exit(kit.main(run))
