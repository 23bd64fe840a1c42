"""Operators of a node, and what they find when it was killed: its own interface on the socket, and its log offline."""

import http.client
import json
import socket

from kit import check


class OperatorSocket(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(node, method, target, body=None, timeout=10.0):
    """(status, document) of the operator's interface; (0, None) while the node is away."""
    try:
        connection = OperatorSocket(node.socket, timeout)
        connection.request(method, target, body=json.dumps(body) if body is not None else None,
                           headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    except (OSError, http.client.HTTPException, ValueError):
        return 0, None


def scrub(world, node, checkpoints=()):
    """Stops the node: its log is whole, and the tree of every checkpoint (texts) that it ever released."""
    node.stop()
    options = []
    for n, text in enumerate(checkpoints):
        path = node.folder / f"released.{n}"
        path.write_text(text)
        options += ["--checkpoint", path]
    done = world.run(world.sekishod, "scrub", node.config, *options, expect=None)
    check(done.returncode == 0, f"{node.dns}: scrub: {done.stdout[-500:]} {done.stderr[-1500:]}")
