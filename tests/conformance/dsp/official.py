"""Runs the official DSP TCK from a folder of jars and reads its report: its main class ends with 0 whatever failed."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts/lib"))

from ports import reserve_port  # noqa: E402

SUITE = "org.eclipse.dataspacetck.dsp.suite.DspTckSuite"
TESTS = 65  # of 1.0.1: 67, of which two are disabled
LIMIT = 600  # seconds for the whole run


def numbered(prefix, tests):
    return {f"{prefix}_{group:02}_{i:02}": f"{group:02}{i:02}" for group, most in tests for i in range(1, most + 1)}


def properties(ready, port):
    root = f"http://127.0.0.1:{ready['port']}"
    lines = {
        "dataspacetck.ansi": "false", "dataspacetck.host": "127.0.0.1", "dataspacetck.port": port,
        "dataspacetck.callback.address": f"http://localhost:{port}",
        "dataspacetck.dsp.connector.agent.id": ready["participant"],
        "dataspacetck.dsp.connector.http.url": f"{root}/dsp/2025-1", "dataspacetck.dsp.connector.http.base.url": root,
        "dataspacetck.dsp.connector.http.headers.authorization": "any",
        "dataspacetck.dsp.connector.negotiation.initiate.url": f"http://127.0.0.1:{ready['webhooks']}/tck/negotiations/requests",
        "dataspacetck.dsp.connector.transfer.initiate.url": f"http://127.0.0.1:{ready['webhooks']}/tck/transfers/requests",
        "dataspacetck.dsp.default.wait": 15,
    }
    for test, number in numbered("CN", ((1, 4), (2, 7), (3, 4))).items():
        lines[f"{test}_DATASETID"], lines[f"{test}_OFFERID"] = f"ACN{number}", f"CD123:ACN{number}:456"
    for test, number in numbered("CN_C", ((1, 4), (2, 6), (3, 6))).items():
        lines[f"{test}_DATASETID"] = f"ACNC{number}"
    for prefix, seed in (("TP", "ATP"), ("TP_C", "ATPC")):
        for test, number in numbered(prefix, ((1, 5), (2, 5), (3, 6))).items():
            lines[f"{test}_AGREEMENTID"], lines[f"{test}_FORMAT"] = f"{seed}{number}", "HttpData-PULL"
    for number in ("0101", "0102", "0103"):
        lines[f"CAT_{number[:2]}_{number[2:]}_DATASETID"] = f"CAT{number}"
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def version_of(folder):
    """Where a jar of the kit says it; the libraries have versions of their own."""
    names = [jar.name for jar in pathlib.Path(folder).glob("dsp-tck*.jar")]
    found = [match.group(1) for name in names if (match := re.match(r"dsp-tck-(\d[\w.-]*?)(?:-all)?\.jar$", name))]
    return found[0] if found else "of unknown version"


def run(program, folder, start_node):
    if shutil.which("java") is None:
        print("no java (17) is installed: the official kit cannot run")
        return 1
    if not any(pathlib.Path(folder).glob("*.jar")):
        print(f"no jars in {folder}")
        return 1
    port = reserve_port()
    settings = {"peer": {"participant": "TCK_PARTICIPANT", "address": f"http://localhost:{port}", "authorization": "any"}}
    with tempfile.TemporaryDirectory(prefix="sekisho-dsp-") as work:
        process, ready = start_node(program, work, settings)
        began = time.monotonic()
        try:
            file = pathlib.Path(work) / "tck.properties"
            file.write_text(properties(ready, port))
            try:
                done = subprocess.run(["java", "-cp", str(pathlib.Path(folder).resolve()) + "/*", SUITE, "-config", str(file)], cwd=work,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
                report = done.stdout.decode(errors="replace")
            except subprocess.TimeoutExpired as late:
                report = (late.stdout or b"").decode(errors="replace")
        finally:
            process.terminate()
            process.wait(30)
        return judge(report, version_of(folder), time.monotonic() - began)


def judge(report, version, seconds):
    ids = dict(re.findall(r"Started: ([A-Z_]+:\d\d-\d\d): (.*)", report))
    good = set(re.findall(r"SUCCESSFUL: ([A-Z_]+:\d\d-\d\d)", report))
    bad = set(re.findall(r"FAILED: ([A-Z_]+:\d\d-\d\d)", report))
    for name in sorted(ids | dict.fromkeys(good | bad, "")):
        print(f"  {name:12} {'FAILED' if name in bad else 'passed' if name in good else 'no result'}  {ids.get(name, '')}")
    summary = [line for line in report.splitlines() if re.search(r"(Passed|Failed) tests: \d+|Test run complete", line)]
    for line in summary:
        print(f"kit: {line}")
    whole = "Test run complete" in report and re.search(rf"Passed tests: {TESTS}\b", report) and re.search(r"Failed tests: 0\b", report)
    if not whole:
        print(report[-6000:])
    print(f"official DSP TCK {version}: {seconds:.1f} s")
    print(f"{len(good)} passed, {max(len(bad), TESTS - len(good))} failed")
    return 0 if whole and len(good) == TESTS and not bad else 1
