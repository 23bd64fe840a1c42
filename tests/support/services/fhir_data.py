"""The Synthea bundles of the shared test data as single resources, and their way into a FHIR server resource by resource."""

import concurrent.futures
import json
import urllib.error
import urllib.request

import test_data


def resources(*stems):
    """The resources of the bundles whose file names begin with one of these, each once; in-bundle references become Type/id."""
    found, types = {}, {}
    for path in sorted(test_data.folder("fhir").glob("*.json")):
        if stems and not path.name.startswith(stems):
            continue
        for entry in json.loads(path.read_text())["entry"]:
            resource = entry["resource"]
            resource.setdefault("id", entry["fullUrl"].rpartition(":")[2])
            types[entry["fullUrl"]] = f"{resource['resourceType']}/{resource['id']}"
            found.setdefault((resource["resourceType"], resource["id"]), resource)
    return [_relink(r, types) for r in found.values()]


def _relink(value, types):
    if isinstance(value, dict):
        return {k: types.get(v, v) if k == "reference" else _relink(v, types) for k, v in value.items()}
    if isinstance(value, list):
        return [_relink(v, types) for v in value]
    return value


def by_type(items):
    sorted_by = {}
    for item in items:
        sorted_by.setdefault(item["resourceType"], []).append(item)
    return sorted_by


def send(url, resource, method):
    request = urllib.request.Request(url, json.dumps(resource).encode(), {"Content-Type": "application/fhir+json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read()[:500]!r}") from error


def load(base, items):
    """PUTs each resource under its own id; answers how many."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return sum(1 for _ in pool.map(lambda r: send(f"{base}/{r['resourceType']}/{r['id']}", r, "PUT"), items))


def search(url):
    """Every resource of a search, following the server's next links; answers (resources, pages)."""
    found, pages = [], 0
    while url:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": "application/fhir+json"}), timeout=30) as answer:
            bundle = json.load(answer)
        pages += 1
        found += [e["resource"] for e in bundle.get("entry", [])]
        url = next((link["url"] for link in bundle.get("link", []) if link["relation"] == "next"), None)
    return found, pages
