"""What the nodes declare: sources, datasets with their views, offers with their policies; and who may call them."""

import datetime
import json

import services
from events import LOT

FOOD_SAFETY = "https://w3id.org/dpv#Verification"
RESEARCH = "https://w3id.org/dpv#ResearchAndDevelopment"
MARKETING = "https://w3id.org/dpv#Marketing"
PROFILE = "https://w3id.org/sekisho/v1/"
EPCIS = "https://ref.gs1.org/standards/epcis/2.0.0/"  # what `sekisho trace` looks for

EVENTS = "cold-chain-events"
RECALLS = "cold-chain-recalls"      # three uses
TASTER = "cold-chain-taster"        # a few seconds
RUSH = "cold-chain-rush"            # for the crash under load
UNSHAPED = "cold-chain-unshaped"    # nothing dropped; only to show that the privacy search can find something
HARVESTS = "harvests"               # of the hub
READINGS = "shed-readings"          # live
OBSERVATIONS = "glucose"            # of the clinic
RAW_OBSERVATIONS = "glucose-unshaped"
DELIVERIES = "deliveries"           # trade's own events; nobody else is offered them

YEAR = 365 * 86400

VIEW = {
    "media": "application/x-ndjson",
    "rows": [{"pointer": "/quantityList/*/epcClass", "op": "eq", "value": LOT}],
    "fields": {
        "/type": "keep", "/eventID": "keep", "/eventTime": "keep", "/eventTimeZoneOffset": "keep", "/action": "keep",
        "/bizStep": "keep", "/disposition": "keep", "/readPoint/id": "keep", "/quantityList": "keep",
        "/sensorElementList/*/sensorMetadata/time": "keep", "/sensorElementList/*/sensorMetadata/deviceID": "keep",
        "/sensorElementList/*/sensorReport/*/type": "keep", "/sensorElementList/*/sensorReport/*/value": "keep",
        "/sensorElementList/*/sensorReport/*/uom": "keep", "/grower": "drop",
    },
}
HARVEST_VIEW = {
    "media": "application/x-ndjson",
    "rows": [{"pointer": "/CropName", "op": "eq", "value": "Strawberry"}],
    "fields": {"/HarvestId": "keep", "/FieldId": "keep", "/CropName": "keep", "/HarvestDate": "keep", "/QuantityKg": "keep",
               "/LotNumber": "keep", "/FarmerName": "drop", "/FarmerNumber": "drop"},
}
# A reading whose consent is withdrawn ends the stream of its subject.
READING_VIEW = {
    "media": "application/x-ndjson",
    "rows": [{"pointer": "/grower/id", "op": "eq", "value": 1}, {"pointer": "/consent", "op": "eq", "value": True, "ends": True}],
    "fields": {"/n": "keep", "/shed": "keep", "/at": "keep", "/celsius": "keep", "/grower": "drop"},
}
OBSERVATION_VIEW = {"preset": "fhir-deidentify@1", "media": "application/x-ndjson"}


def policy(until, count, purpose=FOOD_SAFETY, zone="eu"):
    return {
        "permission": [
            {
                "action": "use",
                "constraint": [
                    {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [{"@id": purpose}]},
                    {"leftOperand": PROFILE + "recipientZone", "operator": "eq", "rightOperand": zone},
                    {"leftOperand": "odrl:dateTime", "operator": "lt", "rightOperand": {"@value": until, "@type": "xsd:dateTime"}},
                    {"leftOperand": "odrl:count", "operator": "lteq", "rightOperand": {"@value": str(count), "@type": "xsd:integer"}},
                ],
            }
        ],
        "prohibition": [{"action": "odrl:distribute"}, {"action": "odrl:transfer"}],
        "profile": [PROFILE],
    }


