"""Certificates: read from files, or made on the spot by an authority of our own."""

from __future__ import annotations

import datetime
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailpit_py.errors import ConfigError

if TYPE_CHECKING:
    import trustme

AUTO_NAMES = ("localhost", "127.0.0.1", "::1")
CA_FILE = "mailpit-py-ca.pem"
CA_KEY_FILE = "mailpit-py-ca-key.pem"


@dataclass(frozen=True, slots=True)
class ServerTls:
    """A server's side of TLS. `ca_path` is the file that clients should trust, None for a certificate of files."""

    context: ssl.SSLContext
    ca_path: Path | None = None


def made_names(cert: str) -> tuple[str, ...] | None:
    """The names for which `auto` or `sans:name1,name2` asks a certificate; None if it is a file's name."""
    if cert == "auto":
        return AUTO_NAMES
    if not cert.startswith("sans:"):
        return None
    names = tuple(name.strip() for name in cert.removeprefix("sans:").split(",") if name.strip())
    if not names:
        raise ConfigError("sans: needs names, as in sans:localhost,mail.test")
    return names


def server_tls(cert: str, key: str, directory: Path) -> ServerTls:
    """Return TLS for a certificate option: a file (with its key's file), `auto`, or `sans:name1,name2`.

    A made certificate is signed by an authority kept in `directory`, so that it needs to be trusted
    only once. Raises ConfigError with the reason.
    """
    names = made_names(cert)
    return _from_files(cert, key) if names is None else _made(names, directory)


def _from_files(cert: str, key: str) -> ServerTls:
    context = _context()
    try:
        context.load_cert_chain(cert, key or None)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"cannot use the certificate {cert} with the key {key or cert}: {error}") from error
    return ServerTls(context)


def _made(names: Sequence[str], directory: Path) -> ServerTls:
    authority = _authority(directory)
    context = _context()
    authority.issue_cert(*names).configure_cert(context)
    return ServerTls(context, directory / CA_FILE)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _authority(directory: Path) -> trustme.CA:
    """Return the authority of `directory`; it is made there the first time, and when it has expired."""
    import trustme

    path, key_path = directory / CA_FILE, directory / CA_KEY_FILE
    try:
        return _still_valid(trustme.CA.from_pem(path.read_bytes(), key_path.read_bytes()))
    except (OSError, ValueError):
        authority = trustme.CA(organization_name="mailpit-py")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_private(key_path, authority.private_key_pem.bytes())
        path.write_bytes(authority.cert_pem.bytes())
    except OSError as error:
        raise ConfigError(f"cannot keep the certificate's authority in {directory}: {error.strerror}") from error
    return authority


def _still_valid(authority: trustme.CA) -> trustme.CA:
    from cryptography import x509

    certificate = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    if certificate.not_valid_after_utc < datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1):
        raise ValueError("the authority has expired")
    return authority


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
