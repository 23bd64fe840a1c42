"""A STAND-IN for an EPCIS 2.0 repository's query interface: WireMock mappings over GS1's published example events, paged as the GS1
OpenAPI says (Link, nextPageToken, EPCISQueryDocument). No EPCIS 2.0 server can be had from a package registry."""

import json

import test_data

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def events():
    """Every event of GS1's example documents, with an eventID where the example has none."""
    found = []
    for path in sorted((test_data.folder("epcis/gs1") / "JSON").rglob("*.jsonld")):
        body = json.loads(path.read_text()).get("epcisBody", {})
        listed = body.get("eventList") or body.get("queryResults", {}).get("resultsBody", {}).get("eventList", [])
        for event in listed:
            event["eventID"] = f"urn:uuid:00000000-0000-4000-8000-{len(found):012x}"
            found.append(event)
    return found


def step(event):
    return event.get("bizStep", "").rpartition(":")[2].rpartition("/")[2].rpartition("BizStep-")[2]


def document(some):
    body = {"queryResults": {"queryName": "stand-in", "resultsBody": {"eventList": some}}}
    return {"@context": [CONTEXT], "type": "EPCISQueryDocument", "schemaVersion": "2.0", "creationDate": "2026-01-01T00:00:00Z", "epcisBody": body}


def query_stubs(some, page, key):
    paths = {"/events": some, "/bizSteps/shipping/events": [e for e in some if step(e) == "shipping"]}
    stubs = [{"priority": 9, "request": {"method": "ANY"}, "response": {"status": 401, "headers": {"Content-Type": "application/problem+json"}, "jsonBody":
              {"type": "epcisException:SecurityException", "title": "no access", "status": 401}}}]
    for path, listed in paths.items():
        for at in range(0, max(len(listed), 1), page):
            token = {"equalTo": f"p{at}"} if at else {"absent": True}
            headers = {"Content-Type": "application/json", "GS1-EPCIS-Version": "2.0.0"}
            if at + page < len(listed):
                headers["Link"] = f'<{path}?perPage=100&nextPageToken=p{at + page}>; rel="next"'
            stubs.append({
                "request": {"method": "GET", "urlPath": path, "queryParameters": {"nextPageToken": token}, "headers": {"X-API-Key": {"equalTo": key}}},
                "response": {"status": 200, "headers": headers, "jsonBody": document(listed[at:at + page])}})
    return stubs
