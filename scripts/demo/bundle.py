"""Reads and writes a bundle the way a forger would: any member changed, and every digest that nobody signed made to fit
again (names that are digests, the manifest)."""

import hashlib
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


def header(name, size):
    """The ustar header of a plain file, as bundles have it."""
    block = bytearray(512)
    for at, text in ((0, name.encode()), (100, b"0000644"), (108, b"0000000"), (116, b"0000000"), (124, b"%011o" % size),
                     (136, b"00000000000"), (148, b" " * 8), (156, b"0"), (257, b"ustar\0" b"00"), (329, b"0000000"), (337, b"0000000")):
        block[at : at + len(text)] = text
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pack(members):
    """Sorted names, mtime 0; the manifest is made anew."""
    members = {name: data for name, data in members.items() if name != "manifest.json"}
    rows = [{"name": n, "bytes": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in sorted(members.items())]
    members["manifest.json"] = json.dumps({"members": rows}, separators=(",", ":")).encode() + b"\n"
    out = b""
    for name, data in sorted(members.items()):
        out += header(name, len(data)) + data + b"\0" * (-len(data) % 512)
    return out + b"\0" * 1024


def write(path, members):
    with open(path, "wb") as out:
        out.write(pack(members))


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
