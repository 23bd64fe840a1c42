"""What `./dev bench dsp` fills catalogues with, and a hundred partners' catalogues behind one HTTPS server: each name has a
certificate of its zone, and the node reads them with its own crawler. The server is none of the product's."""

import http.server
import json
import ssl
import threading
import time
import urllib.parse

import offers
import steps_zones
from ports import reserve_port
from report import DemoError
from world import curl

SHOPS, SIZE, PAGE = 100, 1000, 100
PRODUCTS = ("Strawberry", "Apple", "Tea", "Rice", "Beef", "Salmon", "Honey", "Barley", "Melon", "Yuzu")
MEASURES = ("temperature", "humidity", "harvest", "shipment", "residue", "weight", "provenance", "inspection", "customs", "recall")
PLACES = ("Hokkaido", "Aomori", "Iwate", "Niigata", "Shizuoka", "Kochi", "Ehime", "Kumamoto", "Okinawa", "Nagano")
CATALOG = "/dsp/2025-1/catalog/request"
CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"


def title(n):
    return f"{PRODUCTS[n % 10]} {MEASURES[n // 10 % 10]} of {PLACES[n // 100 % 10]}, lot {n}"


def dataset(name, text):
    return {"id": name, "title": text, "source": "records", "media": "application/x-ndjson"}


def described(name, n):
    return dataset(name, title(n))


def offer(name):
    return {"id": f"offer-{name}", "dataset": name, "policy": offers.policy(offers.stamp(365 * 86400), 10**9)}


# ---- questions ---------------------------------------------------------------------------------------------------
def page_path(after=""):
    if not after:
        return f"{CATALOG}?limit={PAGE}"
    return f"{CATALOG}?limit={PAGE}&continuationToken={_token(after)}"


def _token(name):
    import base64

    return base64.urlsafe_b64encode(b"a" + name.encode()).decode().rstrip("=")


def filter_paths(size):
    """A third each: one id, the words of ten in a thousand, and the words of a hundred in a thousand."""
    paths = []
    for i in range(30):
        n = 1 + i * 331 % (size - 1)
        questions = ({"operandLeft": "id", "operator": "=", "operandRight": f"catalog-{n:05}"},
                     {"text": f"{PRODUCTS[n % 10]} {MEASURES[n // 10 % 10]}"}, {"text": PRODUCTS[n % 10]})
        paths += [f"{CATALOG}?limit={PAGE}&filter={urllib.parse.quote(json.dumps([q]))}" for q in questions]
    return paths


def search_paths():
    """Common words, rare words, beginnings of words, one lot, and nothing at all."""
    questions = []
    for i in range(20):
        n = i * 137 + 11
        questions += [PRODUCTS[n % 10], f"{PRODUCTS[n % 10]} {MEASURES[n // 10 % 10]} {PLACES[n // 100 % 10]}", PRODUCTS[n % 10][:3],
                      f"lot {n % SIZE}", f"shop{n % SHOPS:03} {MEASURES[n // 10 % 10]}", "nothing-of-this-kind"]
    return [f"/v1/catalog?q={urllib.parse.quote(q)}" for q in questions]


# ---- a hundred catalogues ----------------------------------------------------------------------------------------
class Shops:
    def __init__(self, world):
        self.world, self.port = world, reserve_port()
        self.names = [f"shop{n:03}.eu.example" for n in range(SHOPS)]
        self.policy = json.dumps(offers.policy(offers.stamp(365 * 86400), 10**9) | {"@type": "Offer"})
        self.contexts = {}
        self.server = None

    def keys(self, name):
        return self.world.root / "shops" / name

    def enrol(self):
        """As any node enrols; then the zone publishes and the consumer takes the snapshot."""
        world = self.world
        for name in self.names:
            certificates = world.root / "shops" / f"{name}.certificates"
            world.sekisho("node", "init", "--dns", name, "--organization", name, "--peer-address", f"127.0.0.1:{self.port}", "--dir",
                          self.keys(name))
            world.sekisho("zone", "enroll", "--dir", world.zone("eu"), self.keys(name) / "request.pb", "--out", certificates)
            world.sekisho("node", "install", "--dir", self.keys(name), certificates)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.load_cert_chain(self.keys(name) / "tls.chain.pem", self.keys(name) / "tls.key")
            self.contexts[name] = context
        self.serve()
        steps_zones.publish(world, ("jp", "eu"))

    def serve(self):
        shops = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                shops.answer(self, self.headers["Host"].split(":")[0], int(query.get("continuationToken", ["0"])[0]))

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

        outer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        outer.minimum_version = ssl.TLSVersion.TLSv1_3
        first = self.keys(self.names[0])
        outer.load_cert_chain(first / "tls.chain.pem", first / "tls.key")
        outer.sni_callback = self.choose
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.socket = outer.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def choose(self, connection, name, _):
        if name in self.contexts:
            connection.context = self.contexts[name]

    def answer(self, handler, name, page):
        shop = self.names.index(name)
        datasets = []
        for n in range(page * PAGE, (page + 1) * PAGE):
            datasets.append(f'{{"@id":"{name[:7]}-{n:04}","@type":"Dataset","title":"{title(n + shop * 7)}","mediaType":"application/x-ndjson",'
                            f'"hasPolicy":[{self.policy[:-1]},"@id":"offer-{n:04}"}}],"distribution":[{{"@type":"Distribution",'
                            f'"format":"HttpData-PULL","accessService":{{"@id":"did:web:{name}#dsp","@type":"DataService"}}}}]}}')
        body = (f'{{"@context":["{CONTEXT}"],"@id":"did:web:{name}#catalog","@type":"Catalog","participantId":"did:web:{name}",'
                f'"dataset":[{",".join(datasets)}]}}').encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        if (page + 1) * PAGE < SIZE:
            handler.send_header("Link", f'<https://{name}{CATALOG}?continuationToken={page + 1}>; rel="next"')
        handler.end_headers()
        handler.wfile.write(body)

    def wait_until_known(self, node):
        until = time.monotonic() + 180
        seen = 0
        while time.monotonic() < until:
            status, _, body = curl(f"{node.url}/v1/catalog?q=nothing-of-this-kind", cacert=self.world.web_ca, token=self.world.token)
            if status != 200:
                raise DemoError(f"the search answers {status}: {body[:300]!r}")
            providers = json.loads(body)["providers"]
            seen = sum(p.get("datasets", 0) for name, p in providers.items() if name.startswith("shop"))
            if seen == SHOPS * SIZE:
                return
            time.sleep(0.5)
        raise DemoError(f"only {seen} of {SHOPS * SIZE} datasets were crawled")

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
