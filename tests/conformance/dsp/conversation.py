"""Plays one scenario: a negotiation or transfer with the node, the kit's side."""

import time
import uuid

import kit_messages as say
from mock_peer import TAKING, check

NEGOTIATION = {  # word → path after the pid, "@type"
    "request": ("", "ContractRequestMessage"), "counter": ("request", "ContractRequestMessage"),
    "offer": ("offers", "ContractOfferMessage"), "accepted": ("events", "ContractNegotiationEventMessage"),
    "agreement": ("agreement", "ContractAgreementMessage"),
    "verification": ("agreement/verification", "ContractAgreementVerificationMessage"),
    "finalized": ("events", "ContractNegotiationEventMessage"),
    "termination": ("termination", "ContractNegotiationTerminationMessage"),
}
TRANSFER = {
    "start": ("start", "TransferStartMessage"), "completion": ("completion", "TransferCompletionMessage"),
    "suspension": ("suspension", "TransferSuspensionMessage"), "termination": ("termination", "TransferTerminationMessage"),
}
STATE = {  # where a message that was taken leads
    "request": "REQUESTED", "counter": "REQUESTED", "offer": "OFFERED", "accepted": "ACCEPTED", "agreement": "AGREED",
    "verification": "VERIFIED", "finalized": "FINALIZED", "termination": "TERMINATED", "start": "STARTED", "bare-start": "STARTED",
    "completion": "COMPLETED", "suspension": "SUSPENDED",
}
FORMAT = "HttpData-PULL"
LATE = 0.12  # seconds: longer than the node waits before it speaks