def stamp(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def dataset(name, title, source, view=None, standard=None):
    out = {"id": name, "title": title, "source": source, "media": "application/x-ndjson"}
    return out | ({"view": view} if view else {}) | ({"conformsTo": standard} if standard else {})


def offer(name, rules):
    return {"id": f"offer-{name}", "dataset": name, "policy": rules}


def document(sources, datasets, offers, clients=()):
    return json.dumps({"sources": sources, "datasets": datasets, "offers": offers, "clients": list(clients)}, indent=1)


def files(name, folder):
    return {"name": name, "manifest": {"kind": "file", "path": str(folder)}}


def farm(folder, taster_seconds, rush_count, clients=(), unshaped=False):
    offers = [(EVENTS, YEAR, 10000), (RECALLS, YEAR, 3), (TASTER, taster_seconds, 100), (RUSH, YEAR, rush_count)]
    if unshaped:
        offers.append((UNSHAPED, YEAR, 100))
    datasets = [dataset(name, f"Cold-chain events of one lot ({name})", "cold-chain", None if name == UNSHAPED else VIEW,
                        EPCIS if name == EVENTS else None) for name, _, _ in offers]
    return document([files("cold-chain", folder)], datasets, [offer(name, policy(stamp(s), n)) for name, s, n in offers], clients)


def farm_domains(hub, broker):
    """The farm's other sources: the hub by a manifest alone, and readings without an end; ports, None: left out."""
    sources, datasets, offers = [], [], []
    if hub:
        base = f"http://127.0.0.1:{hub}"
        auth = {"kind": "oauth2_client_credentials", "token_url": f"{base}/Token", "client_id": {"secret": "hub-id"},
                "client_secret": {"secret": "hub-secret"}, "send": {"header": "X-Authorization", "format": "{token}"}}
        stream = {"name": "harvests", "path": "/API/Private/Harvest/OData?$top=200", "key": ["/HarvestId"]}
        sources.append({"name": "hub", "manifest": {"kind": "http", "base": base, "auth": auth, "dialect": "dynamic-api@1", "streams": [stream]}})
        datasets.append(dataset(HARVESTS, "Strawberry harvests by field and lot", "hub", HARVEST_VIEW))
        offers.append(offer(HARVESTS, policy(stamp(YEAR), 1000)))
    if broker:
        sources.append({"name": "shed", "manifest": {"kind": "mqtt", "host": "127.0.0.1", "port": broker, "client_id": "farm-node",
                                                     "topics": ["cold/#"]}})
        datasets.append(dataset(READINGS, "Temperatures of one grower's shed, as they come", "shed", READING_VIEW))
        offers.append(offer(READINGS, policy(stamp(YEAR), 1000)))
    return document(sources, datasets, offers)


def clinic(folder, clients=(), unshaped=False):
    datasets = [dataset(OBSERVATIONS, "Blood glucose, de-identified (FHIR R4)", "records", OBSERVATION_VIEW)]
    offers = [offer(OBSERVATIONS, policy(stamp(YEAR), 1000, RESEARCH, "jp"))]
    if unshaped:
        datasets.append(dataset(RAW_OBSERVATIONS, "Blood glucose, with names", "records"))
        offers.append(offer(RAW_OBSERVATIONS, policy(stamp(YEAR), 1000, RESEARCH, "jp")))
    return document([files("records", folder)], datasets, offers, clients)


def trade(folder, clients=()):
    """Trade's own events, for its own recalls: a dataset without an offer."""
    return document([files("deliveries", folder)], [dataset(DELIVERIES, "Deliveries", "deliveries", standard=EPCIS)], [], clients)


def taster(seconds):
    """The taster's offer anew, ending soon."""
    return json.dumps({"offers": [offer(TASTER, policy(stamp(seconds), 100))]})


def clients_only(clients):
    return json.dumps({"clients": list(clients)}, indent=1)


def secrets(node):
    """What the hub's manifest names; the node reads it at each use."""
    folder = node.folder / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, value in (("hub-id", "farm-client"), ("hub-secret", services.HUB_SECRET)):
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
