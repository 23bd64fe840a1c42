"""Bad input on every route of the protocol, sent to a real listener as octets: what is answered (status, typed error, code), that
nothing changed, that the log got one line for each refusal. Runs against a laboratory node of its own."""

import collections
import http.client
import json
import socket
import time
import uuid

import kit_messages as say
from conversation import Conversation
from mock_peer import check

NOWHERE = "urn:uuid:00000000-0000-4000-8000-000000000000"
BASE = "/dsp/2025-1"
JSON = {"Content-Type": "application/json"}
BODY_LIMIT = 256 * 1024

Route = collections.namedtuple("Route", "name path error good exclusive state")


def ask(port, method, path, body=b"", headers=None, length=None):
    """One request on a connection of its own; the answer is read even where the node does not want the rest of the body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        fields = {"Content-Length": str(len(body) if length is None else length), **(JSON if headers is None else headers)}
        head += "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        try:
            link.sendall(head.encode("latin-1") + b"\r\n" + body)
        except OSError:
            pass  # the node has answered already
        answer = http.client.HTTPResponse(link, method=method)
        answer.begin()
        return answer.status, dict(answer.getheaders()), answer.read()


def text(document):
    return json.dumps(document).encode()


def without(document, name):
    return {key: value for key, value in document.items() if key != name}


def deep(document, levels):
    return text(document)[:-1] + b', "x": ' + b"[" * levels + b"]" * levels + b"}"


# Name → octets made of a good message, status, code.
def octets(good):
    whole = text(good)
    return {
        "nothing": (b"", 400, "JSON_SYNTAX"),
        "one_brace": (b"{", 400, "JSON_SYNTAX"),
        "half": (whole[: len(whole) // 2], 400, "JSON_SYNTAX"),
        "two_documents": (whole + whole, 400, "JSON_SYNTAX"),
        "array": (b"[" + whole + b"]", 400, "JSON_SHAPE"),
        "string": (b'"x"', 400, "JSON_SHAPE"),
        "null": (b"null", 400, "JSON_SHAPE"),
        "html": (b"<html></html>", 400, "JSON_SYNTAX"),
        "comment": (b"/* */" + whole, 400, "JSON_SYNTAX"),
        "bom": (b"\xef\xbb\xbf" + whole, 400, "JSON_SYNTAX"),
        "utf16": (whole.decode().encode("utf-16"), 400, "JSON_SYNTAX"),
        "not_utf8": (whole[:-1] + b', "x": "\xff\xfe"}', 400, "JSON_SYNTAX"),
        "overlong_utf8": (whole[:-1] + b', "x": "\xc0\xaf"}', 400, "JSON_SYNTAX"),
        "lone_surrogate": (whole[:-1] + b', "x": "\\ud800"}', 400, "JSON_SYNTAX"),
        "nul_octet": (whole[:-1] + b', "x": "\x00"}', 400, "JSON_SYNTAX"),
        "nul_in_a_name": (whole[:-1] + b', "a\\u0000b": 1}', 400, "JSON_SYNTAX"),
        "member_twice": (whole[:-1] + b', "@type": "' + good["@type"].encode() + b'"}', 400, "JSON_SYNTAX"),
        "member_twice_escaped": (whole[:-1] + b', "\\u0040type": "X"}', 400, "JSON_SYNTAX"),
        "deep_arrays": (deep(good, 5_000), 400, None),
        "huge_number": (whole[:-1] + b', "x": 1e999}', 400, "JSON_SYNTAX"),
        "huge_integer": (whole[:-1] + b', "x": 123456789012345678901234567890}', 400, "JSON_SYNTAX"),
        "not_a_number": (whole[:-1] + b', "x": NaN}', 400, "JSON_SYNTAX"),
        "many_members": (whole[:-1] + b"".join(b', "m%d": 0' % i for i in range(20_001)) + b"}", 400, None),
        "over_the_limit": (whole[:-1] + b', "x": "' + b"x" * BODY_LIMIT + b'"}', 413, "BODY_TOO_LARGE"),
    }


def shapes(good):
    yield "no_context", without(good, "@context")
    yield "context_text", {**good, "@context": say.CONTEXT[0]}
    yield "context_object", {**good, "@context": {"@vocab": "https://w3id.org/dspace/2025/1/"}}
    yield "context_inline", {**good, "@context": [say.CONTEXT[0], {"offer": "https://example.com/offer"}]}
    yield "context_empty", {**good, "@context": []}
    yield "context_old", {**good, "@context": ["https://w3id.org/dspace/2024/1/context.json"]}
    yield "context_almost", {**good, "@context": [say.CONTEXT[0] + "/"]}
    yield "no_type", without(good, "@type")
    yield "type_other", {**good, "@type": "CatalogError"}
    yield "type_prefixed", {**good, "@type": "dspace:" + good["@type"]}
    yield "type_array", {**good, "@type": [good["@type"]]}
    yield "type_number", {**good, "@type": 7}
    for pid in ("consumerPid", "providerPid"):
        if pid not in good:
            continue
        yield f"no_{pid}", without(good, pid)
        for name, value in (("number", 7), ("null", None), ("object", {"@id": good[pid]}), ("array", [good[pid]]), ("empty", ""),
                            ("control", "a\nb"), ("space", "a b"), ("long", "x" * 257)):
            yield f"{pid}_{name}", {**good, pid: value}
    for name in ("eventType", "agreementId", "format", "callbackAddress"):
        if name in good:
            yield f"{name}_number", {**good, name: 7}
            yield f"no_{name}", without(good, name)
    for name in ("offer", "agreement"):
        if name in good:
            yield f"{name}_text", {**good, name: good[name]["@id"]}
            yield f"{name}_array", {**good, name: [good[name]]}
            yield f"no_{name}", without(good, name)
            rule = {"action": "use", "constraint": [{"leftOperand": "count", "operator": "lt", "rightOperand": 5}]}
            yield f"{name}_number_as_operand", {**good, name: {**good[name], "permission": [rule]}}
            yield f"{name}_no_permission", {**good, name: without(good[name], "permission")}
            yield f"{name}_empty_permission", {**good, name: {**good[name], "permission": []}}
            yield f"{name}_id_number", {**good, name: {**good[name], "@id": 7}}
            yield f"{name}_alias", {**good, name: {**without(good[name], "permission"), "odrl:permission": good[name]["permission"]}}
    if good["@type"].endswith(("TerminationMessage", "SuspensionMessage")):
        yield "code_number", {**good, "code": 1}
        yield "reason_text", {**good, "reason": "because"}
        yield "reason_empty", {**good, "reason": []}
    if good["@type"] == "TransferStartMessage":
        address = {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": "http://example.com"}
        yield "address_text", {**good, "dataAddress": "http://example.com"}
        yield "address_no_type", {**good, "dataAddress": without(address, "@type")}
        yield "address_endpoint_number", {**good, "dataAddress": {**address, "endpoint": 7}}
        yield "address_properties_object", {**good, "dataAddress": {**address, "endpointProperties": {}}}
        yield "address_properties_empty", {**good, "dataAddress": {**address, "endpointProperties": []}}
    if good["@type"] == "ContractNegotiationEventMessage":
        yield "event_unknown", {**good, "eventType": "VERIFIED"}
        yield "event_small", {**good, "eventType": good["eventType"].lower()}


def foreign_ids(route):
    for pid in ("consumerPid", "providerPid"):
        if route.state and pid in route.good:
            yield f"{pid}_of_another_process", {**route.good, pid: NOWHERE}


def exclusive(route):
    good = route.good
    if route.exclusive == "callbackAddress":
        other = "consumerPid" if good["@type"] == "ContractOfferMessage" else "providerPid"
        yield "both", {**good, other: NOWHERE}
        yield "neither", without(good, "callbackAddress")
    elif route.exclusive:
        yield "both", {**good, "callbackAddress": "http://localhost:1"}
        yield "neither", without(good, route.exclusive)


def callbacks(port):
    """Addresses that are not the peer's, or not an address."""
    there = f"localhost:{port}"
    for name, address in {
        "loopback_other_port": "http://127.0.0.1:1/", "link_local": "http://169.254.169.254/latest/meta-data",
        "metadata_name": "http://metadata.google.internal/", "private": "http://10.0.0.1/", "any": f"http://0.0.0.0:{port}/",
        "ipv6_link_local": f"http://[fe80::1]:{port}/", "ipv6_mapped": f"http://[::ffff:169.254.169.254]:{port}/",
        "ipv6_unique_local": f"http://[fd00:ec2::254]:{port}/", "ipv6_zone": f"http://[fe80::1%25eth0]:{port}/",
        "integer_host": f"http://2130706433:{port}/", "octal_host": f"http://0177.0.0.1:{port}/", "short_host": f"http://127.1:{port}/",
        "other_host": f"http://example.com:{port}/", "rebinding": f"http://127.0.0.1.nip.io:{port}/", "host_of_another_name": f"http://{there}.example.com/",
        "user_info": f"http://{there}@example.com/", "user_info_first": f"http://example.com@{there}/", "backslash": f"http://{there}\\@example.com/",
        "tab": f"http://local\thost:{port}/", "newline": f"http://{there}/\r\nHost: example.com", "percent_host": f"http://local%68ost:{port}/",
        "trailing_dot": f"http://localhost.:{port}/", "punycode": f"http://xn--lcalhost-54a:{port}/", "idn": f"http://l\u00f6calhost:{port}/",
        "fullwidth": f"http://\uff4cocalhost:{port}/", "fragment": f"http://{there}/#x", "query": f"http://{there}/?x=1",
        "dot_segments": f"http://{there}/a/../b", "encoded_dot_segments": f"http://{there}/%2e%2e/b", "double_slash": f"http://{there}//x",
        "empty": "", "relative": "/dsp", "protocol_relative": f"//{there}/", "file": "file:///etc/passwd", "gopher": f"gopher://{there}/",
        "no_host": "http:///x", "port_zero": "http://localhost:0/", "port_large": "http://localhost:70000/", "port_text": "http://localhost:x/",
        "https_here": f"https://{there}/", "long": f"http://{there}/" + "x" * 3000,
    }.items():
        yield f"callback_{name}", address