class Conversation:
    def __init__(self, node, peer, subject, transfer, provider):
        """provider: the node is the provider."""
        self.node, self.peer, self.subject, self.transfer, self.provider = node, peer, subject, transfer, provider
        self.mine, self.theirs, self.places, self.heard = str(uuid.uuid4()), None, set(), 0
        self.last = "request"  # the newest message that was taken
        self.room = "transfers" if transfer else "negotiations"
        self.process = "TransferProcess" if transfer else "ContractNegotiation"
        self.error = "TransferError" if transfer else "ContractNegotiationError"

    def ids(self):
        return {"providerPid": self.theirs if self.provider else self.mine, "consumerPid": self.mine if self.provider else self.theirs}

    def play(self, lines):
        for line in lines.split("; "):
            who, *words = line.split(" ")
            {"T": self.tell, "C": self.hear, "=": self.ask}[who](words)

    def ask(self, words):
        self.node.becomes(f"/{self.room}/{self.theirs}", self.process, words[0])

    def tell(self, words):
        word = words[0]
        refused, word = word.endswith("!"), word.rstrip("!")
        if word == "request":
            body = self.request()
            status, document = self.node.post(f"/{self.room}/request", body, self.process)
            check(status == 201, f"a creation got {status}")
            check(document["state"] == "REQUESTED" and document["consumerPid"] == self.mine, "the answer is not the process")
            self.theirs = document["providerPid"]
            again, same = self.node.post(f"/{self.room}/request", {**body, "@id": str(uuid.uuid4())}, self.process)
            check(same["providerPid"] == self.theirs, f"the same request made a second process ({again})")
            return
        path, body = self.message(word)
        path = f"/{self.room}/{self.theirs}/{path}"
        if refused:
            # A message of the node is taken when it has read our answer to it, which may be a moment after we gave it.
            before = STATE[self.last]
            self.node.becomes(f"/{self.room}/{self.theirs}", self.process, before)
            self.node.refuse(path, body, self.error)
            after = self.node.state(f"/{self.room}/{self.theirs}", self.process)
            check(before == after, f"a refused message changed {before} to {after}")
            return
        self.node.post(path, body, self.process)
        self.last = word

    def request(self):
        callback = f"http://localhost:{self.peer.port}"
        if self.transfer:
            return say.base("TransferRequestMessage", consumerPid=self.mine, agreementId=self.subject, format=FORMAT, callbackAddress=callback)
        offer = say.offer(f"CD123:{self.subject}:456", self.subject)
        return say.base("ContractRequestMessage", consumerPid=self.mine, offer=offer, callbackAddress=callback)

    def message(self, word):
        ids = self.ids()
        if self.transfer:
            if word in ("start", "bare-start"):
                return "start", say.start(ids, word == "start")
            if word == "completion":
                return word, say.base("TransferCompletionMessage", **ids)
            return word, say.base("TransferTerminationMessage", **ids, code="1")  # the kit types its suspensions so
        path = NEGOTIATION[word][0]
        if word == "counter":
            target = "ACN0102" if self.subject == "ACN0102" else self.subject
            return path, say.base("ContractRequestMessage", **ids, offer=say.offer(f"CD123:{target}:456", target, assignee=say.PARTICIPANT))
        if word == "offer":
            offer = say.offer(f"offer{self.subject}", self.subject, assignee=self.node.participant, assigner=say.PARTICIPANT)
            return path, say.base("ContractOfferMessage", **ids, offer=offer)
        if word == "agreement":
            return path, say.agreement(ids, self.subject, self.node.participant)
        if word == "verification":
            return path, say.base("ContractAgreementVerificationMessage", **ids)
        if word == "termination":
            return path, say.base("ContractNegotiationTerminationMessage", **ids, code="1")
        return path, say.event(ids, word.upper())

    def hear(self, words):
        manner, word = words if len(words) == 2 else ("", words[0])
        if word == "request":
            return self.hear_request()
        path, kind = (TRANSFER if self.transfer else NEGOTIATION)[word]
        if manner == "late":
            time.sleep(LATE)  # the node speaks first, and hears 404
        manners = [manner] if manner not in ("", "late") else []
        place = f"/{self.room}/{self.mine}/{path}"
        expected = self.peer.expect(place, kind, manners=manners)
        self.places.add(place)
        self.heard += 1
        document = expected.wait()
        self.last = word
        self.peer.forget(place)
        check(document.get("providerPid") == self.ids()["providerPid"] and document.get("consumerPid") == self.ids()["consumerPid"],
              f"{kind} names other processes")
        if word in ("accepted", "finalized"):
            check(document["eventType"] == word.upper(), f"the event is {document['eventType']}")
        if word == "counter":
            check("callbackAddress" not in document and document["offer"]["@id"] == f"offer{self.subject}", "the counter-offer is another")
        if word == "agreement":
            agreed = document["agreement"]
            check(agreed["target"] == self.subject and agreed["assignee"] == say.PARTICIPANT and "timestamp" in agreed, "the agreement is another")

    def hear_request(self, manners=()):
        where = f"http://localhost:{self.peer.port}"
        trigger = {"providerId": say.PARTICIPANT, "connectorAddress": where}
        if self.transfer:
            trigger |= {"agreementId": self.subject, "format": FORMAT}
        else:
            trigger |= {"datasetId": self.subject, "offerId": f"offer{self.subject}"}

        def reply(document):
            return say.process(self.process, {"providerPid": self.mine, "consumerPid": document["consumerPid"]}, "REQUESTED")

        kind = "TransferRequestMessage" if self.transfer else "ContractRequestMessage"
        place = f"/{self.room}/request#{self.subject}"
        expected = self.peer.expect(place, kind, reply, manners)
        self.node.trigger(self.room, trigger)
        document = expected.wait()
        self.peer.forget(place)
        self.theirs = document["consumerPid"]
        if not self.transfer:
            wanted = {"@context", "@type", "consumerPid", "offer", "callbackAddress"}
            check(set(document) == wanted, f"the first request has the members {sorted(document)}")
            check(document["offer"]["@id"] == f"offer{self.subject}", "the offer's id is not the webhook's")
        check(not document["callbackAddress"].endswith("/"), "the callback address ends in a slash")

    def finish(self):
        """Nothing may come on a path that was never expected, and nothing twice."""
        with self.peer.lock:
            came = [(path, manner) for path, manner in self.peer.log if f"/{self.mine}/" in path]
        strays = {path for path, _ in came} - self.places
        check(not strays, f"came unasked: {sorted(strays)}")
        taken = sum(1 for _, manner in came if manner == "take" or manner in TAKING)
        check(taken == self.heard, f"{taken} messages came, {self.heard} were expected")
