"""The providers by name: in whose words and with whose signature an event is told, a file for each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mailpit_py.errors import NotFound
from mailpit_py.webhooks.providers import (
    mailgun,
    mailjet,
    postmark,
    resend,
    sendgrid,
    ses,
    ses_identity,
    sparkpost,
    standard,
)
from mailpit_py.webhooks.request import Provider

_MODULES = (ses, ses_identity, sendgrid, mailgun, postmark, sparkpost, mailjet, resend, standard)
PROVIDERS: Mapping[str, Provider] = MappingProxyType({module.PROVIDER.name: module.PROVIDER for module in _MODULES})

__all__ = ["PROVIDERS", "find"]


def find(name: str) -> Provider:
    """Return the provider of this name. Raises NotFound, naming those there are."""
    provider = PROVIDERS.get(name.strip().lower().replace("-", "_"))
    if provider is None:
        raise NotFound(f"no webhook provider {name!r}; there are {', '.join(PROVIDERS)}")
    return provider
