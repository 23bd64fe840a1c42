"""Story 9: a forger changes one thing at a time, makes every unsigned digest fit again, and is found out each time."""

import hashlib
import json

import bundle as forge
import steps_audit
from report import DemoError


def rename(name, data):
    """The name that fits the data again, where a name is an unsigned digest."""
    folder, _, last = name.rpartition("/")
    if folder == "statements":
        return f"{folder}/{forge.statement_id(forge.envelope(data)[0])}"
    if folder == "chains":
        length = int.from_bytes(data[:4], "big")
        return f"{folder}/{hashlib.sha256(data[4 : 4 + length]).hexdigest()}"
    if folder == "crls":
        return f"{folder}/{hashlib.sha256(data).hexdigest()}"
    if folder in ("snapshots", "recognition"):
        prefix = last.rpartition("-")[0]
        body = forge.envelope(data)[0]  # Signed {body = 1, …}: objects are named by their body
        return f"{folder}/{prefix + '-' if prefix else ''}{hashlib.sha256(body).hexdigest()}"
    return name


def changed_members(members):
    """(what, name, members') with one member altered."""
    for name, data in members.items():
        if name == "manifest.json":
            continue
        other = dict(members)
        if name.startswith("disclosures/"):
            document = json.loads(data)
            salt = document["salt"]
            document["salt"] = ("0" if salt[0] != "0" else "1") + salt[1:]
            other[name] = json.dumps(document, separators=(",", ":")).encode()
            yield "salt changed", name, other
            if "data" in document:
                document = json.loads(data)
                document["data"] = ("A" if document["data"][0] != "A" else "B") + document["data"][1:]
                again = dict(members)
                again[name] = json.dumps(document, separators=(",", ":")).encode()
                yield "data changed", name, again
            continue
        if name.startswith("statements/"):
            payload, rest = forge.envelope(data)
            other.pop(name)
            altered = forge.make_envelope(payload, forge.flip(rest, len(rest) - 1))
            other[rename(name, altered)] = altered
            yield "signature changed", name, other
            again = dict(members)
            again.pop(name)
            edited = payload.replace(b'"time":"2', b'"time":"3', 1)
            forged = forge.make_envelope(edited, rest)
            again[rename(name, forged)] = forged
            yield "time changed", name, again
            if b"#Verification" in payload:
                third = dict(members)
                third.pop(name)
                forged = forge.make_envelope(payload.replace(b"#Verification", b"#Marketing", 1), rest)
                third[rename(name, forged)] = forged
                yield "purpose edited", name, third
            continue
        other.pop(name)
        altered = forge.flip(data)
        other[rename(name, altered)] = altered
        yield "one bit turned", name, other


def dropped_members(members):
    """All but disclosures: those may be erased by right, and what is left claims nothing about the data."""
    for name in members:
        if name != "manifest.json" and not name.startswith("disclosures/"):
            yield "dropped", name, {n: d for n, d in members.items() if n != name}


def swapped_members(members, others):
    """The same place filled from another valid exchange of the same parties."""
    for folder, what in (("statements/", "another exchange's statement"), ("log/", "another exchange's proof"), ("chains/", "another certificate")):
        mine = [n for n in members if n.startswith(folder) and "checkpoint" not in n]
        theirs = [n for n in others if n.startswith(folder) and "checkpoint" not in n and n not in members]
        if folder == "chains/":
            theirs = [n for n in others if n.startswith(folder)]
        for name in mine:
            for other in theirs:
                if other == name or (folder == "log/" and other.rsplit("/", 2)[0] != name.rsplit("/", 2)[0]):
                    continue
                yield what, name, dict(members) | {name: others[other]}
                break


def older_checkpoint(members, others):
    for name in members:
        if name.endswith("/checkpoint") and name in others and others[name] != members[name]:
            yield "an older checkpoint", name, dict(members) | {name: others[name]}


def run(world, report, path):
    report.title("9. Lies: every member altered, dropped or swapped, unsigned digests rebuilt")
    members = forge.read(path)
    if forge.pack(members) != path.read_bytes():
        raise DemoError("the forger does not write bundles as they are written, so that its lies would prove nothing")
    other_path = world.root / "other.tar"
    first = json.loads((world.root / "first-exchange.json").read_text())
    world.sekisho("audit", "export", "--out", other_path, *steps_audit.from_nodes(world), "--exchange", first["exchange"])
    others = forge.read(other_path)
    early = forge.read(world.root / "early.tar")
    lies = list(changed_members(members)) + list(dropped_members(members)) + list(swapped_members(members, others))
    lies += list(older_checkpoint(members, early))
    world.lies = []
    by_reason = {}
    with report.step("all lies verified", "auditor") as step:
        for what, name, forged in lies:
            forge.write(world.root / "lie.tar", forged)
            done = world.run(world.sekisho_program, "verify", *steps_audit.roots(world), world.root / "lie.tar", "--json", expect=None)
            if done.returncode == 0:
                raise DemoError(f"a lie was believed: {what} in {name}")
            answer = json.loads(done.stdout)
            found = next((f for f in answer["findings"] if not f["ok"] and f["verdict"] == answer["verdict"]), {})
            if not found.get("member") or not found.get("detail"):
                raise DemoError(f"a lie was refused without member and reason: {what} in {name}: {done.stdout[:800]}")
            world.lies.append((what, name, answer["verdict"], found["group"], found["member"], found["detail"]))
            by_reason[found["group"]] = by_reason.get(found["group"], 0) + 1
        step.verdict = f"{len(lies)} of {len(lies)} found"
    print("      by " + ", ".join(f"{name} {n}" for name, n in sorted(by_reason.items(), key=lambda x: -x[1])))
    table = world.root / "lies.txt"
    table.write_text("".join(f"{w:<28} {short(n):<44} {v:<20} {c:<14} {short(m):<44} {d}\n" for w, n, v, c, m, d in world.lies))
    print(f"      the table is in {table}")
    report.count("lies found", len(lies))


def short(name):
    folder, _, last = name.rpartition("/")
    return f"{folder[:24]}/{last[:16]}" if folder else last
