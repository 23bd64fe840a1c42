"""The demo's world on one machine: zone folders as ministries keep them, node folders as operators keep them, and the
node processes. Everything is done with the two programs on files, as their users would type it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))

import services  # noqa: E402
from ports import reserve_port  # noqa: E402
from report import DemoError  # noqa: E402

ZONES = {"jp": ("JP", "jp.example"), "eu": ("EU", "eu.example"), "xx": ("XX", "xx.example")}
NODES = {
    "farm.jp.example": ("jp", "Farm Agency"),
    "trade.eu.example": ("eu", "Trade Importers"),
    "clinic.eu.example": ("eu", "Clinic Group"),
    "node.xx.example": ("xx", "Nobody Knows"),
}
SERVICES = ("hub", "broker", "shed")  # beside the nodes; see services.py
START_TIMEOUT = 20.0


class Node:
    def __init__(self, world, dns, zone, organization, peer_port, service_port):
        self.world, self.dns, self.zone, self.organization = world, dns, zone, organization
        self.peer_port, self.service_port = peer_port, service_port
        self.folder = world.root / "nodes" / dns
        self.keys = self.folder / "keys"
        self.config = self.folder / "node.yaml"
        self.socket = self.folder / "operator.sock"
        self.snapshot = self.folder / "snapshot.pb"
        self.log = self.folder / "log.jsonl"
        self.process = None

    @property
    def url(self):
        return f"https://localhost:{self.service_port}"

    def write_config(self, limits=None, egress=()):
        lines = [
            f"node: {{dns: {self.dns}}}",
            "data: data",
            "keys: keys",
            "anchor: anchor",
            "listeners:",
            f'  peer: {{address: "127.0.0.1:{self.peer_port}"}}',
            f'  service: {{address: "127.0.0.1:{self.service_port}", certificate: service.pem, key: service.key}}',
            "  operator: {socket: operator.sock}",
            "trust: {snapshot: snapshot.pb, poll: 50ms}",
            "clock: {uncertainty: 100ms}",
        ]
        if egress:
            lines.append("egress: " + json.dumps(list(egress)))
        if limits:
            lines.append("limits: " + json.dumps(limits))
        self.config.write_text("\n".join(lines) + "\n")

    def start(self, program=None):
        """Starts the process and waits until it says that it serves; answers the seconds that took."""
        at = time.monotonic()
        log = open(self.log, "ab")
        begin = log.tell()
        self.process = subprocess.Popen(
            [str(program or self.world.sekishod), str(self.config)], stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        (self.folder / "pid").write_text(str(self.process.pid))
        while time.monotonic() - at < START_TIMEOUT:
            with open(self.log, "rb") as f:
                f.seek(begin)
                text = f.read().decode(errors="replace")
            if '"event":"serving"' in text:
                return time.monotonic() - at
            if self.process.poll() is not None:
                raise DemoError(f"{self.dns} did not start: {text[-2000:]}")
            time.sleep(0.005)
        raise DemoError(f"{self.dns} does not serve after {START_TIMEOUT} s; see {self.log}")

    def stop(self, sig=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(sig)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise DemoError(f"{self.dns} did not stop within 20 s")
        finally:
            self.process = None

    def status(self):
        return json.loads(self.world.sekisho("status", "--socket", self.socket, "--json"))

    def apply(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return self.world.sekisho("apply", "-f", path, "--socket", self.socket)


class World:
    def __init__(self, sekisho, sekishod, root):
        self.sekisho_program = pathlib.Path(sekisho)
        self.sekishod = pathlib.Path(sekishod)
        self.root = pathlib.Path(root).resolve()
        if self.root.exists():
            shutil.rmtree(self.root)
        self.root.mkdir(parents=True)
        self.nodes = {}
        for dns, (zone, organization) in NODES.items():
            self.nodes[dns] = Node(self, dns, zone, organization, reserve_port(), reserve_port())
        self.farm = self.nodes["farm.jp.example"]
        self.trade = self.nodes["trade.eu.example"]
        self.clinic = self.nodes["clinic.eu.example"]
        self.stranger = self.nodes["node.xx.example"]
        self.services = {name: services.Service(self.root, name, reserve_port()) for name in SERVICES}
        self.web_ca = self.root / "web-ca.pem"

    def run(self, *command, expect=0, stdin=None):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, input=stdin)
        if expect is not None and done.returncode != expect:
            raise DemoError(
                f"{' '.join(str(c) for c in command)} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-1500:]}"
            )
        return done

    def sekisho(self, *arguments, expect=0):
        return self.run(self.sekisho_program, *arguments, expect=expect).stdout

    def service(self, name):
        return self.services[name]

    def zone(self, name):
        return self.root / "zones" / name

    def make_web_certificates(self):
        """An ordinary web authority for the service listeners; its certificates are for localhost."""
        ca_key = self.root / "web-ca.key"
        self.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                 "-subj", "/CN=Demo Web CA", "-keyout", ca_key, "-out", self.web_ca)
        for node in self.nodes.values():
            node.folder.mkdir(parents=True, exist_ok=True)
            request = node.folder / "service.csr"
            self.run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={node.dns}",
                     "-keyout", node.folder / "service.key", "-out", request)
            extensions = node.folder / "service.ext"
            extensions.write_text(f"subjectAltName=DNS:localhost,DNS:{node.dns},IP:127.0.0.1\n")
            self.run("openssl", "x509", "-req", "-in", request, "-CA", self.web_ca, "-CAkey", ca_key, "-CAcreateserial",
                     "-days", "30", "-extfile", extensions, "-out", node.folder / "service.pem")
            os.chmod(node.folder / "service.key", 0o600)
            request.unlink()
            extensions.unlink()

    def stop_all(self):
        for node in self.nodes.values():
            try:
                node.stop()
            except DemoError as error:
                print(error)
        for service in self.services.values():
            service.stop()


def curl(url, *options, cacert=None, token=None):
    """One curl call; answers (status, headers in lower case, body bytes)."""
    command = ["curl", "-sS", "-i", "--http1.1", "--max-time", "40"]
    if cacert:
        command += ["--cacert", str(cacert)]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    command += [str(o) for o in options] + [str(url)]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        raise DemoError(f"curl {url}: {done.stderr.decode(errors='replace').strip()}")
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(lines[0].split()[1]), headers, body


def problem(body):
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise DemoError(f"the answer is no problem document: {body[:300]!r} ({error})") from error