class BadInput:
    def __init__(self, node, peer):
        self.node, self.peer, self.outcomes, self.refused, self.asked = node, peer, {}, 0, 0
        self.seen = len(peer.log)

    def refuse(self, route, case, body, status=400, code=None, headers=None):
        got, fields, raw = ask(self.node.port, "POST", route.path, body, headers)
        self.asked += 1
        check(got in (status if isinstance(status, tuple) else (status,)), f"{case}: {got}, not {status} {raw[:300]!r}")
        document = self.error(case, route, fields, raw)
        check(code is None or document["code"] == code, f"{case}: {document['code']}, not {code}")
        if got not in (413, 415):
            self.refused += 1
        return document

    def error(self, case, route, fields, raw):
        check(fields.get("Content-Type") == "application/json", f"{case}: the error is {fields.get('Content-Type')}")
        document = json.loads(raw)
        try:
            self.node.judge.judge(document, route.error)
        except ValueError as error:
            check(False, f"{case}: {error}")
        check(document["code"].isupper() and document["reason"][0]["title"], f"{case}: no code and reason in {raw[:300]!r}")
        return document

    def of_route(self, route):
        for case, (body, status, code) in octets(route.good).items():
            self.refuse(route, case, body, status, code)
        for case, document in [*shapes(route.good), *exclusive(route)]:
            self.refuse(route, case, text(document))
        for case, document in foreign_ids(route):
            self.refuse(route, case, text(document), 400, "INVALID_ARGUMENT")
        if route.exclusive == "callbackAddress" or "callbackAddress" in route.good:
            for case, address in callbacks(self.peer.port):
                self.refuse(route, case, text({**route.good, "callbackAddress": address}))
        if route.good["@type"] == "TransferRequestMessage":
            self.addresses(route)
        for case, headers in {"text": {"Content-Type": "text/plain"}, "xml": {"Content-Type": "application/xml"}, "form": {
                "Content-Type": "application/x-www-form-urlencoded"}, "gzip": {**JSON, "Content-Encoding": "gzip"}}.items():
            self.refuse(route, f"media_{case}", text(route.good), 415, "UNSUPPORTED_MEDIA_TYPE", headers)
        for case, headers in {"none": {}, "charset": {"Content-Type": "application/json; charset=utf-8"}, "linked_data": {"Content-Type": "Application/LD+JSON"},
                              "accept_html": {**JSON, "Accept": "text/html"}, "accept_nothing": {**JSON, "Accept": "application/json;q=0"}}.items():
            self.refuse(route, f"taken_{case}", b"{", 400, "JSON_SYNTAX", headers)
        self.methods(route)
        self.paths(route)

    def addresses(self, route):
        """Where data shall be pushed to; the laboratory permits no place at all."""
        def push(address, **more):
            return text({**route.good, "consumerPid": str(uuid.uuid4()), "format": "HttpData-PUSH", **more, **({} if address is None else {"dataAddress": address})})
        address = {"@type": "DataAddress", "endpointType": "https://w3id.org/idsa/v4.1/HTTP", "endpoint": "https://peer.lab.example/in"}
        for case, endpoint in callbacks(self.peer.port):
            self.refuse(route, f"push_{case}", push({**address, "endpoint": endpoint}), (400, 404))
        self.refuse(route, "push_without_address", push(None), 400, "JSON_SHAPE")
        self.refuse(route, "push_address_text", push("https://peer.lab.example/in"), 400, "JSON_SHAPE")
        self.refuse(route, "push_address_without_type", push(without(address, "@type")), 400, "JSON_SHAPE")
        self.refuse(route, "pull_with_address", push(address, format="HttpData-PULL"), 400, "JSON_SHAPE")
        self.refuse(route, "format_unknown", push(address, format="AmazonS3-PUSH"), 400, "JSON_SHAPE")

    def methods(self, route):
        for method in ("PUT", "DELETE", "PATCH", "HEAD", "BREW"):
            status, fields, raw = ask(self.node.port, method, route.path)
            self.asked += 1
            check(status == 405, f"{method}: {status}")
            check("POST" in fields.get("Allow", ""), f"{method}: Allow is {fields.get('Allow')}")
            check(not raw if method == "HEAD" else True, "HEAD has a body")
            if method != "HEAD":
                check(self.error(method, route, fields, raw)["code"] == "METHOD_NOT_ALLOWED", method)

    def paths(self, route):
        for case, path, status in (("trailing_slash", route.path + "/", 404), ("longer", route.path + "/x", 404), ("double_slash", route.path + "//", 400),
                                   ("dots", route.path + "/../x", 400), ("encoded_dots", route.path + "/%2e%2e", 400), ("bad_percent", route.path + "%zz", 400),
                                   ("nul", route.path + "%00", 400), ("overlong", route.path + "%c0%af", 400)):
            got, fields, raw = ask(self.node.port, "POST", path, text(route.good))
            self.asked += 1
            check(got == status, f"{case}: {got}, not {status} {raw[:200]!r}")
            self.error(case, route, fields, raw)

    def unchanged(self, route):
        if route.state:
            room, pid, kind, state = route.state
            now = self.node.state(f"/{room}/{pid}", kind)
            check(now == state, f"the process is {now}, was {state}")

    def run(self, routes):
        for route in routes:
            try:
                self.of_route(route)
                self.unchanged(route)
                self.outcomes[f"bad input, {route.name}"] = None
            except Exception as error:  # noqa: BLE001: any failure is a row of the table
                self.outcomes[f"bad input, {route.name}"] = f"{type(error).__name__}: {error}"


