"""--keep leaves the nodes running and prints what to try; --stop ends them."""

import json
import os
import pathlib
import signal
import time

import events
import offers
import services
import steps_audit
from steps_exchange import data_url

kept = False


def pids(root):
    for path in sorted(pathlib.Path(root).glob("nodes/*/pid")):
        pid = int(path.read_text())
        try:
            if "sekishod" in pathlib.Path(f"/proc/{pid}/cmdline").read_text():
                yield path, pid
        except OSError:
            continue


def running(root):
    return any(True for _ in pids(root)) or any(True for _ in services.kept_pids(root))


def stop(root):
    found = list(pids(root))
    for _, pid in found:
        os.kill(pid, signal.SIGTERM)
    services.stop_kept(root)
    until = time.monotonic() + 20
    while running(root) and time.monotonic() < until:
        time.sleep(0.05)
    for path, pid in found:
        path.unlink(missing_ok=True)
    print(f"{len(found)} nodes stopped")
    return 0 if not running(root) else 1


def commands(world, bundle):
    token = world.trade.folder / "startup.token"
    curl = f"curl --cacert {world.web_ca}"
    client = f"--node {world.trade.url} --cacert {world.web_ca} --token-file {token}"
    researcher = world.farm.folder / "researcher.token"
    observations = data_url(world, offers.OBSERVATIONS, offers.RESEARCH, "clinic.eu.example", world.farm)
    auditor = " ".join(str(o) for o in steps_audit.node_options(world, world.farm))
    return [
        f"{curl} -H \"Authorization: Bearer $(cat {token})\" '{data_url(world, offers.EVENTS)}'",
        f"{curl} -H \"Authorization: Bearer $(cat {token})\" '{world.trade.url}/v1/catalog/farm.jp.example'",
        f"{curl} -H \"Authorization: Bearer $(cat {token})\" '{data_url(world, offers.EVENTS, purpose=offers.MARKETING)}'",
        f"{curl} -H \"Authorization: Bearer $(cat {researcher})\" '{observations}'",
        f"{curl} -H \"Authorization: Bearer $(cat {token})\" '{data_url(world, offers.HARVESTS)}'",
        f"{world.sekisho_program} trace '{events.LOT}' --purpose '{offers.FOOD_SAFETY}' {client}",
        f"{world.sekisho_program} get farm.jp.example --dataset {offers.EVENTS} --purpose '{offers.FOOD_SAFETY}' {client}",
        f"{world.sekisho_program} audit query --from-zone jp --to-zone eu {auditor}",
        f"{world.sekisho_program} verify {' '.join(str(o) for o in steps_audit.roots(world))} {bundle}",
    ]


def keep(world, report, bundle):
    global kept
    kept = True
    lines = commands(world, bundle)
    (world.root / "keep.json").write_text(json.dumps(lines, indent=1))
    print("\nThe nodes keep running. Try (the third is refused, and says why):\n")
    for line in lines:
        print(f"  {line}")
    print("\nEnd them with ./dev demo --stop")
