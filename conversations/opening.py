"""One conversation as its page needs it: a single query, which also says what else there is to ask for."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, QuerySet, Subquery
from django.db.models.functions import JSONObject

from conversations.models import (
    Activity,
    Conversation,
    Draft,
    Follow,
    Handoff,
    Medium,
    Mention,
    Message,
    Participant,
    Tag,
)
from conversations.models.conversation import ConversationQuerySet
from conversations.outbound.reach import (
    WORDS,
    LastWord,
    newest_of_each,
    refused,
    said_by_customer,
    said_of_messages,
)
from conversations.prepared import Prepared, blank, has_asked, prepare, restored
from customers.models import Claim, Identity

if TYPE_CHECKING:
    from deskapp.models import User

IDENTITY = ("id", "customer_id", "kind", "value", "display", "is_verified", "source")  # what is shown of one
_HERE, _AGENT = blank(1), blank(2)


class Word(TypedDict):
    channel_id: int
    identity_id: int
    created_at: str
    is_public: bool


class Said(TypedDict):
    identity_id: int
    is_granted: bool


class Facts(TypedDict):
    """The columns of _facts, in their order."""

    tags: list[dict[str, object]]
    people: list[dict[str, object]]
    words: list[Word]
    consents: list[Said]
    claims: list[dict[str, object]]
    identities: list[dict[str, object]]
    newest_message: int | None
    newest_activity: int | None
    visitor: int | None
    is_followed: bool
    is_called: bool
    has_drafts: bool
    has_others: bool
    has_handoffs: bool


@dataclass(frozen=True)
class Opened:
    """`has_…` spare a query for what most conversations do not have."""

    conversation: Conversation
    tags: list[Tag]
    participants: list[Participant]
    claims: list[Claim]
    words: list[LastWord]
    refused: frozenset[int]  # the identities to which nothing may be sent
    newest_message: int  # what is known now, for catching up later: read before the timeline, so that nothing is missed
    newest_activity: int
    visitor: int | None  # the identity that chats here
    is_followed: bool
    is_called: bool  # a colleague named this agent here, who has not looked since
    has_drafts: bool
    has_others: bool  # though this agent may see none of them
    has_handoffs: bool


def opened(agent: "User", pk: int, *, among: ConversationQuerySet) -> Opened | None:
    """None where `among`, such as what this agent may see, does not hold it."""
    facts = _facts().as_json(Facts.__annotations__, {_HERE: pk, _AGENT: agent.pk})
    found = among.select_related("customer", "assignee", "team", "topic").annotate(facts=facts).filter(pk=pk).first()
    return _opened(found, json.loads(vars(found)["facts"])) if found else None


@cache
def _facts() -> Prepared:
    here: dict[str, int] = {"conversation": _HERE}
    own = {**here, "agent": _AGENT}
    customer = Subquery(Conversation.objects.filter(pk=_HERE).values("customer"))
    others = Conversation.objects.here().filter(customer=customer).exclude(pk=_HERE)
    asked = Conversation.objects.filter(pk=_HERE).values_list(
        ArraySubquery(_json(Tag.objects.filter(conversations=_HERE).order_by("name"), "id", "name")),
        ArraySubquery(_json(Participant.objects.filter(**here).order_by("email"), "email", "name")),
        ArraySubquery(_json(said_by_customer(_HERE), "channel_id", "identity_id", "created_at", "is_public")[:WORDS]),
        ArraySubquery(_json(said_of_messages(identity__customer=customer), "identity_id", "is_granted")),
        ArraySubquery(_json(Claim.objects.filter(customer=customer).order_by("pk"), "id", "value", "source")),
        ArraySubquery(_json(Identity.objects.filter(customer=customer).order_by("pk"), *IDENTITY)),
        _newest(Message.objects.filter(**here)),
        _newest(Activity.objects.filter(**here)),
        Subquery(said_by_customer(_HERE).filter(channel__medium=Medium.CHAT).values("identity")[:1]),
        Exists(Follow.objects.filter(**own)),
        Exists(Mention.objects.filter(**own, read_at=None)),
        Exists(Draft.objects.filter(**own)),
        Exists(others),
        Exists(Handoff.objects.filter(**here)),
    )
    return prepare(asked)


def _opened(found: Conversation, facts: Facts) -> Opened:
    identities = [restored(Identity, row) for row in facts["identities"]]
    has_asked(found.customer, "identities", Identity, identities)
    words = (
        LastWord(word["channel_id"], word["identity_id"], datetime.fromisoformat(word["created_at"]), word["is_public"])
        for word in facts["words"]
    )
    return Opened(
        conversation=found,
        tags=[restored(Tag, row) for row in facts["tags"]],
        participants=[restored(Participant, row) for row in facts["people"]],
        claims=[restored(Claim, row) for row in facts["claims"]],
        words=newest_of_each(words),
        refused=refused((each["identity_id"], each["is_granted"]) for each in facts["consents"]),
        newest_message=facts["newest_message"] or 0,
        newest_activity=facts["newest_activity"] or 0,
        visitor=facts["visitor"],
        is_followed=facts["is_followed"],
        is_called=facts["is_called"],
        has_drafts=facts["has_drafts"],
        has_others=facts["has_others"],
        has_handoffs=facts["has_handoffs"],
    )


def _json(rows: QuerySet, *names: str) -> QuerySet:
    return rows.values(row=JSONObject(**{name: name for name in names}))


def _newest(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by("-pk").values("pk")[:1])
