#!/usr/bin/env python3
"""A cold shed that reports to an MQTT broker, QoS 1, until it is stopped: shed.py --port N --withdrawn FILE. Two growers
share it; each reading says whether its grower consents."""

import argparse
import json
import pathlib
import subprocess
import sys
import time

GROWERS = ["Takahashi Akane", "Ito Haruka"]
PERIOD = 0.1


def reading(n, withdrawn):
    grower = n % 2
    return {"n": n, "shed": f"shed-{grower + 1}", "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "celsius": round(3 + n % 7 / 10, 1),
            "grower": {"id": grower + 1, "name": GROWERS[grower]}, "consent": GROWERS[grower] not in withdrawn}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--withdrawn", type=pathlib.Path, required=True)
    options = parser.parse_args()
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(options.port), "-q", "1", "-t", "cold/shed", "-i", "shed", "-l"]
    publisher = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    n = 0
    while publisher.poll() is None:
        withdrawn = options.withdrawn.read_text() if options.withdrawn.exists() else ""
        publisher.stdin.write(json.dumps(reading(n, withdrawn), separators=(",", ":")) + "\n")
        publisher.stdin.flush()
        n += 1
        time.sleep(PERIOD)
    return publisher.returncode


if __name__ == "__main__":
    sys.exit(main())
