"""Story 6: readings that do not end, until somebody with the right to do so ends them: either zone, or the grower."""

import time

import events
import offers
import services
import shed
from live import Live
from report import DemoError
from steps_audit import settle
from steps_crash import entries
from steps_exchange import call, data_url, good, refused, wait_for_snapshot
from steps_trace import trace_breaks
from steps_zones import publish

STARTUP = "start-up at trade.eu.example"


def run(world, report):
    streams = services.mosquitto() is not None
    report.title("6. Living readings: a stream flows until a zone or a grower withdraws" if streams else
                 "6. A zone withdraws (no mosquitto here, so without a stream)")
    live = None
    if streams:
        with report.step("a cold shed reports over MQTT (mosquitto)", "farm.jp.example") as step:
            world.service("broker").wait()
            services.shed(world)
            step.verdict = "QoS 1, ten readings a second"
        live = flow(world, report, "its readings flow on")
    for own, node, peer in (("jp", world.farm, "eu"), ("eu", world.trade, "jp")):
        live = withdraw_and_resume(world, report, own, node, peer, live)
    if live:
        consent(world, report, live)


def flow(world, report, what):
    with report.step(what, STARTUP) as step:
        live = Live(world, world.trade, data_url(world, offers.READINGS), world.token)
        live.wait_rows(3)
        if any("grower" in row for row in live.rows):
            raise DemoError(f"a reading names its grower: {live.rows[0]}")
        step.verdict = f"first reading after {live.first * 1000:.0f} ms"
    report.count("crossings")
    return live


def stream_end(world, live):
    """The provider's sealed end of a stream: why, and how much left."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for row in entries(world, world.farm, exchange=live.exchange, kind="STREAM_END_OUT"):
            return row["says"]["predicate"]
        time.sleep(0.05)
    raise DemoError(f"the log has no end of the stream {live.exchange}")


def cut(world, report, live, since, causes):
    with report.step("the stream is cut, its sealed end names the cause", "farm.jp.example") as step:
        seconds = live.wait_cut() - since
        end = stream_end(world, live)
        if end["reason"] not in causes:
            raise DemoError(f"the stream ended for {end['reason']}, not for {causes}")
        step.verdict = f"{end['reason']}, {seconds * 1000:.0f} ms"
    report.count("streams cut")


def withdraw_and_resume(world, report, own, node, peer, live):
    both = ("jp", "eu")
    with report.step(f"{own} withdraws its recognition of {peer} for now", f"zone {own}") as step:
        world.sekisho("zone", "suspend", "--dir", world.zone(own), "--peer", peer, "--reason", "yearly review is overdue")
        since = time.monotonic()
        publish(world, (own,))
        wait_for_snapshot(world, node)
        step.verdict = "one signature, own side only"
    if live:
        cut(world, report, live, since, ("RECOGNITION_SUSPENDED", "CONNECTION"))
    with report.step("a call meanwhile", STARTUP) as step:
        # By the farm at its border, or by trade's own node, whose zone no longer recognises the farm's.
        step.verdict = refused(world, report, "a call while suspended", STARTUP, call(world, offers.EVENTS), "RECOGNITION_SUSPENDED", 401)
    if own == "jp":
        trace_breaks(world, report, ("RECOGNITION_SUSPENDED", "PEER_REFUSED"))
    with report.step(f"{own} resumes", f"zone {own}") as step:
        world.sekisho("zone", "resume", "--dir", world.zone(own), "--peer", peer, "--reason", "review done")
        publish(world, both)
        for one in (world.farm, world.trade):
            wait_for_snapshot(world, one)
        settle(world)  # what was asked meanwhile has its end before the next zone withdraws
        step.verdict = "published, nothing is open"
    if live:
        return flow(world, report, "a new call flows again")
    with report.step("the same call after it resumed", STARTUP) as step:
        good(world, offers.EVENTS)
        step.verdict = "200"
    report.count("crossings")
    return None


def consent(world, report, live):
    with report.step("a grower withdraws her consent: her stream ends", "farm.jp.example") as step:
        since = time.monotonic()
        (world.service("shed").folder / "withdrawn").write_text(shed.GROWERS[0])
        seconds = live.wait_cut() - since
        end = stream_end(world, live)
        if end["reason"] != "CONSENT_WITHDRAWN":
            raise DemoError(f"the stream ended for {end['reason']}")
        step.verdict = f"{end['reason']}, {seconds * 1000:.0f} ms"
    report.count("streams cut")
    (world.service("shed").folder / "withdrawn").unlink()
    names = [name for name in shed.GROWERS + events.GROWERS if name in str(live.rows)]
    if names:
        raise DemoError(f"growers' names crossed: {names}")
