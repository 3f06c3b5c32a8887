"""Making the keys of a sandbox: the secret from which the others are derived, and what SNS signs with."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from mailpit_py.webhooks.keys import Keys

RSA_BITS = 2048
YEARS = 20


def make_keys(word: str = "", *, today: datetime | None = None) -> Keys:
    """Return new keys. With a `word` every secret depends on it alone, so that it can stand in an app's settings.

    The RSA key is always new: a verifier fetches its certificate, nobody pastes it.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    master = make_master(word) if word else secrets.token_bytes(32)
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return Keys(master, pem, _certificate(key, today or datetime.now(UTC)))


def make_master(word: str) -> bytes:
    """Return the secret that a word stands for."""
    return hashlib.sha256(f"mailpit-py\0{word}".encode()).digest()


def _certificate(key: object, today: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailpit-py SNS signatures")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)
