"""A client of a stream: reads lines in a thread, for as long as the answer goes on."""

import http.client
import json
import ssl
import threading
import time

from report import DemoError


class Live:
    def __init__(self, world, node, url, token):
        self.rows, self.status, self.exchange, self.whole, self.ended = [], None, None, False, threading.Event()
        self.problem = ""
        self.begun = time.monotonic()
        self.first = None  # seconds until the first row
        context = ssl.create_default_context(cafile=str(world.web_ca))
        self.connection = http.client.HTTPSConnection("localhost", node.service_port, context=context, timeout=30)
        self.path, self.token = url[len(node.url):], token
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            self.connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}"})
            answer = self.connection.getresponse()
            self.status, self.exchange = answer.status, answer.headers.get("Sekisho-Exchange")
            if answer.status != 200:
                self.problem = answer.read().decode(errors="replace")
                return
            rest = b""
            while part := answer.read1(65536):
                *lines, rest = (rest + part).split(b"\n")
                if lines and self.first is None:
                    self.first = time.monotonic() - self.begun
                self.rows += [json.loads(line) for line in lines]
            self.whole = True
        except (OSError, http.client.HTTPException) as error:
            self.problem = repr(error)
        finally:
            self.ended.set()

    def wait_rows(self, n, seconds=20):
        until = time.monotonic() + seconds
        while len(self.rows) < n:
            if self.ended.is_set() or time.monotonic() > until:
                raise DemoError(f"{len(self.rows)} readings of {n} came; status {self.status} {self.problem[:500]}")
            time.sleep(0.01)

    def wait_cut(self, seconds=10):
        """Until the answer broke off; answers when."""
        if not self.ended.wait(seconds):
            raise DemoError(f"the stream was not cut within {seconds} s")
        if self.whole:
            raise DemoError("the stream ended as if it were complete")
        return time.monotonic()
