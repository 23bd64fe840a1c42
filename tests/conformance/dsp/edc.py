"""The suite `edc`: the laboratory node against a real Eclipse EDC 0.15.1 on this machine, in both roles: what each makes of the
other, as a table. Exit 0: all passed; 77: cannot run here."""

import json
import os
import sys
import tempfile
import time

import edc_runtime
from edc_runtime import Edc, call
from ports import reserve_port
from suite import start_node

CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
PROTOCOL = "dataspace-protocol-http:2025-1"
ASSET = "asset-1"
SELF = "did:web:connector.jp.example"  # the laboratory's participant id
WAIT = 15


def eventually(what, found):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError(f"{what} did not come")


class Lab:
    """The laboratory node; who asks it is its peer."""

    def __init__(self, ready):
        self.base = f"http://127.0.0.1:{ready['port']}/dsp/2025-1"
        self.webhooks = f"http://127.0.0.1:{ready['webhooks']}/tck"

    def trigger(self, what, body):
        status, text = call("POST", f"{self.webhooks}/{what}/requests", body)
        if status // 100 != 2:
            raise RuntimeError(f"the laboratory got {status} {text[:300]}")
        return json.loads(text)["pid"]

    def state(self, room, pid):
        status, text = call("GET", f"{self.base}/{room}/{pid}")
        return json.loads(text).get("state", f"{status} {text[:200]}")

    def becomes(self, room, pid, state):
        end, seen = time.monotonic() + WAIT, ""
        while time.monotonic() < end:
            seen = self.state(room, pid)
            if seen == state:
                return
            time.sleep(0.05)
        raise RuntimeError(f"the laboratory's process is {seen}, not {state}")


