"""One conversation as its page needs it, and in one more query what else there is to ask for."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, QuerySet, Subquery
from django.db.models.functions import JSONObject

from conversations.models import Activity, Conversation, Draft, Follow, Medium, Mention, Message, Participant, Tag
from conversations.models.conversation import ConversationQuerySet
from conversations.outbound.reach import WORDS, LastWord, newest_of_each, said_by_customer
from conversations.prepared import Prepared, Row, blank, has_asked, prepare, restored
from customers.models import Claim, Identity

if TYPE_CHECKING:
    from deskapp.models import User

IDENTITY = ("id", "customer_id", "kind", "value", "display", "is_verified", "source")  # what is shown of one
_HERE, _AGENT, _CUSTOMER = blank(1), blank(2), blank(3)


@dataclass(frozen=True)
class Opened:
    """`has_…` spare a query for what most conversations do not have."""

    conversation: Conversation
    tags: list[Tag]
    participants: list[Participant]
    claims: list[Claim]
    words: list[LastWord]
    newest_message: int  # what is known now, for catching up later: read before the timeline, so that nothing is missed
    newest_activity: int
    visitor: int | None  # the identity that chats here
    is_followed: bool
    is_called: bool  # a colleague named this agent here, who has not looked since
    has_drafts: bool
    has_others: bool  # though this agent may see none of them


def opened(agent: "User", pk: int, *, among: ConversationQuerySet) -> Opened | None:
    """None where `among`, such as what this agent may see, does not hold it."""
    found = among.select_related("customer", "assignee", "team").filter(pk=pk).first()
    if found is None:
        return None
    return _opened(found, _facts().fetch({_HERE: pk, _AGENT: agent.pk, _CUSTOMER: found.customer_id})[0])


@cache
def _facts() -> Prepared:
    here: dict[str, int] = {"conversation": _HERE}
    own = {**here, "agent": _AGENT}
    others = Conversation.objects.here().filter(customer=_CUSTOMER).exclude(pk=_HERE)
    asked = Conversation.objects.filter(pk=_HERE).values_list(
        ArraySubquery(_json(Tag.objects.filter(conversations=_HERE).order_by("name"), "id", "name")),
        ArraySubquery(_json(Participant.objects.filter(**here).order_by("email"), "email", "name")),
        ArraySubquery(_json(said_by_customer(_HERE), "channel_id", "identity_id", "created_at")[:WORDS]),
        ArraySubquery(_json(Claim.objects.filter(customer=_CUSTOMER).order_by("pk"), "id", "value", "source")),
        ArraySubquery(_json(Identity.objects.filter(customer=_CUSTOMER).order_by("pk"), *IDENTITY)),
        _newest(Message.objects.filter(**here)),
        _newest(Activity.objects.filter(**here)),
        Subquery(said_by_customer(_HERE).filter(channel__medium=Medium.CHAT).values("identity")[:1]),
        Exists(Follow.objects.filter(**own)),
        Exists(Mention.objects.filter(**own, read_at=None)),
        Exists(Draft.objects.filter(**own)),
        Exists(others),
    )
    return prepare(asked)


def _opened(found: Conversation, facts: Row) -> Opened:
    """`facts`: the columns of _facts, in their order."""
    lists = ([json.loads(each) for each in cast("list[str]", column)] for column in facts[:5])
    tags, people, said, claims, identities = lists
    message, activity, visitor = (cast("int | None", column) for column in facts[5:8])
    is_followed, is_called, has_drafts, has_others = (bool(column) for column in facts[8:])
    has_asked(found.customer, "identities", Identity, [restored(Identity, row) for row in identities])
    words = (
        LastWord(word["channel_id"], word["identity_id"], datetime.fromisoformat(word["created_at"])) for word in said
    )
    return Opened(
        conversation=found,
        tags=[restored(Tag, row) for row in tags],
        participants=[restored(Participant, row) for row in people],
        claims=[restored(Claim, row) for row in claims],
        words=newest_of_each(words),
        newest_message=message or 0,
        newest_activity=activity or 0,
        visitor=visitor,
        is_followed=is_followed,
        is_called=is_called,
        has_drafts=has_drafts,
        has_others=has_others,
    )


def _json(rows: QuerySet, *names: str) -> QuerySet:
    return rows.values(row=JSONObject(**{name: name for name in names}))


def _newest(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by("-pk").values("pk")[:1])
