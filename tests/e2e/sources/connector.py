"""`sekisho connector` on the example manifests: the examples name hosts of nobody; a test puts its servers in their place."""

import json
import os
import subprocess
import time

import kit

EXAMPLES = kit.SOURCE / "docs/examples/manifests"


class Source:
    """The manifest `name` with each host of `hosts` ("https://hub.example" -> a server's URL) replaced; secrets are {name: text}."""

    def __init__(self, root, name, hosts, secrets=None, change=None):
        text = (EXAMPLES / f"{name}.json").read_text()
        lines = [line for line in text.splitlines() if line.strip()]
        kit.check(20 <= len(lines) <= 60, f"{name}.json has {len(lines)} lines")
        for host, url in hosts.items():
            kit.check(host in text, f"{name}.json does not name {host}")
            text = text.replace(host, url)
        manifest = json.loads(text)
        if change:
            change(manifest)
        self.name, self.streams = name, [s["name"] for s in manifest["streams"]]
        self.path = root / f"{name}.manifest.json"
        self.path.write_text(json.dumps(manifest))
        self.options = [o for url in hosts.values() for o in ("--egress", url.removeprefix("http://"))]
        for secret, value in (secrets or {}).items():
            file = root / f"{name}.{secret}.secret"
            file.write_text(value + "\n")
            self.options += ["--secret", f"{secret}={file}"]

    def run(self, verb, *more):
        """(exit code, standard output, standard error)"""
        command = [os.environ["SEKISHO"], "connector", verb, "--manifest", self.path, "--json", *self.options, *more]
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def answers(self):
        code, out, err = self.run("check")
        kit.check(code == 0 and json.loads(out) == {"ok": True}, f"check of {self.name}: {code} {out} {err}")
        code, out, err = self.run("discover")
        kit.check(code == 0 and [s["name"] for s in json.loads(out)] == self.streams, f"discover of {self.name}: {code} {out} {err}")

    def read(self, stream, *more):
        """Every record of a stream, and what the tool says of the reading; it must be complete."""
        code, out, err = self.run("read", "--stream", stream, *more)
        kit.check(code == 0, f"{self.name}/{stream}: {code} {err} {out[-500:]}")
        facts = json.loads(err.splitlines()[-1])
        records = [json.loads(line) for line in out.splitlines()]
        kit.check(len(records) == facts["records"], f"{self.name}/{stream}: {len(records)} lines, but {facts}")
        return records, facts

    def read_all(self, stream):
        """In two halves where there is enough: the second goes on behind the first one's cursor."""
        whole, facts = self.read(stream)
        kit.check(facts["complete"], f"{self.name}/{stream}: {facts}")
        half = len(whole) // 2
        if half:
            first, facts = self.read(stream, "--max-records", half)
            rest, _ = self.read(stream, "--cursor", facts["cursor"])
            kit.check(first + rest == whole, f"{self.name}/{stream}: {len(first)} + {len(rest)} records are not the {len(whole)} of one reading")
        return whole

    def refused(self, stream, code="SOURCE_FAILED"):
        """What the tool says of a stream that cannot be read; no record comes."""
        status, out, err = self.run("read", "--stream", stream)
        lines = out.splitlines()
        kit.check(status != 0 and len(lines) == 1, f"{self.name}/{stream}: {status} {out[:500]}")
        told = json.loads(lines[0])
        kit.check(told.get("code") == code, f"{self.name}/{stream}: {told} instead of {code}")
        return next((line for line in err.splitlines() if line.startswith(code)), told["message"])


class Table:
    """One line for each stream: what the source holds, what came, in how long."""

    def __init__(self):
        self.rows = 0
        print(f"{'manifest':<16} {'stream':<22} {'at the source':>13} {'read':>6} {'s':>6}", flush=True)

    def row(self, source, stream, held, key):
        at = time.monotonic()
        records = source.read_all(stream)
        wanted, got = sorted(map(key, held)), sorted(map(key, records))
        print(f"{source.name:<16} {stream:<22} {len(held):>13} {len(got):>6} {time.monotonic() - at:6.2f}", flush=True)
        kit.check(wanted == got, f"{source.name}/{stream}: {len(got)} records of {len(wanted)}, or others")
        self.rows += 1
        return records
