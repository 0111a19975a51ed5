"""Fetches a file that a provider keeps, with the provider's key, and without it from wherever it sends us on to."""

from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.adapters import calling
from integrations.adapters.base import AdapterError, AwayError, CredentialError, Fetched

MOST_HOPS = 3


def fetch(
    url: str,
    *,
    largest: int,
    auth: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
    known: Iterable[str] = (),
) -> Fetched:
    """`auth` and `headers` go to the `known` hosts and those below them alone: whoever can write the address of a file
    could have them sent anywhere. Where these lead on, they go along no more: such an address is signed itself, and a
    store of files refuses two ways of signing in at once. Raises AdapterError."""
    hosts = tuple(known)
    for hop in range(MOST_HOPS):
        _check(url)
        ours = hop == 0 and _is_below(url, hosts)
        try:
            answer = calling.call(
                "GET", url, auth=auth if ours else None, headers=headers if ours else None, largest=largest
            )
        except calling.RefusedError as refused:
            if not (refused.moved and refused.headers.get("location")):
                raise _refused(refused) from refused
            url = urljoin(url, refused.headers["location"])
            continue
        except calling.CallError as error:
            words = _("The file could not be fetched. The desk tries again by itself.")
            is_gone = isinstance(error, calling.UnreachedError) and error.why == "address"
            raise AdapterError(words, said=error.said, permanent=is_gone) from error
        return Fetched(answer.body, answer.headers.get("content-type", ""), _name(url))
    raise AdapterError(_("The file's address leads on and on."), permanent=True)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _check(url: str) -> None:
    scheme = urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and settings.LOCAL):
        raise AdapterError(_("The file's address is not one of https."), permanent=True)


def _is_below(url: str, hosts: tuple[str, ...]) -> bool:
    return any(host_of(url) == host or host_of(url).endswith(f".{host}") for host in hosts)


def _refused(refused: calling.RefusedError) -> AdapterError:
    said = f"{refused.status} {refused.said[:400]}"
    if refused.status in (401, 403):
        return CredentialError(_("The provider does not give the file to the desk's key."), said=said)
    if refused.status in (404, 410):
        return AdapterError(_("The provider does not keep the file any more."), permanent=True, said=said)
    if refused.is_busy or refused.is_out_of_order:
        wait = refused.wait if refused.is_busy else None
        return AwayError(_("The provider does not give the file now."), said=said, wait=wait)
    return AdapterError(_("The provider refused to give the file."), permanent=True, said=said)


def _name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2][-200:]
