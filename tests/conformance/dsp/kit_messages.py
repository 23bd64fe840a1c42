"""Messages as the official kit writes them: "@context" last, an "@id" that nobody asked for, nine digits of a second, suspensions
typed as terminations."""

import datetime
import uuid

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
PARTICIPANT = "TCK_PARTICIPANT"


def base(kind, **members):
    body = {"@id": str(uuid.uuid4()), "@type": kind, **{name: value for name, value in members.items() if value is not None}}
    body["@context"] = CONTEXT
    return body


def offer(identity, target, kind="Offer", **more):
    return {"@type": kind, "@id": identity, "permission": [{"action": "use"}], "target": target, **more}


def event(ids, name):
    return base("ContractNegotiationEventMessage", **ids, eventType=name)


def agreement(ids, target, assignee):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"
    document = offer(str(uuid.uuid4()), target, "Agreement", timestamp=now, assignee=assignee, assigner=PARTICIPANT)
    return base("ContractAgreementMessage", **ids, agreement=document)


def start(ids, address=True):
    where = {"@type": "DataAddress", "endpoint": "http://example.com", "endpointType": "https://w3id.org/idsa/v4.1/HTTP"}
    return base("TransferStartMessage", **ids, dataAddress=where if address else None)


def process(kind, ids, state):
    return base(kind, **ids, state=state)
