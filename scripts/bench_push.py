"""How long octets of a push still reach the endpoint after a right ended: trials against an HTTPS endpoint of the bench, which
takes all it gets and, in every second trial, lets the kernels' buffers fill first."""

import http.server
import json
import math
import ssl
import threading
import time

import offers
from bench_withdrawal import FLOWING, STALL_MS, agreement_cases, ended_with, offer_case, zone_cases
from report import DemoError
from world import curl

READ = 64 << 10


class Endpoint:
    """Counts what comes to it and remembers when the last octet came."""

    def __init__(self, node):
        self.octets, self.last, self.stalled = 0, 0.0, False
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                left = int(self.headers["Content-Length"])
                while left > 0:
                    while endpoint.stalled:
                        time.sleep(0.005)
                    got = len(self.rfile.read1(min(left, READ)))
                    if got == 0:
                        return
                    left -= got
                    endpoint.octets += got
                    endpoint.last = time.monotonic()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(node.folder / "service.pem", node.folder / "service.key")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *arguments: None  # a push that is cut resets its connection
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"https://{node.dns}:{self.port}/take"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def allowed(self, ca):
        """The line of the provider's settings."""
        host = {"host": self.url.split("/")[2].split(":")[0], "port": self.port, "address": "127.0.0.1", "ca": str(ca)}
        return "transfers: " + json.dumps({"push": {"allow": [host]}})

    def flows(self, octets):
        begin = self.octets
        for _ in range(3000):
            if self.octets - begin >= octets:
                return
            time.sleep(0.01)
        raise DemoError(f"the push does not flow: {self.octets - begin} octets")


def at_transfers(world, method, pid="", body=None):
    more = ["-X", method] + (["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body else [])
    status, _, answer = curl(f"{world.trade.url}/v1/transfers{pid and '/' + pid}", *more, cacert=world.web_ca, token=world.token)
    return status, json.loads(answer or b"{}")


def order(world, endpoint, dataset):
    for _ in range(100):  # what the last trial ended may still be on its way between the nodes
        status, answer = at_transfers(world, "POST", body={"provider": world.farm.dns, "dataset": dataset, "endpoint": endpoint.url,
                                                           "purpose": offers.FOOD_SAFETY})
        if status == 202:
            return answer["transfer"]
        time.sleep(0.1)
    raise DemoError(f"no push: {status} {answer}")


def trial(world, endpoint, case, stalled):
    """Seconds from the act to the last octet at the endpoint."""
    case.prepare()
    pid = order(world, endpoint, case.dataset)
    endpoint.flows(case.after)
    begin = world.farm.log.stat().st_size
    endpoint.stalled = stalled
    if stalled:
        time.sleep(STALL_MS / 1000)
    at = time.monotonic()
    case.act(None)
    if stalled:
        time.sleep(STALL_MS / 1000)
        endpoint.stalled = False
    reason = ended_with(world.farm, begin)
    time.sleep(0.3)  # for what lies in the buffers
    took = max(0.0, endpoint.last - at)
    if reason not in case.reasons:
        raise DemoError(f"{case.name}: the push ended with {reason}")
    at_transfers(world, "DELETE", pid)
    case.restore(None)
    return took


def run(bench, endpoint, dataset, agreement, trials):
    world = bench.world
    cases = zone_cases(world, dataset) + agreement_cases(world, dataset, agreement) + [offer_case(world, dataset, bench.offer(dataset))]
    times = []
    for case in cases:
        for n in range(math.ceil(trials / len(cases))):
            case.times.append(trial(world, endpoint, case, stalled=n % 2 == 1) * 1000)
        ordered = sorted(case.times)
        print(f"    push, {case.name:<30} {len(ordered):>3} trials, p50 {ordered[len(ordered) // 2]:>6.0f} ms, most {ordered[-1]:>6.0f} ms",
              flush=True)
        times += case.times
    times.sort()
    return times[math.ceil(0.99 * len(times)) - 1], len(times)
