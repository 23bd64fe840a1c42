"""The real servers that tests start, each on a loopback port of its own. Every function answers a running process.Service
(use it with `with`) or raises packages.Unavailable with the reason for which the test is skipped."""

import json
import os
import pathlib

import packages
from process import Service, accepts, answers

HERE = pathlib.Path(__file__).resolve().parent


def mosquitto(folder=None, port=None, persistent=True):
    """Debian's mosquitto 2; with a folder its sessions and messages outlive a kill."""
    broker = Service("mosquitto", folder)
    if port:
        broker.port = port
    lines = [f"listener {broker.port} 127.0.0.1", "allow_anonymous true", "max_queued_messages 0"]
    if os.geteuid() == 0:
        lines.append("user root")
    if persistent:
        lines += ["persistence true", f"persistence_location {broker.folder}/", "autosave_interval 1", "autosave_on_changes true"]
    (broker.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
    command = [packages.program("mosquitto", "mosquitto"), "-c", broker.folder / "mosquitto.conf"]
    return broker.start(command, lambda: accepts(broker.port))


def nginx(root, extra=""):
    """nginx that serves the files under root; `extra` stands inside its server block."""
    server = Service("nginx")
    binary = packages.program("nginx", "nginx-light")
    user = "user root;\n" if os.geteuid() == 0 else ""
    temporary = "".join(f"{part}_temp_path {server.folder}/{part};\n" for part in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (server.folder / "nginx.conf").write_text(
        f"{user}daemon off; worker_processes 1; pid {server.folder}/pid; error_log stderr;\nevents {{ worker_connections 256; }}\n"
        f"http {{ access_log off; {temporary} types {{ application/geo+json geojson; application/json json; "
        f"application/x-ndjson ndjson; text/html html; }}\n"
        f"server {{ listen 127.0.0.1:{server.port}; root {root}; {extra} }} }}\n")
    return server.start([binary, "-e", "stderr", "-c", server.folder / "nginx.conf"], lambda: accepts(server.port))


def mapserver(geojson, layer="parcels"):
    """Debian's MapServer as OGC API Features over one GeoJSON file, behind a CGI front; collections at `.features`."""
    server = Service("mapserver")
    binary = packages.program("mapserv", "cgi-mapserver", "/usr/lib/cgi-bin/mapserv")
    map_file = server.folder / "features.map"
    map_file.write_text((HERE / "mapserver.map").read_text().replace("@URL@", server.url).replace("@FILE@", str(geojson)).replace("@LAYER@", layer))
    (server.folder / "mapserver.conf").write_text(
        f'CONFIG\n ENV\n  MS_MAP_PATTERN "."\n  OGCAPI_HTML_TEMPLATE_DIRECTORY "/usr/share/mapserver/ogcapi/templates/html-plain/"\n'
        f'  PROJ_LIB "/usr/share/proj"\n END\n MAPS\n  FEATURES "{map_file}"\n END\nEND\n')
    server.features = f"{server.url}/FEATURES/ogcapi/collections/{layer}/items"
    command = ["python3", HERE / "cgi.py", server.port, binary, server.folder / "mapserver.conf"]
    return server.start(command, lambda: answers(f"{server.url}/FEATURES/ogcapi?f=json"))


def hapi(types):
    """HAPI FHIR's plain server 8.8.0; `.base` is its FHIR base."""
    folder = packages.hapi()
    server = Service("hapi")
    server.base = f"{server.url}/fhir"
    command = [packages.program("java", "openjdk-17-jdk-headless"), "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
               "-cp", f"{folder}/lib/*:{folder}/classes", "HapiMain", server.port, *types]
    return server.start(command, lambda: answers(f"{server.base}/metadata"))


def node_command(script, *arguments, among="npm"):
    """A script of this folder under Node 22; it stands beside the packages, where Node looks for them."""
    folder = packages.node_modules(among)
    copy = folder / script
    text = (HERE / script).read_text()
    if not copy.exists() or copy.read_text() != text:
        part = copy.with_suffix(f".{os.getpid()}")
        part.write_text(text)
        part.rename(copy)
    return [packages.node22(among), copy, *arguments]


def medplum():
    """Medplum's FHIR router 4.5.2 over its memory repository; `.base` is its FHIR base."""
    server = Service("medplum")
    server.base = f"{server.url}/fhir"
    command = node_command("medplum.mjs", server.port)
    return server.start(command, lambda: answers(f"{server.base}/Patient?_count=1"))


def oidc(clients, ttl=300):
    """npm oidc-provider 9.13.3 for client credentials; `.token` is its token endpoint."""
    server = Service("oidc")
    server.token = f"{server.url}/token"
    (server.folder / "clients.json").write_text(json.dumps(clients))
    command = node_command("oidc.mjs", server.port, server.folder / "clients.json", ttl)
    return server.start(command, lambda: answers(f"{server.url}/.well-known/openid-configuration"))


def wiremock(mappings):
    """WireMock standalone 3.13.2 with these stub mappings."""
    jar = packages.wiremock()
    server = Service("wiremock")
    folder = server.folder / "mappings"
    folder.mkdir()
    (folder / "mappings.json").write_text(json.dumps({"mappings": mappings}))
    command = [packages.program("java", "openjdk-17-jdk-headless"), "-Xmx128m", "-XX:+UseSerialGC", "-jar", jar, "--bind-address", "127.0.0.1",
               "--port", server.port, "--root-dir", server.folder, "--disable-banner"]
    return server.start(command, lambda: answers(f"{server.url}/__admin/mappings"))


def hub(*arguments):
    """The stand-in of a DynamicApi hub (hub.py)."""
    server = Service("hub")
    return server.start(["python3", HERE / "hub.py", "--port", server.port, *arguments], lambda: accepts(server.port))


def guard(target, authorisation, client="guard", secret="guard-secret-of-the-test"):
    """A door in front of `target` that asks the authorisation server (an oidc() with guard_client()) for each token."""
    server = Service("guard")
    command = ["python3", HERE / "guard.py", server.port, target.url, f"{authorisation.token}/introspection", client, secret]
    return server.start(command, lambda: accepts(server.port))


def secret_client(name, secret, method="client_secret_basic"):
    """What oidc() is told about a client with a secret."""
    return {"client_id": name, "client_secret": secret, "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": [],
            "token_endpoint_auth_method": method}


def guard_client(client="guard", secret="guard-secret-of-the-test"):
    return secret_client(client, secret)


def epcis_repository(key):
    """The stand-in of an EPCIS 2.0 repository (epcis_repository.py)."""
    server = Service("epcis")
    return server.start(["python3", HERE / "epcis_repository.py", server.port, key], lambda: accepts(server.port))
