"""Eclipse EDC's control plane as one process: its jars from Maven Central, its stores in memory, its identity service the mock one
(an Authorization header of raw JSON names the caller). Its data plane is a stand-in here that answers every flow with an address."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts/lib"))

from ports import reserve_port  # noqa: E402

VERSION = "0.15.1"
NS = "https://w3id.org/edc/v0.0.1/ns/"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>lab</groupId><artifactId>edc</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.eclipse.edc</groupId><artifactId>controlplane-base-bom</artifactId><version>{VERSION}</version><type>pom</type>
<exclusions><exclusion><groupId>org.eclipse.jetty.websocket</groupId><artifactId>jetty-websocket</artifactId></exclusion>
<exclusion><groupId>org.eclipse.edc</groupId><artifactId>edr-cache-api</artifactId></exclusion></exclusions></dependency>
<dependency><groupId>org.eclipse.edc</groupId><artifactId>iam-mock</artifactId><version>{VERSION}</version></dependency>
</dependencies></project>
"""
WAIT = 60  # seconds until a runtime answers


def jars(folder):
    """The runtime's jars, fetched into the folder once; exits with what is missing."""
    library = pathlib.Path(folder) / "lib"
    if not list(library.glob("boot-0*.jar")):
        if shutil.which("mvn") is None or shutil.which("java") is None:
            raise SystemExit("EDC needs java 17 and mvn: apt-get install openjdk-17-jre-headless maven")
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        (pathlib.Path(folder) / "pom.xml").write_text(POM)
        done = subprocess.run(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib", "-DincludeScope=runtime"],
                              cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise SystemExit(f"EDC {VERSION} cannot be fetched:\n{done.stdout.decode(errors='replace')[-2000:]}")
    return library


def call(method, url, body=None, headers=None):
    """Status and text; an answer that is no success is no exception."""
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), method=method,
                                     headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode(errors="replace")


class DataPlane:
    """Takes every flow that the control plane signals."""

    TOKEN = "token-of-the-stand-in"

    def __init__(self):
        plane = self
        self.flows = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
                plane.flows.append((self.path, body))
                raw = json.dumps(plane.address()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


    def address(self):
        """As EDC's data planes say it: every property by the IRI of its name."""
        properties = {"endpoint": f"http://127.0.0.1:{self.port}/public", "authorization": self.TOKEN, "authType": "bearer",
                      "endpointType": "https://w3id.org/idsa/v4.1/HTTP"}
        return {"@context": {"@vocab": NS, "dspace": "https://w3id.org/dspace/v0.8/"}, "@type": "DataFlowResponseMessage", "dataAddress": {
            "@type": "dspace:DataAddress", "dspace:endpointType": "https://w3id.org/idsa/v4.1/HTTP", "dspace:endpointProperties": [
                {"@type": "dspace:EndpointProperty", "dspace:name": NS + name, "dspace:value": value} for name, value in properties.items()]}}


class Edc:
    # Not "edc": that is a prefix of EDC's own JSON-LD context, and it answers 400 to agreements that name it.
    PARTICIPANT = "did:web:edc.lab.example"

    def __init__(self, library, work):
        self.ports = {name: reserve_port() for name in ("default", "management", "protocol", "control", "version")}
        self.plane = DataPlane()
        lines = {"edc.participant.id": self.PARTICIPANT, "edc.hostname": "127.0.0.1",
                 "web.http.port": self.ports["default"], "web.http.path": "/api",
                 "edc.dsp.callback.address": f"http://127.0.0.1:{self.ports['protocol']}/protocol"}
        for context in ("management", "protocol", "control", "version"):
            lines[f"web.http.{context}.port"], lines[f"web.http.{context}.path"] = self.ports[context], f"/{context}"
        for machine in ("negotiation.consumer", "negotiation.provider", "transfer"):
            lines[f"edc.{machine}.state-machine.iteration-wait-millis"] = 50
        file = pathlib.Path(work) / "edc.properties"
        file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        self.log = pathlib.Path(work) / "edc.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["java", "-Xmx512m", f"-Dedc.fs.config={file}", "-cp", f"{library}/*",
                                             "org.eclipse.edc.boot.system.runtime.BaseRuntime"], stdout=log, stderr=subprocess.STDOUT)
        self.base = f"http://127.0.0.1:{self.ports['protocol']}/protocol/2025-1"
        self.ready()

    def ready(self):
        end, health = time.monotonic() + WAIT, "nothing"
        while time.monotonic() < end and self.process.poll() is None:
            try:
                health = call("GET", f"http://127.0.0.1:{self.ports['default']}/api/check/health")
                if health[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        self.stop()
        raise SystemExit(f"EDC did not start; its health: {health}\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def control(self, path, body):
        return self.told("control", path, body)

    def told(self, context, path, body=None, method=None):
        if body is not None:
            body = {"@context": {"@vocab": NS}, **body}
        status, text = call(method or ("GET" if body is None else "POST"), f"http://127.0.0.1:{self.ports[context]}/{context}{path}", body)
        if status // 100 != 2:
            raise RuntimeError(f"EDC's {context} {path} got {status} {text[:400]}")
        return json.loads(text) if text else {}

    def management(self, path, body=None, method=None):
        return self.told("management", "/v3" + path, body, method)

    def furnish(self, asset):
        """One asset, offered to everybody under permission `use`, and the data plane that serves it."""
        self.told("control", "/v1/dataplanes", {
            "@type": "DataPlaneInstance", "@id": "stand-in", "url": f"http://127.0.0.1:{self.plane.port}/dataflows",
            "allowedSourceTypes": ["HttpData"], "allowedDestTypes": ["HttpData"],
            "allowedTransferTypes": ["HttpData-PULL", "HttpData-PUSH"]})
        self.management("/assets", {"@id": asset, "properties": {"name": asset},
                                    "dataAddress": {"@type": "DataAddress", "type": "HttpData", "baseUrl": "http://127.0.0.1:1/"}})
        self.management("/policydefinitions", {"@id": "use", "policy": {
            "@context": "http://www.w3.org/ns/odrl.jsonld", "@type": "Set", "permission": [{"action": "use", "constraint": []}]}})
        self.management("/contractdefinitions", {"@id": "all", "accessPolicyId": "use", "contractPolicyId": "use", "assetsSelector": []})

    def state(self, what, identity):
        return self.management(f"/{what}/{identity}")["state"]

    def becomes(self, what, identity, state, within=15):
        end, seen = time.monotonic() + within, ""
        while time.monotonic() < end:
            seen = self.state(what, identity)
            if seen == state:
                return
            time.sleep(0.05)
        document = self.management(f"/{what}/{identity}")
        raise RuntimeError(f"EDC's {what} is {seen}, not {state}: {document.get('errorDetail')}")


def cache():
    """Where the jars are kept between runs."""
    return pathlib.Path(os.environ.get("SEKISHO_EDC", pathlib.Path(__file__).resolve().parents[3] / "build" / "edc"))
