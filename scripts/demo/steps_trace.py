"""Story 7: a recall. The importer's node asks its partners where a lot came from and went, and joins its own events."""

import json

import events
import offers
from report import DemoError

CRITERIA = {"criteria": [{"property": "Temperature", "operator": "Greater", "value": 8, "mostMinutes": 10}]}


def options(world):
    return ["--purpose", offers.FOOD_SAFETY, "--node", world.trade.url, "--cacert", world.web_ca, "--token-file",
            world.trade.folder / "startup.token"]


def trace(world, lot, *more, expect=0):
    return json.loads(world.sekisho("trace", lot, *options(world), *more, "--json", expect=expect))


def run(world, report):
    report.title("7. Recall: one lot traced over both countries, by those who hold agreements")
    criteria = world.root / "criteria.json"
    criteria.write_text(json.dumps(CRITERIA))
    with report.step("sekisho trace LOT: own events and every partner's", "start-up at trade.eu.example") as step:
        found = trace(world, events.LOT)
        steps = found["steps"]
        if not found["complete"] or len(steps) != world.lot_rows + world.deliveries:
            raise DemoError(f"the trace has {len(steps)} steps: {json.dumps(found)[:1500]}")
        if [s["direction"] for s in steps][-1] != "downstream" or not any(thing.endswith("JAM-2026-48") for thing in found["things"]):
            raise DemoError(f"the trace does not reach the jam: {steps[-1]}")
        report.count("crossings")
        step.verdict = f"{len(steps)} steps, {len(found['things'])} lots"
    for holder in found["holders"]:
        print(f"      held: {holder['who']} from {holder['first'][:16]} to {holder['last'][:16]}")
    for part in found["parts"]:
        under = f", exchange {part['exchange']}" if "exchange" in part else ", own events"
        print(f"      {part['from']}: {part['events']} events{under}")
    with report.step("from the jam in the shop back to the field; freshness", "start-up at trade.eu.example") as step:
        back = trace(world, events.JAM, "--freshness", criteria, expect=1)  # 1: not fresh
        if len(back["steps"]) != len(steps) or back["freshness"]["good"] or not back["complete"]:
            raise DemoError(f"the jam's trace: {json.dumps(back)[:1500]}")
        breach = back["freshness"]["breaches"][0]
        report.count("crossings")
        step.verdict = f"over {breach['value']:.0f} °C for {breach['minutes']:.0f} min: not fresh"


def trace_breaks(world, report, codes):
    """While a partner cannot be asked the answer says so, and is not called complete."""
    with report.step("a recall meanwhile names who is missing, and why", "start-up at trade.eu.example") as step:
        found = trace(world, events.LOT, expect=1)
        breaks = found["breaks"]
        if found["complete"] or offers.EVENTS not in [b.get("dataset") for b in breaks if b["code"] in codes]:
            raise DemoError(f"the trace while suspended: {json.dumps(breaks)[:1500]}")
        if len(found["steps"]) != world.deliveries:
            raise DemoError(f"{len(found['steps'])} steps instead of the own {world.deliveries}")
        step.verdict = f"break: {breaks[0]['from']}, {len(breaks)} datasets"
