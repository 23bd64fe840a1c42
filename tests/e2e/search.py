"""Looks for secrets in octets the way they might hide: raw, base64 and base64url at every alignment, hex, gzipped inside,
and as SHA-256."""

import base64
import hashlib
import re
import zlib

GZIP = b"\x1f\x8b\x08"


def base64_forms(text):
    """What is common to all base64 texts that hold `text` at octet offset 0, 1 or 2, in both alphabets."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + text)
        begin = (0, 2, 3)[shift]  # characters that the octets before also shape
        end = (shift + len(text)) // 3 * 4  # whole groups only: what follows shapes the rest
        core = whole[begin:end]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def patterns(names):
    """(name, form, octets) of every way a name might lie there."""
    out = set()
    for name in names:
        raw = name.encode()
        for form, value in (("raw", raw), ("hex", raw.hex().encode()), ("hex", raw.hex().upper().encode()),
                            ("sha256", hashlib.sha256(raw).digest()), ("sha256 hex", hashlib.sha256(raw).hexdigest().encode())):
            out.add((name, form, value))
        for value in (raw, hashlib.sha256(raw).digest()):
            out.update((name, "base64", form) for form in base64_forms(value))
    return sorted(out)


def gunzipped(octets):
    """What gzip members inside hold."""
    at = octets.find(GZIP)
    while at >= 0:
        try:
            inner = zlib.decompressobj(31).decompress(octets[at:], 64 << 20)
            if inner:
                yield inner
        except zlib.error:
            pass
        at = octets.find(GZIP, at + 1)


class Search:
    def __init__(self, names):
        self.patterns = patterns(names)
        self.any = re.compile(b"|".join(re.escape(p) for _, _, p in self.patterns))
        self.octets = self.places = 0

    def hits(self, place, octets):
        """[(place, name, form)]"""
        self.places += 1
        found = []
        for where, text in [(place, octets)] + [(f"{place}, gunzipped", inner) for inner in gunzipped(octets)]:
            self.octets += len(text)
            for match in self.any.finditer(text):
                name, form = next((n, f) for n, f, p in self.patterns if p == match.group())
                found.append((where, name, form))
        return found