def talks(node, peer):
    """A process of each kind that waits for the peer, and its good messages."""
    out = {}
    for name, subject, transfer, provider in (("provider negotiation", "ACN0202", False, True), ("consumer negotiation", "ACNC0301", False, False),
                                              ("provider transfer", "ATP0205", True, True), ("consumer transfer", "ATPC0301", True, False)):
        talk = Conversation(node, peer, subject, transfer, provider)
        talk.play("T request" if provider else "C request")
        node.becomes(f"/{talk.room}/{talk.theirs}", talk.process, "REQUESTED")
        out[name] = talk
    return out


WORDS = {"provider negotiation": ("counter", "verification", "accepted", "termination"),
         "consumer negotiation": ("offer", "agreement", "finalized", "termination"),
         "provider transfer": ("start", "completion", "suspension", "termination"),
         "consumer transfer": ("start", "completion", "suspension", "termination")}


def routes_of(talks_by_name, peer):
    callback = f"http://localhost:{peer.port}"
    first = say.base("ContractRequestMessage", consumerPid=str(uuid.uuid4()), offer=say.offer("CD123:ACN0202:456", "ACN0202"), callbackAddress=callback)
    transfer = say.base("TransferRequestMessage", consumerPid=str(uuid.uuid4()), agreementId="ATP0205", format="HttpData-PULL", callbackAddress=callback)
    offer = say.base("ContractOfferMessage", providerPid=str(uuid.uuid4()), offer=say.offer("offerX", "X"), callbackAddress=callback)
    yield Route("negotiations/request", BASE + "/negotiations/request", "ContractNegotiationError", first, "callbackAddress", None)
    yield Route("negotiations/offers", BASE + "/negotiations/offers", "ContractNegotiationError", offer, "callbackAddress", None)
    yield Route("transfers/request", BASE + "/transfers/request", "TransferError", transfer, None, None)
    for name, talk in talks_by_name.items():
        for word in WORDS[name]:
            path, good = talk.message(word)
            exclusive_with = {"counter": "providerPid", "offer": "consumerPid"}.get(word)
            state = (talk.room, talk.theirs, talk.process, "REQUESTED")
            yield Route(f"{name} {word}", f"{BASE}/{talk.room}/{talk.theirs}/{path}", talk.error, good, exclusive_with, state)


