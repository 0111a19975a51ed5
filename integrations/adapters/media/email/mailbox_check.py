"""Tests a mailbox: reached, signed in, read, sent to itself and come back; and whether others will believe its mail."""

import socket
import time
from collections.abc import Callable, Iterator

import dns.exception
import dns.resolver
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.adapters.about import Step
from integrations.adapters.base import AdapterError
from integrations.adapters.media.email import imap, smtp
from integrations.adapters.media.email.own_letter import own_letter
from integrations.models import Connector

NEWEST = 3
BACK_SECONDS = 45.0  # for a letter to ourselves to come back; mail servers look at mail before they hand it on
LOOK_SECONDS = 1.0
DNS_SECONDS = 4.0
NOWHERE = (".example", ".test", ".invalid", ".localhost", ".local")  # names that are in no public DNS (RFC 6761)


def check(connector: Connector) -> Iterator[Step]:
    """Raises AdapterError for what fails, CredentialError among them; what worked before is told before."""
    host, port, _security = imap.place(connector)
    yield tried(lambda: _reached(host, port))
    yield tried(lambda: _read(connector))
    yield tried(lambda: _signed_in(connector))
    yield tried(lambda: _to_itself(connector))
    yield from _believed(connector)


def tried(act: Callable[[], str]) -> Step:
    began = time.monotonic()
    return Step(act(), seconds=time.monotonic() - began)


def _reached(host: str, port: int) -> str:
    try:
        socket.create_connection((host, port), timeout=imap.CONNECT_SECONDS).close()
    except OSError as error:
        raise AdapterError(smtp.cannot_connect(error, host, port), said=str(error)) from error
    return _("Reached the mail server %(host)s") % {"host": host}


def _read(connector: Connector) -> str:
    with imap.open_mailbox(connector) as mailbox:
        found = mailbox.after(max(0, mailbox.uidnext - 1 - NEWEST))[-NEWEST:]
        for each in found:
            mailbox.head(each.uid)
        words = ngettext(
            "Signed in and read the newest header", "Signed in and read the %(n)s newest headers", len(found)
        )
        idle = (
            _("it tells of new mail at once") if mailbox.can_idle else _("it is asked for new mail every half minute")
        )
        return f"{words % {'n': len(found)} if found else _('Signed in; the mailbox is empty')}; {idle}"


def _signed_in(connector: Connector) -> str:
    with smtp.session(connector):
        return _("Signed in to the server of outgoing mail, %(host)s") % {"host": connector.settings["smtp_host"]}


def _to_itself(connector: Connector) -> str:
    """Into the mailbox that it is read from: the desk knows the letter, and shows it to nobody."""
    address = connector.channel.address if connector.channel else ""
    name, mail = own_letter(address)
    smtp.transmit(connector, smtp.sign(connector, mail), sender=address, to=address, others=[])
    until = time.monotonic() + float(connector.settings.get("back_seconds", BACK_SECONDS))
    with imap.open_mailbox(connector) as mailbox:
        while not mailbox.holds(name):
            if time.monotonic() > until:
                words = _(
                    "Sent a letter to %(address)s, and it did not come back: is this the mailbox of that address? Look"
                    " into its folder for spam, too."
                )
                raise AdapterError(words % {"address": address})
            time.sleep(LOOK_SECONDS)
    return _("Sent a letter to ourselves, and it came back")


def _believed(connector: Connector) -> Iterator[Step]:
    """SPF (RFC 7208) and, where the desk signs by itself, DKIM (RFC 6376) in the DNS. What is missing is a warning."""
    domain = connector.channel.address.rpartition("@")[2] if connector.channel else ""
    if not domain or domain.endswith(NOWHERE) or "." not in domain:
        return
    began = time.monotonic()
    try:
        wrong = list(_missing(connector, domain))
    except dns.exception.DNSException as error:
        yield Step(_("The DNS did not say who may send for %(domain)s") % {"domain": domain}, fix=str(error)[:200])
        return
    text = _("Others can see in the DNS that this server may send for %(domain)s") % {"domain": domain}
    warning = _("Works, but some replies may land in spam")
    yield Step(warning if wrong else text, seconds=time.monotonic() - began, fix=" ".join(wrong))


def _missing(connector: Connector, domain: str) -> Iterator[str]:
    if not any(words.startswith("v=spf1") for words in _texts(domain)):
        yield _("Add a TXT record with SPF for %(domain)s; your mail provider says which.") % {"domain": domain}
    selector = str(connector.settings.get("dkim_selector", ""))
    place = f"{selector}._domainkey.{connector.settings.get('dkim_domain') or domain}"
    if selector and not any("p=" in words for words in _texts(place)):
        yield _("Add the DKIM key as a TXT record at %(place)s.") % {"place": place}


def _texts(name: str) -> list[str]:
    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(each.strings).decode(errors="replace") for each in found]
