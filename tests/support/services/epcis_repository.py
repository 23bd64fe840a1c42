"""A STAND-IN for an EPCIS 2.0 repository, on loopback: epcis_repository.py PORT KEY. Capture jobs and paged event queries as the GS1
OpenAPI describes them; no EPCIS 2.0 server can be had from a package registry. It keeps what it is given in memory and checks no
more than the outer shape; an event without eventTime makes its job fail."""

import http.server
import json
import secrets
import sys
import threading
import urllib.parse

PAGE = 20


class Repository:
    def __init__(self):
        self.lock = threading.Lock()
        self.events, self.jobs, self.seen = [], {}, set()

    def capture(self, document, proceed):
        """(job id); the events are there when the job has run."""
        listed = document["epcisBody"]["eventList"]
        bad = [e for e in listed if "eventTime" not in e]
        kept = [] if bad and not proceed else [e for e in listed if "eventTime" in e]
        job = secrets.token_hex(8)
        with self.lock:
            self.jobs[job] = {"polls": 0, "events": kept, "success": not bad}
        return job

    def job(self, name):
        with self.lock:
            job = self.jobs.get(name)
            if job is None:
                return None
            job["polls"] += 1
            running = job["polls"] < 2
            if not running and job["events"]:
                self.events += job["events"]
                job["events"] = []
            errors = [] if job["success"] else [{"type": "epcisException:ValidationException", "title": "an event has no time", "status": 400}]
            return {"captureID": name, "running": running, "success": job["success"], "captureErrorBehaviour": "rollback", "errors": errors}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=None, headers=()):
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(raw))), ("GS1-EPCIS-Version", "2.0.0"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def problem(self, status, kind):
        self.answer(status, {"type": f"epcisException:{kind}", "title": kind, "status": status})

    def allowed(self):
        return secrets.compare_digest(self.headers.get("X-API-Key", ""), self.server.key)

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.allowed():
            return self.problem(401, "SecurityException")
        if self.path != "/capture" or self.headers.get("GS1-EPCIS-Version") != "2.0.0":
            return self.problem(404, "NoSuchResourceException")
        try:
            document = json.loads(raw)
            assert document["type"] == "EPCISDocument"
            job = self.server.repository.capture(document, self.headers.get("GS1-Capture-Error-Behaviour") == "proceed")
        except (ValueError, KeyError, TypeError, AssertionError):
            return self.problem(400, "ValidationException")
        self.answer(202, headers=[("Location", f"/capture/{job}")])

    def do_GET(self):
        if not self.allowed():
            return self.problem(401, "SecurityException")
        path, _, text = self.path.partition("?")
        query = urllib.parse.parse_qs(text)
        if path.startswith("/capture/"):
            job = self.server.repository.job(path.removeprefix("/capture/"))
            return self.answer(200, job) if job else self.problem(404, "NoSuchResourceException")
        if path != "/events":
            return self.problem(404, "NoSuchResourceException")
        at = int(query.get("nextPageToken", ["0"])[0])
        with self.server.repository.lock:
            listed = self.server.repository.events
            page, more = listed[at:at + PAGE], at + PAGE < len(listed)
        body = {"@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"], "type": "EPCISQueryDocument", "schemaVersion": "2.0",
                "creationDate": "2026-01-01T00:00:00Z",
                "epcisBody": {"queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": page}}}}
        self.answer(200, body, [("Link", f'</events?perPage={PAGE}&nextPageToken={at + PAGE}>; rel="next"')] if more else [])


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.daemon_threads, server.repository, server.key = True, Repository(), sys.argv[2]
server.serve_forever()