def whole_again(node, talks_by_name):
    """What was refused has broken nothing: each process goes on."""
    for talk in talks_by_name.values():
        talk.play("T termination; = TERMINATED")


def agreements(node, peer):
    """Well-formed, but not what was asked for: a typed refusal, then a termination that says the same."""
    for case, change in {"target": {"target": "another"}, "assignee": {"assignee": "did:web:other.example"}, "assigner": {"assigner": "did:web:other.example"}}.items():
        talk = Conversation(node, peer, "ACNC0301", False, False)
        talk.play("C request")
        path, good = talk.message("agreement")
        ending = peer.expect(f"/negotiations/{talk.mine}/termination", "ContractNegotiationTerminationMessage")
        body = {**good, "agreement": {**good["agreement"], **change}}
        document = node.refuse(f"/negotiations/{talk.theirs}/{path}", body, "ContractNegotiationError")
        check(document["code"] == "OFFER_MISMATCH", f"{case}: {document['code']}")
        check(ending.wait()["code"] == document["code"], f"{case}: the termination says something else")
        node.becomes(f"/negotiations/{talk.theirs}", "ContractNegotiation", "TERMINATED")


def strangers(node):
    """An id that is none and one that is another's look the same; here only the first kind exists (tests/integration has both)."""
    answers = set()
    for pid in (NOWHERE, "x", "%75rn:x", "a%2Fb", "%F0%9F%8C%8A", "x" * 300):
        status, _, raw = ask(node.port, "GET", f"{BASE}/negotiations/{pid}")
        document = json.loads(raw)
        check(status == 404 and document["code"] == "NOT_FOUND", f"{pid}: {status} {raw[:200]!r}")
        answers.add(json.dumps({**document, "providerPid": "", "consumerPid": ""}, sort_keys=True))
    check(len(answers) == 1, f"unknown ids are told apart: {answers}")


