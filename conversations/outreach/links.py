"""The address under which a customer says: no more messages like this. Signed, so that nobody says it for another."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from conversations.models import OutreachRecord
from conversations.outreach.ways import is_marketing
from customers import profile
from customers.consent import say_many
from customers.facts import ConsentFact
from customers.identify import Handle
from customers.models import Purpose

_SIGNER = signing.Signer(salt="conversations.outreach", sep="~")
MARKETING = (Purpose.MARKETING_EMAIL, Purpose.MARKETING_SMS, Purpose.MARKETING_MESSAGING)


def token_of(record: OutreachRecord) -> str:
    return _SIGNER.sign(str(record.pk))


def stop_address_of(record: OutreachRecord) -> str:
    return settings.SITE_URL + reverse("outreach_stop", args=[token_of(record)])


def record_of(token: str) -> OutreachRecord | None:
    """None for one that we did not make, or whose row is gone."""
    try:
        pk = int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return OutreachRecord.objects.select_related("rule", "customer", "message__channel").filter(pk=pk).first()


def stop(record: OutreachRecord) -> None:
    """No rule writes them anything of this sort again, by whatever way, until they say otherwise."""
    purposes = MARKETING if is_marketing(record.rule.kind) else (Purpose.NEWS,)
    now = timezone.now()
    facts = [
        ConsentFact(0, (Handle(each.kind, each.value),), purpose, False, now, "page of a message")
        for each in record.customer.identities.all()
        for purpose in purposes
    ]
    profile.changed(say_many(facts))
