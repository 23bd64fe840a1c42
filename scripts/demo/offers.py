"""What the farm declares: source, datasets with their views, offers with their policies; and who may call the nodes."""

import datetime
import json

from events import LOT

FOOD_SAFETY = "https://w3id.org/dpv#Verification"
MARKETING = "https://w3id.org/dpv#Marketing"
PROFILE = "https://w3id.org/sekisho/v1/"

EVENTS = "cold-chain-events"
RECALLS = "cold-chain-recalls"      # three uses
TASTER = "cold-chain-taster"        # a few seconds
RUSH = "cold-chain-rush"            # for the crash under load
UNSHAPED = "cold-chain-unshaped"    # nothing dropped; only to show that the privacy search can find something

VIEW = {
    "media": "application/x-ndjson",
    "rows": [{"pointer": "/lot", "op": "eq", "value": LOT}],
    "fields": {
        "/type": "keep", "/eventID": "keep", "/eventTime": "keep", "/eventTimeZoneOffset": "keep", "/action": "keep",
        "/bizStep": "keep", "/disposition": "keep", "/lot": "keep", "/readPoint/id": "keep",
        "/sensorElementList/*/sensorMetadata/time": "keep", "/sensorElementList/*/sensorMetadata/deviceID": "keep",
        "/sensorElementList/*/sensorReport/*/type": "keep", "/sensorElementList/*/sensorReport/*/value": "keep",
        "/sensorElementList/*/sensorReport/*/uom": "keep", "/grower": "drop",
    },
}


def policy(until, count):
    return {
        "permission": [
            {
                "action": "use",
                "constraint": [
                    {"leftOperand": "odrl:purpose", "operator": "isAnyOf", "rightOperand": [{"@id": FOOD_SAFETY}]},
                    {"leftOperand": PROFILE + "recipientZone", "operator": "eq", "rightOperand": "eu"},
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


def farm(folder, taster_seconds, rush_count, clients=(), unshaped=False):
    year = 365 * 86400
    offers = [(EVENTS, year, 10000), (RECALLS, year, 3), (TASTER, taster_seconds, 100), (RUSH, year, rush_count)]
    if unshaped:
        offers.append((UNSHAPED, year, 100))
    document = {
        "sources": [{"name": "cold-chain", "manifest": {"kind": "file", "path": str(folder)}}],
        "datasets": [
            {"id": name, "title": f"Cold-chain events of one lot ({name})", "source": "cold-chain", "media": "application/x-ndjson"}
            | ({} if name == UNSHAPED else {"view": VIEW})
            for name, _, _ in offers
        ],
        "offers": [{"id": f"offer-{name}", "dataset": name, "policy": policy(stamp(s), n)} for name, s, n in offers],
        "clients": list(clients),
    }
    return json.dumps(document, indent=1)


def taster(seconds):
    """The taster's offer anew, ending soon."""
    return json.dumps({"offers": [{"id": f"offer-{TASTER}", "dataset": TASTER, "policy": policy(stamp(seconds), 100)}]})


def clients_only(clients):
    return json.dumps({"clients": list(clients)}, indent=1)
