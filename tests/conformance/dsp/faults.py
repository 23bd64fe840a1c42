"""A peer that answers the node's messages badly: what is repeated, what ends the process, and that nobody else is ever spoken to.
Each row is one conversation with one bad answer (or three) in front of a good one."""

import threading
import time

from conversation import Conversation
from mock_peer import check

# Manner of the peer → what the node makes of it.
REPEATED = ("unknown", "500", "503 html", "429", "409 typed", "drop", "hang", "garbage", "half")  # sent again until it is taken
TAKEN = ("html", "no body", "long")                                                  # any 2xx says that the peer has it
FINAL = ("400 typed", "404 typed", "redirect", "403 html")                           # the process ends by a termination


def negotiation_goes_on(manner):
    def test(node, peer):
        talk = Conversation(node, peer, "ACN0104", False, True)
        talk.tell(["request"])
        talk.hear([manner, "agreement"])
        talk.play("T verification; C finalized; = FINALIZED")
        return talk
    return test


def negotiation_ends(manner):
    def test(node, peer):
        talk = Conversation(node, peer, "ACN0104", False, True)
        talk.tell(["request"])
        place = f"/negotiations/{talk.mine}/agreement"
        peer.expect(place, "ContractAgreementMessage", manners=[manner])
        ending = peer.expect(f"/negotiations/{talk.mine}/termination", "ContractNegotiationTerminationMessage")
        document = ending.wait()
        check(document.get("code") and document.get("reason"), f"the termination does not say why: {document}")
        node.becomes(f"/negotiations/{talk.theirs}", "ContractNegotiation", "TERMINATED")
        time.sleep(0.2)
        check(peer.count(place) == 1, f"a refused message came {peer.count(place)} times")
    return test


def transfer_goes_on(manner):
    def test(node, peer):
        talk = Conversation(node, peer, "ATP0201", True, True)
        talk.tell(["request"])
        talk.hear([manner, "start"])
        talk.play("= STARTED; T termination; = TERMINATED")
        return talk
    return test


def transfer_ends(manner):
    def test(node, peer):
        talk = Conversation(node, peer, "ATP0201", True, True)
        talk.tell(["request"])
        peer.expect(f"/transfers/{talk.mine}/start", "TransferStartMessage", manners=[manner])
        peer.expect(f"/transfers/{talk.mine}/termination", "TransferTerminationMessage").wait()
        node.becomes(f"/transfers/{talk.theirs}", "TransferProcess", "TERMINATED")
    return test


def request_goes_on(manner):
    """The first request of a consumer, which has no process of the peer to end yet."""
    def test(node, peer):
        talk = Conversation(node, peer, "FAULT_" + manner.replace(" ", "_"), False, False)
        talk.hear_request([manner])
        talk.play("= REQUESTED; T termination; = TERMINATED")
        return talk
    return test


def termination_is_not_owed(manner):
    """A termination that the peer refuses is not repeated, and the process is as ended as before."""
    def test(node, peer):
        talk = Conversation(node, peer, "ACN0201", False, True)
        talk.tell(["request"])
        place = f"/negotiations/{talk.mine}/termination"
        peer.expect(place, "ContractNegotiationTerminationMessage", manners=[manner])
        node.becomes(f"/negotiations/{talk.theirs}", "ContractNegotiation", "TERMINATED")
        time.sleep(0.3)
        check(peer.count(place) == 1, f"a refused termination came {peer.count(place)} times")
    return test


class Elsewhere:
    """Where redirections point to: a listener that nobody may reach."""

    def __init__(self):
        import socket
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.reached = 0
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            link, _ = self.socket.accept()
            self.reached += 1
            link.close()


ELSEWHERE = Elsewhere()


def followed():
    return f"a redirection was followed {ELSEWHERE.reached} times" if ELSEWHERE.reached else None


def rows():
    out = {}
    for manner in REPEATED + TAKEN:
        out[f"agreement, {manner}"] = negotiation_goes_on(manner)
        out[f"start, {manner}"] = transfer_goes_on(manner)
    for manner in ("500", "drop", "hang", "garbage", "half", *TAKEN):
        out[f"first request, {manner}"] = request_goes_on(manner)
    for manner in FINAL:
        out[f"agreement, {manner}"] = negotiation_ends(manner)
        out[f"start, {manner}"] = transfer_ends(manner)
        out[f"termination, {manner}"] = termination_is_not_owed(manner)
    return out


ALL = rows()
