"""What a visitor may see: their own words and the answers to them; never a note, never another person's message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from django.core import signing
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from conversations.handoff.names import bot_name
from conversations.models import (
    Attachment,
    Branding,
    Delivery,
    DeliveryAttempt,
    Handoff,
    Message,
    Status,
    Team,
)
from conversations.prepared import Rows, blank
from customers.models import Customer, Identity
from customers.models.identity import Kind
from integrations.adapters.media.chat.sessions import Visitor
from integrations.models import Connector

if TYPE_CHECKING:
    from deskapp.models import User

FILE_SALT = "chat-file"
AT_ONCE = 60  # messages shown when the widget opens
OVERLAP = timedelta(minutes=1)  # transactions commit out of order; the widget knows what it has already
_ARRIVED = [Delivery.Status.SENT, Delivery.Status.DELIVERED, Delivery.Status.READ]


# Of the conversation in which they wrote last.
_SEEN = """
select message.id from conversations_message as message, (
    select conversation_id, (select max(read_at) from conversations_readmark as mark
                             where mark.conversation_id = latest.conversation_id) as read_at
    from conversations_message as latest
    where identity_id = any(%(identities)s::bigint[]) and kind = 'inbound' order by created_at desc limit 1
) as last
where message.conversation_id = last.conversation_id and message.identity_id = any(%(identities)s::bigint[])
    and message.kind = 'inbound' and message.created_at <= last.read_at
order by message.created_at desc limit 1
"""


class File(TypedDict):
    name: str
    type: str
    size: int
    url: str


class Said(TypedDict):
    """A message as the widget gets it. `key` of the visitor's own is the id their browser made."""

    id: int
    key: str
    mine: bool
    text: str
    at: str
    by: dict[str, str | int | bool] | None
    files: list[File]
    replies: list[str]  # answers that can be pressed, while it is the last thing said
    ends: list[str]  # where they are a scale: what its two ends mean


class Handed(TypedDict):
    """Who has read what was said to the bot, since when."""

    at: str
    by: dict[str, str | int | bool]


@dataclass(frozen=True)
class Sight:
    """One visitor's view of their talk with us at one channel."""

    connector: Connector
    visitor: Visitor
    desk: str  # "https://desk.example", for the files' addresses

    @cached_property
    def identities(self) -> list[int]:
        """The identities whose messages this visitor may read.

        Unproven, the browser's own alone: an agent may have merged it into a customer with a long past. Proven by the
        shop, all verified handles of that customer: so mail becomes chat, and the phone's chat is on the laptop.
        """
        own = Q(kind=Kind.VISITOR, value=self.visitor.id)
        if not self.visitor.is_proven:
            return list(Identity.objects.filter(own).values_list("pk", flat=True))
        proven = Q(kind=Kind.SHOP, value=self.visitor.shop)
        if self.visitor.email:
            proven |= Q(kind=Kind.EMAIL, value=self.visitor.email, is_verified=True)
        customers = Customer.objects.filter(pk__in=Identity.objects.filter(proven).values("customer"))
        theirs = Q(customer__in=customers, is_verified=True)
        return list(Identity.objects.filter(own | theirs).values_list("pk", flat=True))

    def messages(self) -> QuerySet[Message]:
        return _visible_to(self.identities).prefetch_related("attachments")

    def latest(self) -> list[Said]:
        newest = list(self.messages().order_by("-created_at", "-pk")[:AT_ONCE])
        return [self.said(message) for message in reversed(newest)]

    def since(self, cursor: str) -> list[Said]:
        """Everything that became visible after `cursor`: a message sent later has an old id and an old date."""
        last, at = read_cursor(cursor)
        went = DeliveryAttempt.objects.filter(
            delivery__message=OuterRef("pk"), outcome="sent", finished_at__gt=at - OVERLAP
        )
        news = self.messages().filter(Q(pk__gt=last) | Q(created_at__gt=at - OVERLAP) | Exists(went))
        return [self.said(message) for message in news.order_by("pk")[:500]]

    def spoke_as(self, identity: Identity) -> None:
        """Who is not proven is nobody else: there is nothing to look up."""
        if not self.visitor.is_proven and (identity.kind, identity.value) == (Kind.VISITOR, self.visitor.id):
            vars(self)["identities"] = [identity.pk]

    def seen(self) -> int:
        """The last message of theirs that an agent has had on the screen, or 0."""
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, {"identities": self.identities})
            row = cursor.fetchone()
        return row[0] if row else 0

    def unread(self) -> int:
        return self.messages().filter(delivery__status__in=["sent", "delivered"]).count()

    def said(self, message: Message, files: Iterable[Attachment] | None = None) -> Said:
        """`files` where the caller knows them: an empty list is no query."""
        mine = message.kind == Message.Kind.INBOUND
        key = message.external_id.rpartition(":")[2] if mine and message.channel_id == self._channel else ""
        return Said(
            id=message.pk,
            key=key or f"d{message.pk}",
            mine=mine,
            text=message.text,
            at=message.created_at.isoformat(),
            by=None if mine else self._author(message),
            files=[self._file(file) for file in (message.attachments.all() if files is None else files)],
            replies=[] if mine else [str(button)[:200] for button in message.details.get("buttons") or ()][:20],
            ends=[] if mine else [str(end)[:80] for end in message.details.get("ends") or ()][:2],
        )

    def handed(self) -> Handed | None:
        """The agent who took over from the bot and has had the talk on their screen; None until that is true."""
        said = Message.objects.filter(identity__in=self.identities, kind=Message.Kind.INBOUND)
        last = Subquery(said.order_by("-created_at", "-pk").values("conversation")[:1])
        rows = Handoff.objects.filter(conversation=last).select_related("opened_by", "conversation__team")
        handoff = rows.order_by("-created_at", "-pk").first()
        if handoff is None or not handoff.to_people or not handoff.opened_by or not handoff.opened_at:
            return None
        if handoff.conversation.status == Status.PENDING:
            return None
        return Handed(at=handoff.opened_at.isoformat(), by=_person(handoff.opened_by, handoff.conversation.team))

    @property
    def _channel(self) -> int | None:
        return self.connector.channel_id

    def _author(self, message: Message) -> dict[str, str | int | bool]:
        """First name and team: what an agent shows to customers, and no more."""
        author, team = message.author, message.conversation.team
        if message.is_bot or author is None:
            given = self.connector.settings.get("bot_name")
            name = ((bot_name(message) or str(given or "")) if message.is_bot else "") or desk_name(self.connector)
            return {"key": name, "name": name, "initials": name[:1], "hue": 300, "team": "", "bot": message.is_bot}
        return _person(author, team)

    def _file(self, file: Attachment) -> File:
        signed = signing.dumps(file.pk, salt=FILE_SALT)
        url = f"{self.desk}/chat/{self.visitor_key}/files/{signed}"
        return File(name=file.name, type=file.content_type, size=file.size, url=url)

    @property
    def visitor_key(self) -> str:
        return self.connector.channel.address if self.connector.channel else ""


