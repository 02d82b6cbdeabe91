"""A phone with a screen lock, as far as WebAuthn goes: a key pair, a counter, and what it signs (W3C WebAuthn, level 2, 6.1 and 6.5.4)."""

import hashlib
import json
import struct
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Device:
    """`origin` is what its browser says; `counts` whether its counter moves; `verifies` whether the screen lock was opened."""

    origin: str = "http://localhost:8000"
    counts: bool = True
    verifies: bool = True
    counter: int = 0
    handle: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self._public()).digest()

    def make(self, options: dict[str, Any]) -> str:
        """Answer to `navigator.credentials.create`."""
        self.handle = options["user"]["id"]
        flags = PRESENT | ATTESTED | (VERIFIED if self.verifies else 0)
        about = self._about(options["rp"]["id"], flags)
        about += bytes(16) + struct.pack(">H", len(self.id)) + self.id + self._public()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        said = self._said("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": b64(said), "attestationObject": b64(attestation)})

    def show(self, options: dict[str, Any]) -> str:
        """Answer to `navigator.credentials.get`."""
        about = self._about(options["rpId"], PRESENT | (VERIFIED if self.verifies else 0))
        said = self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64(said),
                "authenticatorData": b64(about),
                "signature": b64(signature),
                "userHandle": self.handle,
            }
        )

    def _about(self, host: str, flags: int) -> bytes:
        self.counter += self.counts
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})

    def _public(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
