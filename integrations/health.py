"""Whether connectors work: a refused credential is told to the admins once, on their screens and by mail, and so is its
end; one that is about to expire, a week before."""

from datetime import timedelta
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.live import groups, wire
from integrations.models import Connector
from integrations.queueing import queue_look_after

log = structlog.get_logger(__name__)

WARNED_BEFORE = timedelta(days=7)


def broken(connector: Connector, why: str) -> None:
    """Its credential is refused (CredentialError on send, fetch or check). Call as often as it fails: the admins hear
    of it once, until `mended`. `why` is for them to read."""
    now, row = timezone.now(), Connector.objects.filter(pk=connector.pk)
    is_first = row.filter(broken_at=None).update(broken_at=now, error=why[:2000])
    if not is_first:
        row.exclude(error=why[:2000]).update(error=why[:2000])
        return
    connector.broken_at, connector.error = now, why[:2000]
    log.warning("a connector is broken", connector=connector.pk)
    transaction.on_commit(_show, robust=True)
    transaction.on_commit(lambda: queue_look_after(connector.pk), robust=True)


def mended(connector: Connector) -> None:
    """Its provider has answered to its credential. Costs one look where nothing was broken."""
    row = Connector.objects.filter(pk=connector.pk, broken_at__isnull=False)
    if not row.update(broken_at=None, told_at=None, error=""):
        return
    connector.broken_at, connector.told_at, connector.error = None, None, ""
    log.info("a connector is mended", connector=connector.pk)
    transaction.on_commit(_show, robust=True)


def in_trouble() -> list[Connector]:
    """For the banner: one query over a small index."""
    return list(Connector.objects.filter(broken_at__isnull=False, is_active=True).order_by("pk")[:5])


def tell_admins() -> None:
    """Writes to all admins of what is broken and of what expires within a week, once each. A mail that does not go out
    is tried again by the next sweep."""
    now = timezone.now()
    live = Connector.objects.filter(is_active=True)
    for connector in live.filter(broken_at__isnull=False, told_at=None):
        _tell(connector, "told_at", *_broken_words(connector))
    soon = live.filter(expires_at__isnull=False, expires_at__lt=now + WARNED_BEFORE, warned_at=None)
    for connector in soon:
        _tell(connector, "warned_at", *_expiry_words(connector))
    live.filter(warned_at__isnull=False, expires_at__gte=now + WARNED_BEFORE).update(warned_at=None)


def _tell(connector: Connector, field: str, subject: str, words: str) -> None:
    """Of two workers one writes: whoever sets the field first."""
    row = Connector.objects.filter(pk=connector.pk)
    if not row.filter(**{field: None}).update(**{field: timezone.now()}):
        return
    to = [email for _pk, email in _admins()]
    try:
        if to:
            send_mail(subject, words, None, to)
    except (SMTPException, OSError) as error:
        log.warning("the admins could not be written to", connector=connector.pk, error=str(error))
        row.update(**{field: None})


def _broken_words(connector: Connector) -> tuple[str, str]:
    subject = _("%(name)s is not connected any more") % {"name": connector.name}
    words = _(
        "%(why)s\n\nWhat is to go out by it waits, and nothing is lost. Sign in and enter it anew:\n\n%(link)s\n\n"
        "You get this mail once. The banner on your desk goes by itself when it works again."
    )
    return subject, words % {"why": connector.error, "link": _address(connector)}


def _expiry_words(connector: Connector) -> tuple[str, str]:
    assert connector.expires_at is not None
    until = date_format(timezone.localtime(connector.expires_at), "DATE_FORMAT")
    subject = _("The key of %(name)s expires on %(until)s") % {"name": connector.name, "until": until}
    words = _("After that the desk can neither fetch nor send by it. Renew it at the provider and enter it here:")
    return subject, f"{words}\n\n{_address(connector)}\n"


def _address(connector: Connector) -> str:
    return settings.SITE_URL + reverse("connector", args=[connector.pk])


def _admins() -> list[tuple[int, str]]:
    admins = get_user_model()._default_manager.filter(is_active=True, role="admin")
    return list(admins.values_list("pk", "email"))


def _show() -> None:
    """Has the admins' open pages ask for the banner anew."""
    wire.put((groups.of_agent(pk), {"type": "desk.trouble"}) for pk, _email in _admins())
