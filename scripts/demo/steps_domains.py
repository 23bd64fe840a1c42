"""Story 5: two more domains through the same nodes: a clinic's Observations without anybody's name, and harvests of a hub
that a manifest alone describes."""

import json

import observations
import offers
import services
from report import DemoError
from steps_exchange import data_url, refused
from world import curl


def research(world, dataset=offers.OBSERVATIONS, purpose=offers.RESEARCH):
    url = data_url(world, dataset, purpose, "clinic.eu.example", world.farm)
    return curl(url, cacert=world.web_ca, token=world.researcher_token)


def run(world, report):
    report.title("5. Three domains: the farm's node also asks a clinic, and offers what a hub holds")
    clinic(world, report)
    harvests(world, report)


def clinic(world, report):
    researcher = "researcher at farm.jp.example"
    with report.step("Observations of a clinic, de-identified on the way", researcher) as step:
        status, headers, body = research(world)
        if status != 200 or "sekisho-exchange" not in headers:
            raise DemoError(f"the clinic's Observations: {status} {body[:800]!r}")
        rows = [json.loads(row) for row in body.decode().splitlines()]
        found = [secret for secret in observations.SECRETS if secret in body.decode()]
        if found or len(rows) != world.observations:
            raise DemoError(f"{len(rows)} of {world.observations} Observations, with {found}")
        subjects = {row["subject"]["reference"] for row in rows}
        if len(subjects) != len(observations.PATIENTS) or any(len(row["effectiveDateTime"]) != 4 for row in rows):
            raise DemoError(f"the Observations are not shaped as they must be: {rows[0]}")
        if any(row["resourceType"] != "Observation" or "valueQuantity" not in row for row in rows):
            raise DemoError(f"an Observation lost what it observes: {rows[0]}")
        step.verdict = f"{len(rows)} rows, {len(subjects)} pseudonyms, 0 names"
    report.count("crossings")
    size = (world.clinic.folder / "records/observations.ndjson").stat().st_size
    report.count("bytes shaped away", max(0, size - len(body)))
    with report.step("the same for a purpose that is not research", researcher) as step:
        answer = research(world, purpose=offers.MARKETING)
        step.verdict = refused(world, report, "Observations for marketing", researcher, answer, "PURPOSE_MISMATCH", 403, offers.RESEARCH)


def harvests(world, report):
    with report.step("a hub by a manifest of 20 lines (the hub is a stand-in)", "farm.jp.example") as step:
        world.service("hub").wait()
        offers.secrets(world.farm)
        broker = world.service("broker").port if services.mosquitto() else None
        diff = world.farm.apply("domains.yaml", offers.farm_domains(world.service("hub").port, broker))
        step.verdict = f"{diff.count(chr(10) + '+') + diff.startswith('+')} objects added"
    with report.step("strawberry harvests, paged from the hub, farmers dropped", "start-up at trade.eu.example") as step:
        status, _, body = curl(data_url(world, offers.HARVESTS), cacert=world.web_ca, token=world.token)
        if status != 200:
            raise DemoError(f"harvests: {status} {body.decode(errors='replace')[:800]}")
        rows = [json.loads(row) for row in body.decode().splitlines()]
        if len(rows) != services.HUB_ROWS // 4 or any("FarmerName" in row or row["CropName"] != "Strawberry" for row in rows):
            raise DemoError(f"{len(rows)} harvests: {rows[:1]}")
        step.verdict = f"{len(rows)} of {services.HUB_ROWS} rows, no farmer"
    report.count("crossings")