class Run:
    """Rows in order: a later one uses what an earlier one made."""

    def __init__(self, edc, lab):
        self.edc, self.lab = edc, lab
        self.agreement = self.negotiation = self.transfer = None      # EDC consumes
        self.offer = self.own_agreement = self.own_transfer = None    # the laboratory consumes

    def correlated(self, what, pid):
        """EDC's own process for ours."""
        documents = self.edc.management(f"/{what}/request", {"@type": "QuerySpec"})
        return next((d for d in documents if d.get("correlationId") == pid), None)

    # The laboratory provides, EDC consumes.

    def version(self):
        status, text = call("GET", self.lab.base.removesuffix("/dsp/2025-1") + "/.well-known/dspace-version")
        assert status == 200 and "2025-1" in text, text

    def catalog(self):
        found = self.edc.management("/catalog/request", {
            "@type": "CatalogRequest", "counterPartyAddress": self.lab.base, "counterPartyId": SELF, "protocol": PROTOCOL})
        text = json.dumps(found)
        assert "CAT0101" in text and "CD123:CAT0101:456" in text, text[:500]

    def searched(self):
        def found(value):
            return json.dumps(self.edc.management("/catalog/request", {
                "@type": "CatalogRequest", "counterPartyAddress": self.lab.base, "counterPartyId": SELF, "protocol": PROTOCOL, "querySpec": {
                    "limit": 5, "filterExpression": [{"operandLeft": "id", "operator": "=", "operandRight": value}]}}))
        one, none = found("CAT0102"), found("CAT9999")
        assert "CAT0102" in one and "CAT0101" not in one and "CAT0" not in none, one[:500]

    def negotiate(self, offer="CD123:CAT0101:456", action="use"):
        return self.edc.management("/contractnegotiations", {
            "@type": "ContractRequest", "counterPartyAddress": self.lab.base, "counterPartyId": SELF, "protocol": PROTOCOL,
            "policy": {"@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Offer", "@id": offer, "assigner": SELF,
                       "target": "CAT0101", "permission": [{"action": action}]}})["@id"]

    def finalized(self):
        self.negotiation = self.negotiate()
        self.edc.becomes("contractnegotiations", self.negotiation, "FINALIZED")
        self.agreement = self.edc.management(f"/contractnegotiations/{self.negotiation}")["contractAgreementId"]

    def unknown_offer(self):
        identity = self.negotiate("CD123:nothing:456")
        self.edc.becomes("contractnegotiations", identity, "TERMINATED")

    def start_transfer(self):
        return self.edc.management("/transferprocesses", {
            "@type": "TransferRequest", "counterPartyAddress": self.lab.base, "protocol": PROTOCOL,
            "contractId": self.agreement, "transferType": "HttpData-PULL"})["@id"]

    def started(self):
        self.transfer = self.start_transfer()
        self.edc.becomes("transferprocesses", self.transfer, "STARTED")

    def edc_suspends(self):
        self.edc.management(f"/transferprocesses/{self.transfer}/suspend", {"@type": "SuspendTransfer", "reason": "pause"})
        self.edc.becomes("transferprocesses", self.transfer, "SUSPENDED")
        self.lab.becomes("transfers", self.theirs(self.transfer), "SUSPENDED")

    def edc_resumes(self):
        self.edc.management(f"/transferprocesses/{self.transfer}/resume", method="POST")
        self.lab.becomes("transfers", self.theirs(self.transfer), "STARTED")
        self.edc.becomes("transferprocesses", self.transfer, "RESUMED")  # and there it waits for a start of the provider

    def edc_terminates(self):
        self.started()
        self.edc.management(f"/transferprocesses/{self.transfer}/terminate", {"@type": "TerminateTransfer", "reason": "enough"})
        self.edc.becomes("transferprocesses", self.transfer, "TERMINATED")
        self.lab.becomes("transfers", self.theirs(self.transfer), "TERMINATED")

    def edc_orders_push(self):
        """No octet moves: the laboratory has no data plane. What is tried is that both understand the order."""
        transfer = self.edc.management("/transferprocesses", {
            "@type": "TransferRequest", "counterPartyAddress": self.lab.base, "protocol": PROTOCOL, "contractId": self.agreement,
            "transferType": "HttpData-PUSH", "dataDestination": {
                "@type": "DataAddress", "type": "HttpData", "baseUrl": "https://in.peer.lab.example/sink"}})["@id"]
        self.edc.becomes("transferprocesses", transfer, "STARTED")
        self.lab.becomes("transfers", self.theirs(transfer), "STARTED")
        self.edc.management(f"/transferprocesses/{transfer}/terminate", {"@type": "TerminateTransfer", "reason": "enough"})
        self.lab.becomes("transfers", self.theirs(transfer), "TERMINATED")

    def theirs(self, transfer):
        return self.edc.management(f"/transferprocesses/{transfer}")["correlationId"]

    # EDC provides, the laboratory consumes.

    def edc_catalog(self):
        headers = {"Authorization": json.dumps({"clientId": SELF, "region": "eu", "audience": self.edc.base})}
        status, text = call("POST", self.edc.base + "/catalog/request", {"@context": CONTEXT, "@type": "CatalogRequestMessage"}, headers)
        assert status == 200, f"{status} {text[:300]}"
        self.offer = next(d for d in json.loads(text)["dataset"] if d["@id"] == ASSET)["hasPolicy"][0]["@id"]

    def own_finalized(self):
        pid = self.lab.trigger("negotiations", {"connectorAddress": self.edc.base, "datasetId": ASSET, "offerId": self.offer})
        self.lab.becomes("negotiations", pid, "FINALIZED")
        theirs = eventually("EDC's negotiation", lambda: self.correlated("contractnegotiations", pid))
        self.edc.becomes("contractnegotiations", theirs["@id"], "FINALIZED")
        kept = self.edc.management(f"/contractnegotiations/{theirs['@id']}")["contractAgreementId"]
        self.own_agreement = self.edc.management(f"/contractagreements/{kept}")["agreementId"]  # EDC has an id of its own besides

    def own_started(self):
        pid = self.lab.trigger("transfers", {"connectorAddress": self.edc.base, "agreementId": self.own_agreement})
        self.lab.becomes("transfers", pid, "STARTED")
        theirs = eventually("EDC's transfer", lambda: self.correlated("transferprocesses", pid))
        self.own_transfer = (pid, theirs["@id"])
        self.edc.becomes("transferprocesses", theirs["@id"], "STARTED")

    def own_suspended(self):
        pid, theirs = self.own_transfer
        self.edc.management(f"/transferprocesses/{theirs}/suspend", {"@type": "SuspendTransfer", "reason": "pause"})
        self.lab.becomes("transfers", pid, "SUSPENDED")

    def own_resumed(self):
        pid, theirs = self.own_transfer
        self.edc.management(f"/transferprocesses/{theirs}/resume", method="POST")
        self.lab.becomes("transfers", pid, "STARTED")

    def own_terminated(self):
        pid, theirs = self.own_transfer
        self.edc.management(f"/transferprocesses/{theirs}/terminate", {"@type": "TerminateTransfer", "reason": "enough"})
        self.lab.becomes("transfers", pid, "TERMINATED")

    def own_push(self):
        sink = "https://connector.jp.example/sink"
        pid = self.lab.trigger("transfers", {"connectorAddress": self.edc.base, "agreementId": self.own_agreement, "endpoint": sink})
        self.lab.becomes("transfers", pid, "STARTED")
        # Its data plane gets the properties of our address; what the protocol has beside them, the endpoint, EDC 0.15 drops.
        flow = json.dumps(self.edc.plane.flows[-1])
        assert '"flowType": "PUSH"' in flow and "token-of-the-sink" in flow and sink not in flow, flow[:800]
        theirs = eventually("EDC's transfer", lambda: self.correlated("transferprocesses", pid))["@id"]
        self.edc.becomes("transferprocesses", theirs, "STARTED")
        self.edc.management(f"/transferprocesses/{theirs}/terminate", {"@type": "TerminateTransfer", "reason": "enough"})
        self.lab.becomes("transfers", pid, "TERMINATED")

    def rows(self):
        return [
            ("node provides", "version document", self.version),
            ("node provides", "EDC reads the catalogue", self.catalog),
            ("node provides", "EDC searches the catalogue by id", self.searched),
            ("node provides", "EDC negotiates to FINALIZED", self.finalized),
            ("node provides", "an offer that is not made ends TERMINATED at EDC", self.unknown_offer),
            ("node provides", "EDC's transfer is STARTED", self.started),
            ("node provides", "EDC suspends it", self.edc_suspends),
            ("node provides", "EDC resumes it (the node: STARTED, EDC: RESUMED)", self.edc_resumes),
            ("node provides", "EDC terminates another", self.edc_terminates),
            ("node provides", "EDC orders a push: STARTED, then terminated", self.edc_orders_push),
            ("node consumes", "EDC's catalogue", self.edc_catalog),
            ("node consumes", "negotiation with EDC to FINALIZED", self.own_finalized),
            ("node consumes", "transfer from EDC to STARTED (address of IRI-named properties)", self.own_started),
            ("node consumes", "EDC suspends it", self.own_suspended),
            ("node consumes", "EDC resumes it", self.own_resumed),
            ("node consumes", "EDC terminates it", self.own_terminated),
            ("node consumes", "a push ordered from EDC: STARTED, then terminated", self.own_push),
        ]


