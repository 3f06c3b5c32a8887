"""The secrets and keys of one sandbox: what is shown to the user to paste into the app, and what signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Keys:
    """`master` is 32 octets from which secrets are derived; the other two are PEM (PKCS #8 and X.509)."""

    master: bytes
    rsa_key: bytes
    certificate: bytes

    def secret(self, provider: str) -> str:
        """Return the shared secret in the form in which this provider shows it."""
        digest = hmac.new(self.master, f"webhook secret of {provider}".encode(), hashlib.sha256).digest()
        if provider == "mailgun":
            return digest[:16].hex()
        return f"whsec_{base64.b64encode(digest[:24]).decode('ascii')}"

    @cached_property
    def _elliptic(self) -> ec.EllipticCurvePrivateKey:
        digest = hashlib.sha512(b"webhook key of sendgrid\0" + self.master).digest()
        return ec.derive_private_key(1 + int.from_bytes(digest, "big") % (P256_ORDER - 1), ec.SECP256R1())

    @cached_property
    def public_key(self) -> str:
        """The ECDSA public key as SendGrid shows it: the DER of a SubjectPublicKeyInfo in Base64, no armour."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        der = self._elliptic.public_key().public_bytes(serialization.Encoding.DER, form)
        return base64.b64encode(der).decode("ascii")

    def sign_ecdsa(self, octets: bytes) -> str:
        """Return the signature over SHA-256 as Base64 of its DER."""
        return base64.b64encode(self._elliptic.sign(octets, ec.ECDSA(hashes.SHA256()))).decode("ascii")

    @cached_property
    def _rsa(self) -> rsa.RSAPrivateKey:
        return cast(rsa.RSAPrivateKey, serialization.load_pem_private_key(self.rsa_key, None))  # as it was made

    def sign_rsa(self, octets: bytes, version: str) -> str:
        """Return the PKCS #1 v1.5 signature as Base64: over SHA-1 for version 1, SHA-256 for version 2."""
        digest = hashes.SHA256() if version == "2" else hashes.SHA1()  # what SNS version 1 is
        return base64.b64encode(self._rsa.sign(octets, padding.PKCS1v15(), digest)).decode("ascii")

    @cached_property
    def certificate_name(self) -> str:
        """The file name under which the certificate is served; another certificate has another name."""
        return f"SimpleNotificationService-{hashlib.sha256(self.certificate).hexdigest()[:32]}.pem"