def encoded(node, talk):
    """One pid in two spellings is one process."""
    plain = ask(node.port, "GET", f"{BASE}/{talk.room}/{talk.theirs}")
    spelled = "".join(f"%{ord(c):02X}" for c in talk.theirs)
    check(ask(node.port, "GET", f"{BASE}/{talk.room}/{spelled}")[::2] == plain[::2] and plain[0] == 200, "an encoded pid is another")


def large_body(node):
    """64 MiB, pushed without waiting for an answer: refused by its length, and the answer arrives."""
    size = 64 << 20
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", node.port), timeout=20) as link:
        link.sendall(f"POST {BASE}/negotiations/request HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode())
        block, sent = b" " * (1 << 20), 0
        try:
            while sent < size:
                link.sendall(block)
                sent += len(block)
        except OSError:
            pass
        answer = http.client.HTTPResponse(link)
        answer.begin()
        document = json.loads(answer.read())
    check(answer.status == 413 and document["code"] == "BODY_TOO_LARGE", f"{answer.status} {document}")
    node.judge.judge(document, "ContractNegotiationError")
    check(time.monotonic() - began < 10, "the refusal took long")


def refusals_in(log):
    """Lines of the operator's log that tell of a refused message."""
    return sum(1 for line in log.read_text().splitlines() if '"dataspace.refused"' in line)


def play(node, peer, log):
    """Name → failure or None, and how many requests were made."""
    by_name = talks(node, peer)
    before = refusals_in(log)
    table = BadInput(node, peer)
    table.run(routes_of(by_name, peer))
    outcomes = table.outcomes

    def row(name, test):
        try:
            test()
            outcomes[name] = None
        except Exception as error:  # noqa: BLE001
            outcomes[name] = f"{type(error).__name__}: {error}"

    def one_line_each():
        lines = refusals_in(log) - before
        check(lines == table.refused, f"{lines} lines for {table.refused} refusals")

    def no_connection():
        strays = [path for path, _ in peer.log[table.seen:] if "/negotiations/request" in path or "/transfers/request" in path]
        check(not strays, f"the node spoke: {strays}")

    row("bad input, one log line each", one_line_each)
    row("bad input, nobody was spoken to", no_connection)
    row("agreements that were not asked for", lambda: agreements(node, peer))
    row("bad input, ids that are none", lambda: strangers(node))
    row("bad input, an encoded pid", lambda: encoded(node, by_name["provider negotiation"]))
    row("bad input, 64 MiB", lambda: large_body(node))
    row("bad input, all goes on", lambda: whole_again(node, by_name))
    return outcomes, table.asked
