"""How long octets still leave the provider after a right ended: trials under a consumer that takes all it can get. It reads
on past the end and the close, sends receipts meanwhile, and in every second trial lets the kernels' buffers fill first."""

import json
import math
import subprocess
import time

from report import DemoError
from steps_exchange import wait_for_snapshot
from steps_zones import distribute, publish

FLOWING = 8 << 20  # octets before the right is taken away
STALL_MS = 300     # after it, in every second trial: what lies in the buffers is read only then


class Case:
    """prepare: what may take its time beforehand; act: ends the right; restore: gives it back."""

    def __init__(self, name, dataset, reasons, act, restore, prepare=None, after=FLOWING):
        self.name, self.dataset, self.reasons, self.after = name, dataset, reasons, after
        self.act, self.restore, self.prepare = act, restore, prepare or (lambda: None)
        self.transfer = None
        self.times = []


def zone_cases(world, dataset):
    """Either zone suspends the recognition. The clock starts when the provider's own snapshot is in place."""
    def sign(zone, verb):
        peer = "eu" if zone == "jp" else "jp"
        world.sekisho("zone", verb, "--dir", world.zone(zone), "--peer", peer, "--reason", "bench")

    def prepare(zone):
        sign(zone, "suspend")
        for name in ("jp", "eu"):
            world.sekisho("zone", "publish", "--dir", world.zone(name), "--out", world.root / f"{name}.snapshot")
        for own, peer in (("jp", "eu"), ("eu", "jp")):
            world.sekisho("zone", "publish", "--dir", world.zone(own), "--peer-snapshot", world.root / f"{peer}.snapshot", "--out",
                          world.root / f"{own}.snapshot")

    def restore(zone):
        sign(zone, "resume")
        publish(world, ("jp", "eu"))
        for node in (world.farm, world.trade):
            wait_for_snapshot(world, node)

    reasons = {"RECOGNITION_SUSPENDED", "RECOGNITION_WITHDRAWN"}
    return [Case(f"recognition, by {who}", dataset, reasons, lambda transfer: distribute(world, world.farm),
                 lambda transfer, z=zone: restore(z), lambda z=zone: prepare(z))
            for zone, who in (("jp", "the provider's zone"), ("eu", "the consumer's zone"))]


def agreement_cases(world, dataset, agreement):
    """The operator of either node suspends the agreement, and resumes it."""
    def tell(node, verb):
        world.sekisho("agreement", verb, agreement, "--socket", node.socket)

    return [Case(f"agreement, by {who}", dataset, {"TRANSFER_NOT_STARTED"}, lambda transfer, n=node: tell(n, "suspend"),
                 lambda transfer, n=node: tell(n, "resume"))
            for node, who in ((world.farm, "the provider"), (world.trade, "the consumer"))]


def offer_case(world, dataset, offer):
    gone = json.dumps({"remove": [{"kind": "offer", "id": offer["id"]}]})
    back = json.dumps({"offers": [offer]})
    return Case("offer", dataset, {"OFFER_UNKNOWN", "OFFER_WITHDRAWN"}, lambda transfer: world.farm.apply("offer-gone.yaml", gone),
                lambda transfer: world.farm.apply("offer-back.yaml", back))


def consent_case(source, dataset):
    """One subject takes its consent back in the source; the row filter sees it in the next record."""
    return Case("consent", dataset, {"CONSENT_WITHDRAWN"}, lambda transfer: source.set_consent(False),
                lambda transfer: source.set_consent(True), after=256 << 10)


def ended_with(node, begin):
    """What the provider says of the stream that ended after this length of its log."""
    for _ in range(200):
        with open(node.log, "rb") as log:
            log.seek(begin)
            lines = [line for line in log.read().splitlines() if b'"event":"stream.ended"' in line]
        if lines:
            return json.loads(lines[-1])["reason"]
        time.sleep(0.02)
    raise DemoError(f"{node.dns} does not say that a stream ended")


def trial(bench, case, stalled):
    """Seconds from the act to the last octet of any kind that left the provider."""
    arguments = bench.sealed_arguments(case.transfer)
    case.prepare()
    begin = bench.world.farm.log.stat().st_size
    command = bench.client("hostile", bench.world.farm.peer_port, *arguments, "--after", case.after,
                           *(["--stall-ms", STALL_MS] if stalled else []))
    client = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        line = client.stdout.readline()
        if "flowing" not in line:
            raise DemoError(f"{case.name}: the stream does not flow: {line} {client.stderr.read()[-600:]}")
        if stalled:
            time.sleep(0.3)
        at = time.monotonic()
        case.act(case.transfer)
        out, err = client.communicate("\n", timeout=30)
    finally:
        client.kill()
        client.wait()
    if client.returncode != 0:
        raise DemoError(f"{case.name}: {err[-600:]}")
    answer = json.loads(out.splitlines()[-1])
    case.restore(case.transfer)
    reason = ended_with(bench.world.farm, begin)
    if reason not in case.reasons:
        raise DemoError(f"{case.name}: the stream ended with {reason}")
    if answer["reason"] not in ("", reason):
        raise DemoError(f"{case.name}: the sealed end says {answer['reason']}, the provider {reason}")
    return answer["last_octet"] - at


def run(bench, cases, trials):
    each = math.ceil(trials / len(cases))
    for case in cases:
        at = time.monotonic()
        for n in range(each):
            case.times.append(trial(bench, case, stalled=n % 2 == 1) * 1000)
        ordered = sorted(case.times)
        print(f"    {case.name:<36} {len(ordered):>3} trials, p50 {ordered[len(ordered) // 2]:>6.0f} ms, most {ordered[-1]:>6.0f} ms "
              f"({time.monotonic() - at:.0f} s)", flush=True)
    every = sorted(t for case in cases for t in case.times)
    return every[math.ceil(0.99 * len(every)) - 1], len(every)
