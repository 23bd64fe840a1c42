"""A peer with the official kit's manners: 200 for creations, answers without a content type, empty chunked bodies, 404 before a
path is expected, a dropped connection where a negotiation does not allow the message, 409 once and 404 for ever for transfers."""

import http.client
import http.server
import json
import threading
import time

WAIT = 5.0  # for a message or a state
HANG = 1.5  # seconds of silence; longer than the node of the replay waits for an answer
TAKING = {"html": (200, b"<html>thanks</html>"), "no body": (204, b""), "long": (200, b"x" * 100_000)}


class Refused(Exception):
    """A test failed: what was expected and what came."""


def check(condition, what):
    if not condition:
        raise Refused(what)


class Peer:
    """Paths that messages are expected on. expect() returns an Expected that wait() takes the body from."""

    def __init__(self, judge):
        self.judge, self.lock, self.paths, self.log, self.elsewhere = judge, threading.Lock(), {}, [], 0
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                peer.take(self, body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, handler, raw):
        path = handler.path
        if path in ("/negotiations/request", "/transfers/request"):  # first messages of all conversations
            path += "#" + subject_of(raw)
        with self.lock:
            expected = self.paths.get(path)
            manner = expected.next_manner() if expected else "unknown"
            self.log.append((path, manner))
        if manner != "take" and manner not in TAKING:
            return self.misbehave(handler, manner, path)
        try:
            document = json.loads(raw)
            self.judge.judge(document, expected.kind)
            check(handler.headers.get("Authorization") == "any", "no Authorization header")
            reply = expected.take(document)
        except Exception as error:  # the kit would hang here; the test shall say why
            expected.fail(error)
            return self.answer(handler, 500, str(error).encode())
        if manner in TAKING:
            return self.answer(handler, *TAKING[manner])
        if reply is None:
            return self.empty(handler)
        return self.answer(handler, 200, json.dumps(reply).encode())

    def misbehave(self, handler, manner, path):
        if manner == "409":  # as the kit does it: the path is gone
            self.forget(path)
            body = {"@type": "TransferError", "providerPid": "x", "consumerPid": "x", "code": "409", "@context": []}
            return self.answer(handler, 409, json.dumps(body).encode())
        if manner == "unknown":
            return self.answer(handler, 404, b"Not found")
        if manner == "hang":
            time.sleep(HANG)
        if manner in ("drop", "hang"):
            pass
        elif manner == "garbage":
            handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        elif manner == "half":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        elif manner == "redirect":
            return self.answer(handler, 302, b"", f"Location: http://127.0.0.1:{self.elsewhere}/\r\n")
        elif manner.endswith(" typed"):
            kind = "TransferError" if "/transfers/" in path else "ContractNegotiationError"
            body = {"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"], "@type": kind, "providerPid": "x", "consumerPid": "x", "code": "x"}
            return self.answer(handler, int(manner[:3]), json.dumps(body).encode())
        else:
            return self.answer(handler, int(manner[:3]), b"<html>oops</html>")
        handler.close_connection = True
        handler.connection.close()

    @staticmethod
    def answer(handler, status, body, fields=""):
        handler.wfile.write(f"HTTP/1.1 {status} X\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    @staticmethod
    def empty(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")

    def expect(self, path, kind, reply=None, manners=()):
        expected = Expected(kind, reply, manners)
        with self.lock:
            self.paths[path] = expected
        return expected

    def forget(self, path):
        with self.lock:
            self.paths.pop(path, None)

    def count(self, part):
        with self.lock:
            return sum(1 for path, _ in self.log if part in path)


def subject_of(raw):
    try:
        document = json.loads(raw)
        return document["agreementId"] if "agreementId" in document else document["offer"]["target"]
    except (ValueError, KeyError, TypeError):
        return "?"


class Expected:
    def __init__(self, kind, reply, manners):
        self.kind, self.reply, self.manners = kind, reply, list(manners)
        self.done, self.document, self.error, self.taken = threading.Event(), None, None, 0

    def next_manner(self):
        return self.manners.pop(0) if self.manners else "take"

    def take(self, document):
        self.taken += 1
        self.document = document
        reply = self.reply(document) if self.reply else None
        self.done.set()
        return reply

    def fail(self, error):
        self.error = error
        self.done.set()

    def wait(self):
        check(self.done.wait(WAIT), f"no {self.kind} came")
        if self.error:
            raise Refused(str(self.error))
        return self.document


class Node:
    """The node under test, asked as the kit asks: a connection for each request, no Accept."""

    BASE = "/dsp/2025-1"

    def __init__(self, judge, ready):
        self.judge, self.port, self.webhooks, self.participant = judge, ready["port"], ready["webhooks"], ready["participant"]

    def ask(self, method, path, body=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        headers = {"Authorization": "any", "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            data = json.dumps(body).encode() if body is not None else None
            for name, value in headers.items():
                connection.putheader(name, value)
            if data is not None:
                connection.putheader("Content-Length", str(len(data)))
            connection.endheaders(data)
            answer = connection.getresponse()
            raw = answer.read()
            if answer.getheader("Content-Encoding") == "gzip":
                import gzip
                raw = gzip.decompress(raw)
            return answer.status, raw
        finally:
            connection.close()

    def post(self, path, body, wanted):
        """A message that must be taken; its answer is judged by its schema."""
        status, raw = self.ask("POST", self.BASE + path, body)
        check(status // 100 == 2, f"{body['@type']} to {path} got {status} {raw[:300]!r}")
        document = json.loads(raw)
        self.judge.judge(document, wanted)
        return status, document

    def refuse(self, path, body, wanted, state=400):
        """A message that must be refused: 4xx, not 404 unless asked for, with a typed error."""
        status, raw = self.ask("POST", self.BASE + path, body)
        check(status == state, f"{body['@type']} to {path} got {status} {raw[:300]!r}, not {state}")
        document = json.loads(raw)
        self.judge.judge(document, wanted)
        check(document.get("code"), "the error has no code")
        return document

    def state(self, path, wanted):
        status, raw = self.ask("GET", self.BASE + path)
        check(status == 200, f"GET {path} got {status}")
        document = json.loads(raw)
        self.judge.judge(document, wanted)
        return document["state"]

    def becomes(self, path, wanted, state):
        end, seen = time.monotonic() + WAIT, ""
        while time.monotonic() < end:
            seen = self.state(path, wanted)
            if seen == state:
                return
            time.sleep(0.01)
        raise Refused(f"{path} is {seen}, not {state}")

    def trigger(self, what, body):
        status, raw = self.ask("POST", f"/tck/{what}/requests", body, self.webhooks)
        check(status // 100 == 2, f"the webhook got {status} {raw[:300]!r}")
