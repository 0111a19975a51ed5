"""Brings a file from an address that a provider gave: within the size, never from our own network."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from integrations.adapters import calling
from integrations.adapters.base import AdapterError, AwayError, Fetched
from integrations.adapters.media.provider import Provider


def download(provider: Provider, url: str, *, largest: int, headers: Mapping[str, str] | None = None) -> Fetched:
    """`headers` carry our key where the provider wants it: redirects are not followed. Raises AdapterError."""
    try:
        answer = provider.ask("GET", url, headers=headers or {}, largest=largest)
    except AwayError as error:
        if calling.TOO_LARGE in error.said:
            raise AdapterError(_("It is larger than the desk takes."), permanent=True, said=error.said) from error
        raise
    return Fetched(answer.body, answer.headers.get("content-type", ""), urlsplit(url).path.rpartition("/")[2])
