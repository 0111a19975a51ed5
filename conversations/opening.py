"""One conversation as its page needs it: a single query, which also says what else there is to ask for."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from conversations.models import Activity, Conversation, Draft, Follow, Medium, Mention, Message, Participant, Tag
from conversations.models.conversation import ConversationQuerySet
from conversations.outbound.reach import WORDS, LastWord, newest_of_each, said_by_customer
from customers.models import Claim

if TYPE_CHECKING:
    from deskapp.models import User


@dataclass(frozen=True)
class Opened:
    """`has_…` spare a query for what most conversations do not have."""

    conversation: Conversation
    tags: list[Tag]
    participants: list[Participant]
    words: list[LastWord]
    newest_message: int  # what is known now, for catching up later: read before the timeline, so that nothing is missed
    newest_activity: int
    visitor: int | None  # the identity that chats here
    is_followed: bool
    is_called: bool  # a colleague named this agent here, who has not looked since
    has_drafts: bool
    has_claims: bool
    has_others: bool


def opened(agent: "User", pk: int, *, among: ConversationQuerySet) -> Opened | None:
    """None where `among`, such as what this agent may see, does not hold it."""
    here, own = OuterRef("pk"), {"conversation": OuterRef("pk"), "agent": agent}
    others = Conversation.objects.visible_to(agent).here().filter(customer=OuterRef("customer")).exclude(pk=here)
    rows = among.select_related("customer", "assignee", "team").annotate(
        known_tags=ArraySubquery(_json(Tag.objects.filter(conversations=here).order_by("name"), "id", "name")),
        known_people=ArraySubquery(
            _json(Participant.objects.filter(conversation=here).order_by("email"), "email", "name")
        ),
        known_words=ArraySubquery(_json(said_by_customer(here), "channel_id", "identity_id", "created_at")[:WORDS]),
        newest_message=_newest(Message.objects.filter(conversation=here)),
        newest_activity=_newest(Activity.objects.filter(conversation=here)),
        visitor=Subquery(said_by_customer(here).filter(channel__medium=Medium.CHAT).values("identity")[:1]),
        is_followed=Exists(Follow.objects.filter(**own)),
        is_called=Exists(Mention.objects.filter(**own, read_at=None)),
        has_drafts=Exists(Draft.objects.filter(**own)),
        has_claims=Exists(Claim.objects.filter(customer=OuterRef("customer"))),
        has_others=Exists(others),
    )
    found = rows.filter(pk=pk).first()
    return _opened(found) if found else None


def _opened(found: Conversation) -> Opened:
    known = vars(found)  # the annotations, which the model's type does not name
    said = (
        LastWord(word["channel_id"], word["identity_id"], datetime.fromisoformat(word["created_at"]))
        for word in known["known_words"]
    )
    return Opened(
        conversation=found,
        tags=[Tag(**row) for row in known["known_tags"]],
        participants=[Participant(**row) for row in known["known_people"]],
        words=newest_of_each(said),
        newest_message=known["newest_message"] or 0,
        newest_activity=known["newest_activity"] or 0,
        visitor=known["visitor"],
        is_followed=known["is_followed"],
        is_called=known["is_called"],
        has_drafts=known["has_drafts"],
        has_claims=known["has_claims"],
        has_others=known["has_others"],
    )


def _json(rows: QuerySet, *names: str) -> QuerySet:
    return rows.values(row=JSONObject(**{name: name for name in names}))


def _newest(rows: QuerySet) -> Subquery:
    return Subquery(rows.order_by("-pk").values("pk")[:1])
