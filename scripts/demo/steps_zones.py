"""Story 1: the zones are founded and recognise each other, as two ministries exchange files; the nodes enrol."""

import json
import shutil

from report import DemoError
from world import NODES, ZONES


def run(world, report):
    report.title("1. Zones: two countries found their anchors and recognise each other")
    for name, (country, suffix) in ZONES.items():
        with report.step("zone init: root, cross-CA, issuing CA, status key", name) as step:
            world.sekisho("zone", "init", "--zone", name, "--country", country, "--dns-suffix", suffix, "--dir", world.zone(name))
            world.sekisho("zone", "export", "--dir", world.zone(name), "--out", world.root / f"{name}.descriptor")
            step.verdict = "descriptor signed by the root"
    recognise(world, report)
    enrol(world, report)


def recognise(world, report):
    jp, eu = world.zone("jp"), world.zone("eu")
    with report.step("descriptors read, fingerprints compared", "jp and eu") as step:
        for own, peer in ((jp, "eu"), (eu, "jp")):
            descriptor = world.root / f"{peer}.descriptor"
            fingerprint = root_digest(world, peer)
            world.sekisho("zone", "trust", "--dir", own, "--peer", descriptor, "--fingerprint", fingerprint)
        step.verdict = "equal over two channels"
    paper = world.root / "jp-eu.recognition"
    with report.step("recognition proposed, signed by both roots", "jp and eu") as step:
        world.sekisho("zone", "propose", "--dir", jp, "--peer", world.root / "eu.descriptor", "--out", paper)
        before = paper.read_bytes()
        world.sekisho("zone", "sign", "--dir", jp, paper)
        world.sekisho("zone", "sign", "--dir", eu, paper)
        if before == paper.read_bytes():
            raise DemoError("the recognition carries no signatures")
        step.verdict = "one text, two signatures"
    with report.step("possession of the roots proven over fresh nonces", "jp and eu") as step:
        for prover, checker in ((eu, jp), (jp, eu)):
            challenge, proof = world.root / "challenge", world.root / "proof"
            world.sekisho("zone", "challenge", "--dir", checker, "--recognition", paper, "--out", challenge)
            world.sekisho("zone", "prove", "--dir", prover, "--challenge", challenge, "--out", proof)
            world.sekisho("zone", "check-proof", "--dir", checker, proof)
        step.verdict = "both"
    with report.step("cross-certificates issued with name constraints", "jp and eu") as step:
        world.sekisho("zone", "certify", "--dir", jp, "--recognition", paper, "--peer", world.root / "eu.descriptor")
        world.sekisho("zone", "certify", "--dir", eu, "--recognition", paper, "--peer", world.root / "jp.descriptor")
        step.verdict = "one in each direction"


def enrol(world, report):
    world.make_web_certificates()
    for dns, (zone, organization) in NODES.items():
        node = world.nodes[dns]
        with report.step("node init, enroll, install", dns) as step:
            world.sekisho("node", "init", "--dns", dns, "--organization", organization, "--peer-address",
                          f"127.0.0.1:{node.peer_port}", "--dir", node.keys)
            certificates = node.folder / "certificates"
            world.sekisho("zone", "enroll", "--dir", world.zone(zone), node.keys / "request.pb", "--out", certificates)
            world.sekisho("node", "install", "--dir", node.keys, certificates)
            step.verdict = f"certified by {zone}"
    with report.step("first snapshots published, then each with the other's nodes", "jp, eu, xx") as step:
        publish(world)
        step.verdict = "signed by the status keys"


def publish(world, zones=("jp", "eu", "xx")):
    """Each zone publishes; jp and eu import each other's snapshot; every node gets its own zone's newest."""
    for name in zones:
        world.sekisho("zone", "publish", "--dir", world.zone(name), "--out", world.root / f"{name}.snapshot")
    if "jp" in zones and "eu" in zones:
        for own, peer in (("jp", "eu"), ("eu", "jp")):
            world.sekisho("zone", "publish", "--dir", world.zone(own), "--peer-snapshot", world.root / f"{peer}.snapshot",
                          "--out", world.root / f"{own}.snapshot")
    for node in world.nodes.values():
        if node.zone in zones:
            distribute(world, node)


def distribute(world, node):
    fresh = node.folder / "snapshot.new"
    shutil.copyfile(world.root / f"{node.zone}.snapshot", fresh)
    fresh.replace(node.snapshot)


def root_digest(world, zone):
    """SHA-256 of the zone's root certificate, as its ministry publishes it."""
    return json.loads(world.sekisho("zone", "show", world.root / f"{zone}.descriptor", "--json"))["root"]
