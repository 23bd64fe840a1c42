"""A resource server's door, on loopback: guard.py PORT TARGET INTROSPECTION CLIENT SECRET. It lets a GET through to TARGET only with a
bearer token that the authorisation server calls active (RFC 7662); nothing is remembered, so that a revoked token ends at once."""

import base64
import http.server
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

port, target, introspection, client, secret = sys.argv[1:6]
BASIC = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def active(token):
    form = urllib.parse.urlencode({"token": token}).encode()
    request = urllib.request.Request(introspection, form, {"Authorization": BASIC, "Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer).get("active") is True


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, media, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or not active(token):
            return self.answer(401, "application/json", b'{"error":"invalid_token"}', [("WWW-Authenticate", 'Bearer error="invalid_token"')])
        request = urllib.request.Request(target + self.path, headers={"Accept": self.headers.get("Accept", "*/*"), "Host": self.headers["Host"]})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                self.answer(answer.status, answer.headers.get("Content-Type", ""), answer.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.headers.get("Content-Type", ""), error.read())


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Door)
server.daemon_threads = True
server.serve_forever()
