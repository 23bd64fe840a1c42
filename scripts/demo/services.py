"""The programs beside the nodes: the broker, what reports to it, and the stand-in of the hub. Each has a folder with its
pid file and log; they end with the demo, or with --stop when they were kept."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

from report import DemoError

HERE = pathlib.Path(__file__).resolve().parent
HUB = HERE.parents[1] / "tests/support/services/hub.py"
HUB_SECRET = "stand-in-secret"
HUB_ROWS = 400
START_TIMEOUT = 20.0


def mosquitto():
    """The broker's program, or None."""
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin") if shutil.which("mosquitto_pub") else None


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Service:
    def __init__(self, root, name, port):
        self.name, self.port = name, port
        self.folder = root / "services" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = None

    def start(self, *command):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            start_new_session=True)
        (self.folder / "pid").write_text(str(self.process.pid))
        return self

    def wait(self):
        until = time.monotonic() + START_TIMEOUT
        while not accepts(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise DemoError(f"{self.name} does not start: {(self.folder / 'log').read_text(errors='replace')[-800:]}")
            time.sleep(0.01)
        return self

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None


def hub(world):
    return world.service("hub").start(sys.executable, HUB, "--port", world.service("hub").port, "--rows", HUB_ROWS, "--secret", HUB_SECRET)


def broker(world):
    """Debian's mosquitto, on loopback only."""
    service = world.service("broker")
    settings = service.folder / "mosquitto.conf"
    settings.write_text(f"listener {service.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                        + ("user root\n" if os.geteuid() == 0 else ""))
    return service.start(mosquitto(), "-c", settings)


def shed(world):
    """Reports ten readings a second; a grower whose name stands in the file `withdrawn` gives no consent."""
    return world.service("shed").start(sys.executable, HERE / "shed.py", "--port", world.service("broker").port, "--withdrawn",
                                       world.service("shed").folder / "withdrawn")


def kept_pids(root):
    """(pid file, pid) of what runs of an earlier demo in that folder."""
    for path in sorted(pathlib.Path(root).glob("services/*/pid")):
        pid = int(path.read_text())
        try:
            command = pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if any(word in command for word in ("hub.py", "shed.py", "mosquitto.conf")):
            yield path, pid


def stop_kept(root):
    for path, pid in kept_pids(root):
        try:
            os.killpg(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        path.unlink(missing_ok=True)