def look_each(asked: Sequence[tuple[Sight, Sequence[int]]]) -> list[tuple[list[Said], int]]:
    """Of these messages, by their ids, those that each visitor may see; and, where any is not the bot's, until where
    theirs was seen, since an agent may have looked: else 0."""
    messages = {pk for _, each in asked for pk in each}
    identities = {pk for sight, _ in asked for pk in sight.identities}
    found = {each.pk: each for each in _EACH.find(sorted(messages), sorted(identities))} if identities else {}
    return [_looked(sight, [found[pk] for pk in each if pk in found]) for sight, each in asked]


def _looked(sight: Sight, messages: Sequence[Message]) -> tuple[list[Said], int]:
    """`messages` are visible to one of those who asked, and it may be another."""
    theirs = [message for message in messages if message.identity_id in sight.identities]
    said = [sight.said(message, None if vars(message)["has_files"] else ()) for message in theirs]
    is_of_people = any(not (each["by"] and each["by"]["bot"]) for each in said)
    return said, sight.seen() if is_of_people else 0


def _visible_to(identities: list[int] | RawSQL) -> QuerySet[Message]:
    """What they said, and what of ours has gone out: not what can be undone, is for later or was taken back."""
    sent = DeliveryAttempt.objects.filter(delivery__message=OuterRef("pk"), outcome="sent")
    ours = Q(kind=Message.Kind.OUTBOUND) & (
        Q(delivery=None) | Q(delivery__status__in=_ARRIVED) | (~Q(delivery__status="cancelled") & Exists(sent))
    )
    rows = Message.objects.filter(Q(kind=Message.Kind.INBOUND) | ours, identity__in=identities)
    return rows.select_related("author", "conversation__team").defer("search", "html", "quoted")


def _among(number: int) -> RawSQL:
    """A blank for several keys."""
    return RawSQL("select unnest(%s::bigint[])", [blank(number)])  # noqa: S611


_FILES = Attachment.objects.filter(message=OuterRef("pk"))
_EACH = Rows(lambda: _visible_to(_among(1)).filter(pk__in=_among(0)).annotate(has_files=Exists(_FILES)))


def _person(agent: "User", team: Team | None) -> dict[str, str | int | bool]:
    return {
        "key": f"{agent.short_name} {agent.hue}",
        "name": agent.short_name,
        "initials": agent.initials,
        "hue": agent.hue,
        "team": team.name if team else "",
        "bot": False,
    }


def desk_name(connector: Connector) -> str:
    """What the header of the widget says before somebody answers: the shop's name."""
    brand = Branding.objects.filter(channel=connector.channel_id).only("title").first()
    return (brand.title if brand else "") or str(connector.settings.get("title") or connector.name)


def cursor_for(messages: list[Said], before: str = "") -> str:
    """Where to go on: the highest id the widget has, and the time until which it knows all. Opaque to the widget."""
    last = max([message["id"] for message in messages], default=0)
    return f"{max(last, read_cursor(before)[0])}-{int(timezone.now().timestamp())}"


def read_cursor(cursor: str) -> tuple[int, datetime]:
    """A cursor that is no cursor reads as the beginning."""
    last, _, seconds = (cursor or "").partition("-")
    if not (last.isdecimal() and seconds.isdecimal() and len(last) < 19 and len(seconds) < 12):
        return 0, datetime(2000, 1, 1, tzinfo=UTC)
    return int(last), datetime.fromtimestamp(int(seconds), tz=UTC)
