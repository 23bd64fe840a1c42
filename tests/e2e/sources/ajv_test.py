"""npm ajv and our JSON Schema validator judge the same documents: the published examples of NGSI-LD agrifood (draft 2020-12), of
EPCIS and of the Dataspace Protocol by their schemas, and mutants of each. The verdicts are the same on all."""

import copy
import json
import os
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import kit  # noqa: E402

import servers  # noqa: E402
import test_data  # noqa: E402

MUTANTS = int(os.environ.get("SEKISHO_AJV_MUTANTS") or 200)  # of each document
ODD = [None, True, 0, -1, 1.5, 10**9, "", "x", "2026-13-45", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05", "not a uri", "urn:x:y", "http://[",
       "a@b.example", "T" * 300, [], [[]], {}, {"x": 1}, "日本", "urn:epc:id:sgtin:1.2.3", "-P1D", "12:00:00Z"]


def places(value, at=()):
    yield at
    if isinstance(value, dict):
        for k, v in value.items():
            yield from places(v, (*at, k))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from places(v, (*at, i))


def mutant(document, rng):
    """A copy with one to three places taken away, doubled, renamed or filled with something else."""
    changed = copy.deepcopy(document)
    for _ in range(rng.randint(1, 3)):
        spots = [p for p in places(changed) if p]
        if not spots:
            break
        *way, last = rng.choice(spots)
        holder = changed
        for step in way:
            holder = holder[step]
        what = rng.randrange(6)
        if what == 0:
            del holder[last]
        elif what == 1:
            holder[last] = copy.deepcopy(rng.choice(ODD))
        elif what == 2 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        elif what == 3 and isinstance(holder, dict):
            holder[rng.choice(["unknown", "type", "id", last + "x", "@id"])] = holder.pop(last)
        elif what == 4 and isinstance(holder[last], str):
            holder[last] = rng.choice([holder[last].upper(), holder[last] + "\n", holder[last][:-1], " " + holder[last]])
        elif isinstance(holder[last], (int, float)) and not isinstance(holder[last], bool):
            holder[last] = rng.choice([-holder[last], holder[last] + 0.5, float(holder[last]), str(holder[last])])
        else:
            holder[last] = [holder[last]]
    return changed


def load(path):
    return json.loads(path.read_text())


def agrifood():
    folder = test_data.folder("agrifood")
    known = {"https://smart-data-models.github.io/data-models/common-schema.json": load(folder / "common-schema.json"),
             "https://smart-data-models.github.io/dataModel.Agrifood/agrifood-schema.json": load(folder / "agrifood-schema.json")}
    for model in sorted(p for p in folder.iterdir() if p.is_dir()):
        examples = [model / "examples" / n for n in ("example.json", "example.jsonld", "example-normalized.json")]
        yield model.name, known, load(model / "schema.json"), [load(p) for p in examples if p.exists()]


def epcis():
    folder = test_data.folder("epcis/gs1")
    yield "EPCIS", {}, load(folder / "EPCIS-JSON-Schema.json"), [load(p) for p in sorted((folder / "JSON").rglob("*.jsonld"))]


def mended(path):
    """Three published schemas write a pointer without its first slash; ajv takes none of that, so both judges get it mended."""
    return json.loads(path.read_text().replace("#definitions/", "#/definitions/"))


def dataspace():
    folder = test_data.folder("dsp")
    schemas = {mended(p)["$id"]: mended(p) for p in sorted(folder.rglob("*-schema.json"))}
    for part in ("catalog", "negotiation", "transfer", "common"):
        for path in sorted((folder / part / "example").glob("*.json")):
            name = path.stem.removesuffix("_initial").removesuffix("-full").removeprefix("nested-")
            name = "did-service" if name.endswith("-did-service") else name
            schema = mended(folder / part / f"{name}-schema.json")
            yield path.stem, {uri: s for uri, s in schemas.items() if uri != schema["$id"]}, schema, [load(path)]


def lines(draft, sets, rng):
    """What both judges read, and for each answer what it is of."""
    for name, known, schema, documents in sets:
        yield {"start": draft}, None
        for uri, document in known.items():
            yield {"add": uri, "document": document}, None
        yield {"compile": schema}, (name, None)
        for document in documents:
            yield {"judge": document}, (name, document)
            for _ in range(MUTANTS):
                changed = mutant(document, rng)
                yield {"judge": changed}, (name, changed)


def judge(command, text):
    done = subprocess.run([str(c) for c in command], input=text, capture_output=True, text=True, timeout=300)
    kit.check(done.returncode == 0, f"{command[-1]}: {done.stderr[-1000:]}")
    return done.stdout.splitlines()


def only_a_scheme(value):
    """RFC 3986 lets a URI end behind its scheme ("example:"); ajv-formats does not. Our validator keeps to the RFC."""
    if isinstance(value, dict):
        return any(map(only_a_scheme, value.values()))
    if isinstance(value, list):
        return any(map(only_a_scheme, value))
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:", value) is not None


def compare(what, draft, sets, rng):
    said = list(lines(draft, sets, rng))
    text = "".join(json.dumps(line) + "\n" for line, _ in said)
    asked = [of for _, of in said if of]
    ours, theirs = judge([os.environ["SCHEMA_JUDGE"]], text), judge(servers.node_command("ajv_judge.mjs", among="ajv"), text)
    kit.check(len(ours) == len(theirs) == len(asked), f"{what}: {len(asked)} questions, {len(ours)} and {len(theirs)} answers")
    documents = [(of, a, b) for of, a, b in zip(asked, ours, theirs) if of[1] is not None]
    unready = [(of[0], a, b) for of, a, b in zip(asked, ours, theirs) if of[1] is None and (a, b) != ("compiled", "compiled")]
    kit.check(not unready, f"{what}: not compiled: {unready[:3]}")
    different = [(of, a, b) for of, a, b in documents if a != b]
    named = [d for d in different if only_a_scheme(d[0][1])]
    different = [d for d in different if not only_a_scheme(d[0][1])]
    valid = sum(1 for _, a, _ in documents if a == "valid")
    print(f"{what:<22} draft {draft:<8} {len(documents):>6} documents  {valid:>6} valid  {len(documents) - valid:>6} invalid  "
          f"{len(different):>3} different, {len(named)} as named", flush=True)
    return different


def run(_):
    rng = random.Random(20261124)
    different = []
    for what, draft, sets in (("agrifood", "2020-12", agrifood), ("EPCIS", "07", epcis), ("Dataspace Protocol", "2019-09", dataspace)):
        different += compare(what, draft, sets(), rng)
    for (name, document), ours, theirs in different[:10]:
        print(f"{name}: ours {ours}, ajv {theirs}: {json.dumps(document)[:1500]}")
    kit.check(not different, f"{len(different)} verdicts differ")


if __name__ == "__main__":
    sys.exit(kit.main(run))
