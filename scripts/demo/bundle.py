"""Reads and writes a bundle the way a forger would: any member changed, and every digest that nobody signed made to fit
again (names that are digests, the manifest)."""

import hashlib
import io
import json
import tarfile

PAYLOAD_TYPE = b"application/vnd.in-toto+json"


def read(path):
    """name → bytes, in the order of the archive."""
    members = {}
    with tarfile.open(path, "r:") as tar:
        for info in tar:
            members[info.name] = tar.extractfile(info).read()
    return members


def write(path, members):
    """ustar, sorted names, mtime 0; the manifest is made anew."""
    members = {name: data for name, data in members.items() if name != "manifest.json"}
    rows = [{"name": n, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in sorted(members.items())]
    members["manifest.json"] = json.dumps({"members": rows}, separators=(",", ":")).encode()
    with tarfile.open(path, "w:", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in sorted(members.items()):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o644
            info.mtime = 0
            tar.addfile(info, io.BytesIO(data))


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def put_varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def envelope(data):
    """Envelope {payload = 1, seal = 2} → (payload, the rest as it stands)."""
    if data[0] != 0x0A:
        raise ValueError("an envelope begins with its payload")
    length, at = varint(data, 1)
    return data[at : at + length], data[at + length :]


def make_envelope(payload, rest):
    return b"\x0a" + put_varint(len(payload)) + payload + rest


def statement_id(payload):
    pae = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)
    return hashlib.sha256(pae).hexdigest()


def flip(data, at=None):
    """One bit of the octet at `at` (the middle) turned."""
    at = len(data) // 2 if at is None else at
    return data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]
