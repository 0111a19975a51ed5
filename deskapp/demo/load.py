"""Writes the demo's talks as rows, in bulk: this is history, which came in by no door."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from django.core.files.base import ContentFile
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from conversations.actions import call_backs
from conversations.call_state import learnt
from conversations.call_words import happened
from conversations.envelopes import CallDetails, CallReport
from conversations.models import (
    Activity,
    Attachment,
    Channel,
    Conversation,
    Delivery,
    DeliveryAttempt,
    Draft,
    Follow,
    Medium,
    Mention,
    Message,
    ReadMark,
    Status,
    Tag,
    Team,
)
from conversations.models.activity import Verb
from conversations.models.conversation import place_in_queue
from conversations.models.delivery import DeliveryStatus
from conversations.models.message import MessageKind
from conversations.sanitise import sanitise
from customers.identify import Handle
from customers.models import Customer, Identity
from customers.models.identity import Kind
from deskapp.demo.desk import DOMAIN, MAILBOX
from deskapp.demo.talk import Line, Person, Talk
from deskapp.models import User

BATCH = 1000
ON_ITS_WAY = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
UNSETTLED = (*ON_ITS_WAY, DeliveryStatus.CANCELLED)
SOURCES: dict[str, str] = {Kind.EMAIL: "mail", Kind.VISITOR: "chat", Kind.SHOP: "shop sign-in", Kind.PHONE: "call"}


class Loader:
    def __init__(self) -> None:
        self.agents = {user.email.removesuffix(f"@{DOMAIN}"): user for user in User.objects.all()}
        self.teams = {team.name: team for team in Team.objects.all()}
        self.tags = {tag.name: tag for tag in Tag.objects.all()}
        self.channels = {channel.medium: channel for channel in Channel.objects.order_by("-pk")}
        self.identities: dict[tuple[str, str], Identity] = {}
        self.with_fern: list[tuple[Talk, Conversation, list[Message]]] = []  # each message in its line's place

    def load(self, talks: Sequence[Talk]) -> None:
        customers = self._customers({talk.person: None for talk in talks})
        talks = sorted(talks, key=lambda talk: talk.lines[-1].at)
        conversations = Conversation.objects.bulk_create(
            [self._conversation(talk, customers[talk.person.email]) for talk in talks], batch_size=BATCH
        )
        pairs = list(zip(talks, conversations, strict=True))
        said = [(self._message(line, talk, row), line) for talk, row in pairs for line in talk.lines]
        Message.objects.bulk_create([message for message, _ in said], batch_size=BATCH)
        self._fern(pairs, [message for message, _line in said])
        self._deliveries(said)
        self._files(said)
        self._facts(pairs)
        self._personal(pairs, said)
        for message, line in said:
            if line.is_call and not line.seconds and message.conversation.is_open:
                call_backs.owe(message)
        self._last_seen()

    def _fern(self, pairs: Sequence[tuple[Talk, Conversation]], said: Iterable[Message]) -> None:
        messages = iter(said)
        for talk, row in pairs:
            mine = [next(messages) for _line in talk.lines]
            if talk.fern:
                self.with_fern.append((talk, row, mine))

    def _last_seen(self) -> None:
        """By each handle, when they last wrote."""
        wrote = Message.objects.filter(identity=OuterRef("pk"), kind=MessageKind.INBOUND).order_by("-created_at")
        mine = Identity.objects.filter(pk__in=[identity.pk for identity in self.identities.values()])
        mine.update(last_seen_at=Coalesce(Subquery(wrote.values("created_at")[:1]), F("first_seen_at")))

    def _customers(self, persons: Iterable[Person]) -> dict[str, Customer]:
        persons = list(persons)
        rows = Customer.objects.bulk_create([_customer(person) for person in persons], batch_size=BATCH)
        identities = []
        for person, row in zip(persons, rows, strict=True):
            for kind, value, shown in _handles(person):
                identities.append(
                    Identity(customer=row, kind=kind, value=value, display=shown, is_verified=True,
                             source=SOURCES.get(kind, Kind(kind).label), first_seen_at=row.created_at)
                )  # fmt: skip
        for identity in Identity.objects.bulk_create(identities, batch_size=BATCH):
            self.identities[identity.kind, identity.value] = identity
        return {person.email: row for person, row in zip(persons, rows, strict=True)}

    def _conversation(self, talk: Talk, customer: Customer) -> Conversation:
        spoken = [line for line in talk.lines if line.kind != MessageKind.NOTE]
        inbound = [line for line in spoken if line.is_inbound or line.is_call]
        waiting = waiting_since(spoken) if talk.status == Status.OPEN else None
        last = spoken[-1]
        resolved = [fact.at for fact in talk.facts if fact.verb == Verb.RESOLVED]
        return Conversation(
            customer=customer,
            subject=talk.subject,
            status=talk.status,
            priority=talk.priority,
            assignee=self.agents.get(talk.assignee),
            team=self.teams.get(talk.team),
            language=talk.person.language,
            is_spam=talk.is_spam,
            snoozed_until=talk.snoozed_until,
            resolved_at=resolved[-1] if resolved and talk.status == Status.RESOLVED else None,
            created_at=spoken[0].at,
            waiting_since=waiting,
            queue_at=place_in_queue(waiting, last.at),
            last_message_at=last.at,
            last_inbound_at=inbound[-1].at if inbound else None,
            snippet=self._snippet(last, talk.person),
            media=_media(spoken),
        )

    def _message(self, line: Line, talk: Talk, conversation: Conversation) -> Message:
        is_note = line.kind == MessageKind.NOTE
        message = Message(
            conversation=conversation,
            kind=line.kind,
            channel=None if is_note else self.channels[line.medium],
            identity=None if is_note else self._identity(talk.person, line.medium),
            author=self.agents.get(line.agent),
            subject=_subject(talk, line),
            text=line.text,
            quoted=_segments(line),
            html=sanitise(line.html),
            is_automatic=line.is_automatic,
            is_bot=line.is_bot,
            is_public=line.is_public,
            created_at=line.at,
            details=self._call_details(line, talk.person) if line.is_call else _details(talk.person, line),
        )
        if line.is_inbound or line.is_call:
            message.external_id = _external_id(line, talk.person, message)
        elif line.state and line.state not in UNSETTLED:
            message.external_id = f"{message.client_id}@{DOMAIN}" if line.medium == Medium.EMAIL else ""
        return message

    def _call_details(self, line: Line, person: Person) -> dict[str, object]:
        agent = self.agents.get(line.agent)
        names = {agent.extension.lower(): (agent.pk, agent.name)} if agent else {}
        number, call = self._identity(person, Medium.VOICE).value, CallDetails()
        for report in reports_of(line, number, self.channels[Medium.VOICE], agent.extension if agent else ""):
            call = learnt(call, report, number, names)
        return {"call": call}

    def _snippet(self, line: Line, person: Person) -> str:
        """As conversations.call_words writes it."""
        if not line.is_call:
            return " ".join(line.text.split())[:160]
        call = self._call_details(line, person)["call"]
        return " · ".join(filter(None, [happened(cast("CallDetails", call)), " ".join(line.text.split())]))[:160]

    def _identity(self, person: Person, medium: str) -> Identity:
        if medium == Medium.CHAT:
            return self.identities[Kind.VISITOR, person.visitor]
        if medium in (Medium.EMAIL, Medium.API):  # a form is answered by mail
            return self.identities[Kind.EMAIL, person.email]
        kind = Kind.PHONE if medium in (Medium.SMS, Medium.VOICE) else medium
        return self.identities[kind, next(value for each, value, _shown in person.handles if each == kind)]

    def _deliveries(self, said: Sequence[tuple[Message, Line]]) -> None:
        rows = Delivery.objects.bulk_create(
            [_delivery(message, line) for message, line in said if line.state], batch_size=BATCH
        )
        DeliveryAttempt.objects.bulk_create([attempt for row in rows for attempt in _attempts(row)], batch_size=BATCH)

    def _files(self, said: Sequence[tuple[Message, Line]]) -> None:
        rows = []
        for message, line in said:
            for file in line.files:
                row = Attachment(
                    message=message, name=file.name, content_type=file.content_type, size=len(file.content),
                    is_inline=file.is_inline, created_at=line.at,
                )  # fmt: skip
                row.file.save(str(uuid.uuid4()), ContentFile(file.content), save=False)
                rows.append(row)
        Attachment.objects.bulk_create(rows, batch_size=BATCH)

    def _facts(self, pairs: Sequence[tuple[Talk, Conversation]]) -> None:
        facts = [
            Activity(
                conversation=row, verb=fact.verb, by=self.agents.get(fact.by), to=self._name(fact.to),
                reason=fact.reason, created_at=fact.at,
            )
            for talk, row in pairs
            for fact in talk.facts
        ]  # fmt: skip
        Activity.objects.bulk_create(facts, batch_size=BATCH)
        through = Conversation.tags.through
        tagged = [(row, self.tags[name]) for talk, row in pairs for name in talk.tags]
        through.objects.bulk_create([through(conversation=row, tag=tag) for row, tag in tagged], batch_size=BATCH)

    def _name(self, to: str) -> str:
        return self.agents[to].name if to in self.agents else to

    def _personal(self, pairs: Sequence[tuple[Talk, Conversation]], said: Sequence[tuple[Message, Line]]) -> None:
        everybody = list(self.agents.values())
        marks = [
            ReadMark(conversation=row, agent=agent, read_at=_read_at(talk, row))
            for talk, row in pairs
            for agent in everybody
            if not (talk.unread and row.status == Status.OPEN and not talk.assignee)
        ]
        ReadMark.objects.bulk_create(marks, batch_size=5 * BATCH)
        mentions = [
            Mention(
                conversation_id=message.conversation_id, message=message, agent=self.agents[name], created_at=line.at
            )
            for message, line in said
            for name in line.mentions
        ]
        Mention.objects.bulk_create(mentions)
        follows = [Follow(conversation=row, agent=self.agents[name]) for talk, row in pairs for name in talk.followers]
        Follow.objects.bulk_create(follows)
        Draft.objects.bulk_create(
            Draft(conversation=row, agent=self.agents[talk.assignee], mode="reply", html=talk.draft)
            for talk, row in pairs
            if talk.draft
        )


def waiting_since(lines: Sequence[Line]) -> datetime | None:
    """The first thing the customer said that nobody has answered: what was taken back or failed is no answer."""
    since = None
    for line in lines:
        if line.is_inbound or (line.is_call and not line.seconds):
            since = since if since or line.is_automatic else line.at
        elif line.state in (DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN):
            since = since or line.at
        elif line.state != DeliveryStatus.CANCELLED and not (line.is_bot and line.is_automatic):
            since = None  # but the bot's parting word is no answer
    return since


def _external_id(line: Line, person: Person, message: Message) -> str:
    """In the form of the medium, so that an answer finds what it answers."""
    if line.medium == Medium.EMAIL:
        return f"{uuid.uuid4()}@{person.email.partition('@')[2]}"
    if line.medium == Medium.CHAT:
        return f"{person.visitor}:{message.client_id}"
    number = int(line.at.timestamp())
    if line.medium == Medium.TELEGRAM:
        return f"{person.handles[0][1]}:{number}"
    if line.medium == Medium.VOICE:
        return f"CA{message.client_id.hex}"
    if line.medium == Medium.X:
        return f"{number * 10**9}" if line.is_public else f"dm:{number * 10**9}"
    return f"{number * 10**8}" if line.medium == Medium.MASTODON else f"demo-{message.client_id}"


def reports_of(line: Line, number: str, channel: Channel, extension: str) -> Iterator[CallReport]:
    """What a phone system would have told of it."""
    whose = (Handle(Kind.PHONE, number),)
    rings = CallReport(channel.pk, "demo", "in", "ringing", line.at, whose, ours=channel.address, agent=extension)
    if not line.seconds:
        yield replace(rings, state="missed", cause="Nobody answered.", transcript=line.text)
        return
    yield rings
    yield replace(rings, state="answered", at=line.at + timedelta(seconds=7))
    ended = line.at + timedelta(seconds=7 + line.seconds)
    yield replace(rings, state="ended", at=ended, seconds=line.seconds, transcript=line.text)


def _customer(person: Person) -> Customer:
    return Customer(
        name=person.name, language=person.language, timezone=person.timezone, city=person.city, tier=person.tier,
        about=person.about, created_at=person.since or timezone.now(),
    )  # fmt: skip


def _handles(person: Person) -> list[tuple[str, str, str]]:
    handles = [(Kind.EMAIL, person.email), (Kind.VISITOR, person.visitor), (Kind.SHOP, person.shop)]
    return [*((str(kind), value, value) for kind, value in handles if value), *person.handles]


def _media(lines: Sequence[Line]) -> list[str]:
    media: list[str] = []
    for line in lines:
        if media[-1:] != [line.medium]:
            media.append(str(line.medium))
    return media[-6:]


def _subject(talk: Talk, line: Line) -> str:
    if line.medium != Medium.EMAIL or line.kind == MessageKind.NOTE:
        return ""
    return talk.subject if line is talk.lines[0] else f"Re: {talk.subject}"


def _segments(line: Line) -> list[dict[str, str]]:
    parts = [("said", line.text), ("signature", line.signature), ("quote", line.quote)]
    found = [{"kind": kind, "text": text} for kind, text in parts if text]
    return found if len(found) > 1 else []


def _details(person: Person, line: Line) -> dict[str, object]:
    if line.is_bot:
        return {"term": 2, **({"buttons": list(line.buttons)} if line.buttons else {})}
    if line.medium != Medium.EMAIL or line.kind == MessageKind.NOTE:
        return {}
    return {"to": [MAILBOX if line.is_inbound else f"{person.name} <{person.email}>"], "date": line.at.isoformat()}


def _delivery(message: Message, line: Line) -> Delivery:
    later = line.at + timedelta(days=2)
    is_open = line.state in ON_ITS_WAY
    return Delivery(
        message=message,
        channel=message.channel,
        conversation_id=message.conversation_id,
        status=line.state,
        due_at=later if is_open else line.at,
        cancel_on_reply=is_open,
        tries=0 if line.state in UNSETTLED else 1,
        external_id=message.external_id,
        error=line.error,
        settled_at=None if is_open else line.at + timedelta(seconds=12),
        created_at=line.at,
    )


def _attempts(delivery: Delivery) -> list[DeliveryAttempt]:
    if not delivery.tries:
        return []
    outcomes: dict[str, str] = {DeliveryStatus.FAILED: "permanent", DeliveryStatus.UNCERTAIN: "uncertain"}
    outcome = outcomes.get(delivery.status, "sent")
    began = delivery.created_at + timedelta(seconds=9)
    return [
        DeliveryAttempt(
            delivery=delivery, started_at=began, finished_at=began + timedelta(seconds=2), outcome=outcome,
            said="" if outcome == "sent" else "550 5.1.1 mailbox unavailable" if outcome == "permanent" else "",
        )
    ]  # fmt: skip


def _read_at(talk: Talk, conversation: Conversation) -> datetime:
    """Unread: everything but what came last."""
    if talk.unread:
        return talk.lines[-1].at - timedelta(seconds=1)
    return conversation.last_message_at + timedelta(minutes=1)
