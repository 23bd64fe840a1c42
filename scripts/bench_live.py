"""A source that never ends, for the bench: readings over HTTP for as long as somebody listens, each with the consent of its
subject. And what is measured with it: the memory of both nodes over a long stream."""

import http.server
import json
import subprocess
import threading

LINES = 50        # of one burst
EVERY = 0.025     # seconds between two: about 0.3 MB/s


class LiveSource:
    def __init__(self):
        self.consent, self.changed = True, threading.Event()
        source = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802 (the library's name)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    source.stream(self.wfile)
                except OSError:
                    self.close_connection = True  # nobody listens any more

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stream(self, out):
        n = 0
        while True:
            lines = "".join(json.dumps({
                "time": f"2026-11-24T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z", "lot": f"LOT-{i % 977:04}",
                "device": f"urn:epc:id:giai:4000001.{i % 131}", "value": round(2 + i % 83 / 10, 1), "unit": "CEL",
                "grower": f"Yamada Hanako {i % 389}", "consent": self.consent}, separators=(",", ":")) + "\n"
                for i in range(n, n + LINES))
            n += LINES
            data = lines.encode()
            out.write(b"%x\r\n%s\r\n" % (len(data), data))
            out.flush()
            if self.changed.wait(EVERY):
                self.changed.clear()

    def set_consent(self, given):
        self.consent = given
        self.changed.set()

    def close(self):
        self.server.shutdown()


def declaration(source, name, offer, view):
    """The documents of `sekisho apply` for the live dataset; a subject that takes its consent back ends the stream."""
    view = dict(view, rows=[{"pointer": "/consent", "op": "eq", "value": True, "ends": True}])
    return {
        "sources": [{"name": name, "manifest": {"kind": "http", "url": f"http://127.0.0.1:{source.port}/", "endless": True}}],
        "datasets": [{"id": name, "title": name, "source": name, "media": "application/x-ndjson", "view": view}],
        "offers": [offer],
    }


def headers_of_live(bench, url, seconds=3):
    """Starts a live answer at the consumer's node, reads it for a while and leaves; its headers."""
    head = bench.world.root / "live-head"
    subprocess.run(["curl", "-sS", "--http1.1", "--max-time", str(seconds), "--cacert", str(bench.world.web_ca), "-H",
                    f"Authorization: Bearer {bench.world.token}", "-D", str(head), "-o", "/dev/null", url], capture_output=True)
    lines = head.read_text().splitlines()[1:]
    return {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines) if v}


def curve(bench, url, minutes, memory):
    """Reads the live answer for so long; octets that came, and some rows of the memory curve."""
    done = subprocess.run(["curl", "-sS", "--http1.1", "--max-time", str(int(minutes * 60)), "--cacert", str(bench.world.web_ca), "-H",
                           f"Authorization: Bearer {bench.world.token}", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", url],
                          capture_output=True, text=True)
    rows = memory.stop()
    code, octets = done.stdout.split()
    if code != "200" or done.returncode != 28:  # 28: curl left because its time was over
        raise RuntimeError(f"the live stream ended by itself: {done.returncode} {done.stdout} {done.stderr}")
    step = max(1, len(rows) // 11)
    return int(octets), rows, rows[::step]


def median(values):
    return sorted(values)[len(values) // 2]


def growth(rows, name):
    """MiB from the second tenth of the time to the last."""
    tenth = max(1, len(rows) // 10)
    return median([r[name] for r in rows[-tenth:]]) - median([r[name] for r in rows[tenth:2 * tenth]])

