"""Fetches what the services are made of through the ordinary package clients, once, into build/services: Debian's packages are
looked for and named when absent, npm and Maven Central are asked for pinned versions. Unavailable says why a test is skipped."""

import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
CACHE = pathlib.Path(os.environ.get("SEKISHO_SERVICES") or SOURCE / "build/services")
FETCH_TIMEOUT = 240
RETRY_AFTER = 600  # seconds for which a registry that could not be reached is not asked again


class Unavailable(Exception):
    """What the test needs cannot be had on this machine; the test is skipped with this reason."""


def program(name, package, *elsewhere):
    """The path of a Debian package's program."""
    for candidate in (shutil.which(name), f"/usr/sbin/{name}", *elsewhere):
        if candidate and os.access(candidate, os.X_OK):
            return candidate
    raise Unavailable(f"{name} is not installed (apt-get install {package}; ./dev setup test)")


def _once(folder, recipe, make):
    """Runs make(folder) unless it was done with this very recipe; one process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = hashlib.sha256(recipe.encode()).hexdigest()
    done, failed = folder / "done", folder / "failed"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == mark:
            return folder
        if failed.exists() and time.time() - failed.stat().st_mtime < RETRY_AFTER:
            raise Unavailable(failed.read_text())
        try:
            make(folder)
        except Unavailable as reason:
            failed.write_text(str(reason))
            raise
        done.write_text(mark)
    return folder


def _fetch(command, folder, what):
    try:
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=FETCH_TIMEOUT, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{what}: not fetched within {FETCH_TIMEOUT} s") from None
    if ran.returncode != 0:
        lines = re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr).splitlines()
        why = next((line for line in lines if "ERR" in line.upper() and len(line) > 12), f"exit code {ran.returncode}")
        raise Unavailable(f"{what}: {pathlib.Path(command[0]).name} could not fetch it: {why[:300]}")


def node_modules(name="npm"):
    """The folder of <name>.json's pinned packages; its node_modules/node/bin/node is Node 22."""
    recipe = (HERE / f"{name}.json").read_text()

    def make(folder):
        (folder / "package.json").write_text(recipe)
        _fetch([program("npm", "npm"), "install", "--no-audit", "--no-fund"], folder, "npm packages")

    return _once(CACHE / name, recipe, make)


def node22(name="npm"):
    binary = node_modules(name) / "node_modules/node/bin/node"
    if not binary.exists():
        raise Unavailable("the npm package node brought no program for this machine")
    return str(binary)


def hapi():
    """The folder of the HAPI FHIR plain server: its jars in lib/, HapiMain compiled in classes/."""
    pom, main = (HERE / "hapi/pom.xml").read_text(), HERE / "hapi/HapiMain.java"

    def make(folder):
        (folder / "pom.xml").write_text(pom)
        lib, classes = folder / "lib", folder / "classes"
        _fetch([program("mvn", "maven"), "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib}"],
               folder, "HAPI FHIR server")
        _fetch([program("javac", "openjdk-17-jdk-headless"), "-cp", f"{lib}/*", "-d", classes, main], folder, "HapiMain")

    return _once(CACHE / "hapi", pom + main.read_text(), make)


def wiremock():
    coordinates = "org.wiremock:wiremock-standalone:3.13.2"

    def make(folder):
        _fetch([program("mvn", "maven"), "-q", "-B", "dependency:copy", f"-Dartifact={coordinates}", f"-DoutputDirectory={folder}"],
               folder, "WireMock")

    return _once(CACHE / "wiremock", coordinates, make) / "wiremock-standalone-3.13.2.jar"