def play(run):
    failed = 0
    for role, name, step in run.rows():
        began, failure = time.monotonic(), None
        try:
            step()
        except Exception as error:  # noqa: BLE001: any failure is a row of the table
            failure = f"{type(error).__name__}: {error}"
        failed += failure is not None
        print(f"  {role:14} {name:64} {'passed' if failure is None else 'FAILED: ' + failure} ({time.monotonic() - began:.1f} s)")
    return failed


def main():
    program = os.environ.get("SEKISHOD_TCK")
    if not program or not os.access(program, os.X_OK):
        print("SEKISHOD_TCK names no program")
        return 77
    sys.stdout.reconfigure(line_buffering=True)
    library = edc_runtime.jars(edc_runtime.cache())
    with tempfile.TemporaryDirectory(prefix="sekisho-edc-") as work:
        edc = Edc(library, work)
        process = None
        try:
            edc.furnish(ASSET)
            settings = {"port": reserve_port(), "strategy": "product", "delay_ms": 500, "peer": {
                "participant": Edc.PARTICIPANT, "address": edc.base,
                "authorization": json.dumps({"clientId": SELF, "region": "eu", "audience": edc.base})}}
            process, ready = start_node(program, work, settings)
            run = Run(edc, Lab(ready))
            failed = play(run)
            if failed and os.environ.get("SEKISHO_EDC_LOGS"):
                print((edc.log.read_text(errors="replace"))[-20000:])
                print(open(os.path.join(work, "node.log")).read()[-8000:])
        finally:
            if process is not None:
                process.terminate()
                process.wait(30)
            edc.stop()
        rows = len(run.rows())
        print(f"EDC {edc_runtime.VERSION}, protocol 2025-1, no TLS, no evidence, a stand-in for EDC's data plane")
        print(f"{rows - failed} passed, {failed} failed")
        return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
