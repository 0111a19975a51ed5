"""Spam: mark and unmark, and block a sender or a domain. Nothing is deleted."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from conversations.actions.change import NotPossibleError, locked, log, save
from conversations.handoff import lease
from conversations.models import Activity, BlockedSender, Conversation
from conversations.models.bot import TalkEnd
from conversations.reports import episodes
from conversations.routing import waiting
from customers.models.identity import Kind

if TYPE_CHECKING:
    from deskapp.models import User

# Blocking one of these would block half of all customers.
SHARED_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com gmx.de "
    "gmx.net web.de t-online.de orange.fr free.fr proton.me protonmail.com mail.ru yandex.ru qq.com 163.com".split()
)


@transaction.atomic
def mark_spam(conversation: Conversation, *, by: "User", block: str = "") -> Conversation:
    """`block`: "sender" or "domain" of the customer's mail addresses; "" blocks nobody."""
    conversation = locked(conversation)
    values = _to_block(conversation, block) if block else []
    BlockedSender.objects.bulk_create([BlockedSender(value=value) for value in values], ignore_conflicts=True)
    if not conversation.is_spam:
        lease.take(conversation, by=by, why="spam", end=TalkEnd.LEFT)
        conversation.is_spam = True
        save(conversation)
        log(conversation, Activity.Verb.MARKED_SPAM, by=by, to=", ".join(values))
        episodes.refresh(conversation)
        waiting.leave(conversation.pk)
    return conversation


@transaction.atomic
def unmark_spam(conversation: Conversation, *, by: "User") -> Conversation:
    """Not spam: its sender may write again too, and so may the domain."""
    conversation = locked(conversation)
    addresses = _addresses(conversation)
    domains = ["@" + address.rpartition("@")[2] for address in addresses]
    BlockedSender.objects.filter(value__in=[*addresses, *domains]).delete()
    if conversation.is_spam:
        conversation.is_spam = False
        save(conversation)
        log(conversation, Activity.Verb.UNMARKED_SPAM, by=by)
        episodes.refresh(conversation)
        if conversation.is_open and conversation.assignee_id is None:
            waiting.enqueue(conversation, "arrived")
    return conversation


def _to_block(conversation: Conversation, block: str) -> list[str]:
    addresses = _addresses(conversation)
    if not addresses:
        raise NotPossibleError(_("There is no mail address here to block."))
    if block == "sender":
        return addresses
    domains = sorted({address.rpartition("@")[2] for address in addresses})
    if shared := [domain for domain in domains if domain in SHARED_DOMAINS]:
        raise NotPossibleError(
            _("%(domain)s is shared by millions of people: block the sender instead.") % {"domain": shared[0]}
        )
    return ["@" + domain for domain in domains]


def _addresses(conversation: Conversation) -> list[str]:
    values = conversation.customer.identities.filter(kind=Kind.EMAIL).values_list("value", flat=True)
    return sorted({value.removeprefix("unverified:").lower() for value in values})
