"""What the kit does not ask and a connector must do all the same."""

import json
import time
import uuid

import kit_messages as say
from conversation import LATE, Conversation
from mock_peer import check

NOWHERE = "urn:uuid:00000000-0000-4000-8000-000000000000"


def forgetful_peer(node, peer):
    """409 and the path is gone: the node repeats as long as it has patience, and ends the transfer."""
    talk = Conversation(node, peer, "ATP0205", True, True)
    talk.subject = "ATP0201"
    talk.tell(["request"])
    start, end = f"/transfers/{talk.mine}/start", f"/transfers/{talk.mine}/termination"
    peer.expect(start, "TransferStartMessage", manners=["409"])
    ending = peer.expect(end, "TransferTerminationMessage")
    ending.wait()
    told = peer.count(start)
    time.sleep(LATE)
    check(peer.count(start) == told, "a start came after the end")
    node.becomes(f"/transfers/{talk.theirs}", "TransferProcess", "TERMINATED")


def unknown_processes(node, _peer):
    for room, error, paths in (("negotiations", "ContractNegotiationError", ("request", "offers", "agreement", "agreement/verification", "events", "termination")),
                               ("transfers", "TransferError", ("start", "completion", "suspension", "termination"))):
        codes = set()
        for path in paths:
            body = say.base("ContractNegotiationTerminationMessage", providerPid=NOWHERE, consumerPid=NOWHERE)
            codes.add(node.refuse(f"/{room}/{NOWHERE}/{path}", body, error, 404)["code"])
        check(len(codes) == 1, f"unknown processes have the codes {codes}")
        status, raw = node.ask("GET", f"{node.BASE}/{room}/{NOWHERE}")
        check(status == 404 and json.loads(raw)["@type"] == error, f"GET of an unknown process got {status}")


def ill_requests(node, peer):
    good = {"consumerPid": str(uuid.uuid4()), "offer": say.offer("CD123:ACN0202:456", "ACN0202"), "callbackAddress": f"http://localhost:{peer.port}"}
    for what, body in {
        "both": say.base("ContractRequestMessage", **good, providerPid=NOWHERE),
        "neither": say.base("ContractRequestMessage", consumerPid=good["consumerPid"], offer=good["offer"]),
        "elsewhere": say.base("ContractRequestMessage", **{**good, "callbackAddress": "http://169.254.169.254/latest"}),
        "another_port": say.base("ContractRequestMessage", **{**good, "callbackAddress": "http://localhost:1"}),
        "user_info": say.base("ContractRequestMessage", **{**good, "callbackAddress": f"http://localhost:{peer.port}@example.com"}),
        "number": say.base("ContractRequestMessage", **{**good, "consumerPid": 7}),
        "no_pid": say.base("ContractRequestMessage", offer=good["offer"], callbackAddress=good["callbackAddress"]),
        "text_offer": say.base("ContractRequestMessage", **{**good, "offer": "CD123:ACN0202:456"}),
        "context": {**say.base("ContractRequestMessage", **good), "@context": "https://w3id.org/dspace/2025/1/context.jsonld"},
        "old_context": {**say.base("ContractRequestMessage", **good), "@context": ["https://w3id.org/dspace/2024/1/context.json"]},
        "type": say.base("ContractOfferMessage", **good),
    }.items():
        try:
            node.refuse("/negotiations/request", body, "ContractNegotiationError")
        except Exception as error:
            raise type(error)(f"{what}: {error}") from error
    for raw in (b"", b"{", b"[]", b'"x"', b"{\"a\":1,\"a\":2}"):
        status, answer = raw_post(node, raw)
        check(status == 400 and b"ContractNegotiationError" in answer, f"{raw!r} got {status}")


def raw_post(node, raw):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=10)
    connection.request("POST", node.BASE + "/negotiations/request", raw, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def foreign_offer(node, peer):
    """An offer that is not made: the process is there and ends by a termination that says why."""
    talk = Conversation(node, peer, "ACN0202", False, True)
    body = talk.request()
    body["offer"]["@id"] = "nothing"
    _, document = node.post("/negotiations/request", body, "ContractNegotiation")
    ending = peer.expect(f"/negotiations/{talk.mine}/termination", "ContractNegotiationTerminationMessage")
    check(ending.wait()["code"] == "OFFER_UNKNOWN", "the termination does not say why")
    node.becomes(f"/negotiations/{document['providerPid']}", "ContractNegotiation", "TERMINATED")


def initial_offers(node, peer):
    """An offer that nobody asked for is taken and waits for the operator; the kit has none."""
    mine = f"urn:uuid:{uuid.uuid4()}"
    offer = say.offer("offerUNASKED", "UNASKED", assigner=say.PARTICIPANT, assignee=node.participant)
    body = say.base("ContractOfferMessage", providerPid=mine, offer=offer, callbackAddress=f"http://localhost:{peer.port}")
    status, document = node.post("/negotiations/offers", body, "ContractNegotiation")
    check(status == 201 and document["state"] == "OFFERED" and document["providerPid"] == mine, f"got {status} {document}")
    theirs = document["consumerPid"]
    check(node.state(f"/negotiations/{theirs}", "ContractNegotiation") == "OFFERED", "the process is not OFFERED")
    _, again = node.post("/negotiations/offers", {**body, "@id": str(uuid.uuid4())}, "ContractNegotiation")
    check(again["consumerPid"] == theirs, "the same offer made a second process")
    ids = {"providerPid": mine, "consumerPid": theirs}
    node.refuse(f"/negotiations/{theirs}/agreement", say.agreement(ids, "UNASKED", node.participant), "ContractNegotiationError")
    node.refuse("/negotiations/offers", {**body, "consumerPid": theirs}, "ContractNegotiationError")
    node.refuse("/negotiations/offers", {key: value for key, value in body.items() if key != "callbackAddress"}, "ContractNegotiationError")
    check(node.state(f"/negotiations/{theirs}", "ContractNegotiation") == "OFFERED", "a refused message changed the state")
    time.sleep(0.2)
    check(peer.count(f"/negotiations/{mine}/") == 0, "the node accepted of its own accord")
    node.post(f"/negotiations/{theirs}/termination", say.base("ContractNegotiationTerminationMessage", **ids, code="1"), "ContractNegotiation")
    check(node.state(f"/negotiations/{theirs}", "ContractNegotiation") == "TERMINATED", "the process is not TERMINATED")


ALL = {"initial offers": initial_offers, "forgetful peer": forgetful_peer, "unknown processes": unknown_processes, "ill requests": ill_requests, "foreign offer": foreign_offer}
