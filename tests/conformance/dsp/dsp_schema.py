"""The protocol's JSON Schemas as judges of what the node says. One defect of theirs is mended in memory: three schemas point
into another by a fragment without its slash."""

import json
import os
import pathlib
import threading
import warnings

SOURCE = pathlib.Path(__file__).resolve().parents[3]
FOLDER = pathlib.Path(os.environ.get("SEKISHO_TEST_DATA", SOURCE.parent / "shared/data")) / "dsp"
FILES = {
    "Catalog": "catalog/catalog", "Dataset": "catalog/dataset", "CatalogError": "catalog/catalog-error",
    "CatalogRequestMessage": "catalog/catalog-request-message",
    "ContractRequestMessage": "negotiation/contract-request-message", "ContractOfferMessage": "negotiation/contract-offer-message",
    "ContractAgreementMessage": "negotiation/contract-agreement-message",
    "ContractAgreementVerificationMessage": "negotiation/contract-agreement-verification-message",
    "ContractNegotiationEventMessage": "negotiation/contract-negotiation-event-message",
    "ContractNegotiationTerminationMessage": "negotiation/contract-negotiation-termination-message",
    "ContractNegotiation": "negotiation/contract-negotiation", "ContractNegotiationError": "negotiation/contract-negotiation-error",
    "TransferRequestMessage": "transfer/transfer-request-message", "TransferStartMessage": "transfer/transfer-start-message",
    "TransferSuspensionMessage": "transfer/transfer-suspension-message",
    "TransferCompletionMessage": "transfer/transfer-completion-message",
    "TransferTerminationMessage": "transfer/transfer-termination-message",
    "TransferProcess": "transfer/transfer-process", "TransferError": "transfer/transfer-error",
}
VERSION = "common/protocol-version"


class Judge:
    """judge(body, type) raises ValueError. Without the schemas or the validator it checks "@type" alone and says why."""

    def __init__(self):
        self.reason, self.counted, self._validators = "", {}, {}
        self._lock = threading.Lock()  # a resolver keeps where it is
        try:
            warnings.simplefilter("ignore", DeprecationWarning)
            import jsonschema
        except ImportError:
            self.reason = "python3-jsonschema is not installed"
            return
        if not FOLDER.is_dir():
            self.reason = f"no schemas in {FOLDER}"
            return
        store = {}
        for path in FOLDER.rglob("*-schema.json"):
            text = path.read_text().replace("#definitions/", "#/definitions/")
            schema = json.loads(text)
            store[schema["$id"]] = schema
        for name, file in {**FILES, "VersionResponse": VERSION}.items():
            schema = json.loads((FOLDER / f"{file}-schema.json").read_text().replace("#definitions/", "#/definitions/"))
            resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
            self._validators[name] = jsonschema.Draft201909Validator(schema, resolver=resolver)

    def judge(self, document, wanted=None):
        if wanted == "VersionResponse":
            kind = wanted
        else:
            kind = document.get("@type")
            if kind not in FILES:
                raise ValueError(f"@type {kind!r} is no message of the protocol")
            if wanted and kind != wanted:
                raise ValueError(f"@type is {kind}, not {wanted}")
            if document.get("@context") != ["https://w3id.org/dspace/2025/1/context.jsonld"]:
                raise ValueError(f"@context of {kind} is {document.get('@context')!r}")
        with self._lock:
            self._judge(document, kind)

    def _judge(self, document, kind):
        self.counted[kind] = self.counted.get(kind, 0) + 1
        if not self._validators:
            return
        for error in self._validators[kind].iter_errors(document):
            raise ValueError(f"{kind} at /{'/'.join(map(str, error.path))}: {error.message[:200]}")
