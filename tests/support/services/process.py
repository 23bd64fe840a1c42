"""One service process on a loopback port of its own: started, waited for, ended with its children. Nothing outlives the test:
the process dies with its parent (PR_SET_PDEATHSIG), and atexit ends what a test forgot."""

import atexit
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts/lib"))

from ports import reserve_port  # noqa: E402

START_TIMEOUT = 30.0
_running = []


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


class Service:
    """`with Service(name, command, ready) as s:` – `ready()` says whether it serves; `folder` is its own, removed at the end."""

    def __init__(self, name, folder=None):
        self.name = name
        self.port = reserve_port()
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix=f"sekisho-{name}-"))
        self.own_folder = folder is None
        self.log = self.folder / "log.txt"
        self.process = None
        self.seconds = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, command, ready, env=None):
        at = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, start_new_session=True,
                env=os.environ | (env or {}), preexec_fn=_die_with_parent,
            )
        _running.append(self)
        while time.monotonic() - at < START_TIMEOUT:
            if self.process.poll() is not None:
                break
            if ready():
                self.seconds = time.monotonic() - at
                return self
            time.sleep(0.02)
        text = self.log.read_text(errors="replace")[-1500:]
        self.stop()
        raise RuntimeError(f"{self.name} does not serve within {START_TIMEOUT:.0f} s: {text}")

    def kill(self):
        """Ends the process at once; its folder stays for a restart."""
        if self.process is not None and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        self.process = None

    def stop(self):
        self.kill()
        if self in _running:
            _running.remove(self)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


@atexit.register
def _stop_all():
    for service in list(_running):
        service.stop()
