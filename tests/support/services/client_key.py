"""A P-384 key of a client and its assertions (RFC 7523, ES384 as SMART Backend Services asks), made with the openssl program."""

import base64
import json
import secrets
import subprocess
import time


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _run(*command, stdin=None):
    return subprocess.run(["openssl", *map(str, command)], input=stdin, capture_output=True, check=True).stdout


class ClientKey:
    def __init__(self, path, key_id="k1"):
        self.path, self.key_id = path, key_id
        _run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", path)
        path.chmod(0o600)

    def jwk(self):
        point = _run("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-96:]
        return {"kty": "EC", "crv": "P-384", "use": "sig", "alg": "ES384", "kid": self.key_id, "x": b64(point[:48]), "y": b64(point[48:])}

    def client(self, name):
        """What an authorisation server is told about the client."""
        return {"client_id": name, "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": [],
                "token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES384", "jwks": {"keys": [self.jwk()]}}

    def assertion(self, name, audience, seconds=240):
        now = int(time.time())
        claims = {"iss": name, "sub": name, "aud": audience, "iat": now, "exp": now + seconds, "jti": secrets.token_hex(16)}
        text = ".".join(b64(json.dumps(part).encode()) for part in ({"alg": "ES384", "typ": "JWT", "kid": self.key_id}, claims))
        return f"{text}.{b64(_two_numbers(_run('dgst', '-sha384', '-sign', self.path, stdin=text.encode())))}"


def _two_numbers(der):
    """An ECDSA signature's two numbers of 48 octets each, from SEQUENCE {INTEGER, INTEGER}."""
    at, numbers = 2, b""
    for _ in range(2):
        size = der[at + 1]
        numbers += der[at + 2:at + 2 + size].lstrip(b"\0").rjust(48, b"\0")
        at += 2 + size
    return numbers
