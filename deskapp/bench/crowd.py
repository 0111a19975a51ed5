"""Conversations by the hundred thousand for the bench, loaded by COPY: three messages each, 30 % of them open."""

import json
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from conversations.models import Channel, Conversation, Delivery, Medium, Message, Team
from conversations.models.conversation import place_in_queue
from conversations.models.message import MessageKind
from customers.models import Customer, Identity
from deskapp.bench.mails import sentence
from deskapp.models import User

RARE = "gossamer"  # a word that one conversation in a hundred holds
AGENTS, TEAMS = 20, 5
OPEN_SHARE = 0.3
THREADS = {30: 10, 1000: 3}  # messages: how many conversations of that length
CUSTOMER = ["id", "name", "language", "timezone", "city", "tier", "about", "is_blocked"]
IDENTITY = ["id", "customer_id", "kind", "value", "display", "is_verified", "source"]
CONVERSATION = [
    "id", "customer_id", "subject", "status", "priority", "assignee_id", "team_id", "language", "is_spam",
    "resolved_at", "created_at", "waiting_since", "queue_at", "last_message_at", "last_inbound_at", "snippet", "media",
]  # fmt: skip
MESSAGE = [
    "conversation_id", "kind", "channel_id", "identity_id", "author_id", "is_bot", "subject", "text", "quoted", "html",
    "external_id", "client_id", "details", "is_automatic", "is_unverified", "created_at",
]  # fmt: skip


class Crowd:
    def __init__(self) -> None:
        self.chance = random.Random(11)
        self.now = timezone.now()
        self.sentences = [sentence(self.chance, self.chance.randint(8, 30)) + "." for _ in range(5000)]
        teams = [Team.objects.get_or_create(name=f"Team {number}")[0] for number in range(1, TEAMS + 1)]
        self.teams = [team.pk for team in teams]
        people = [_agent(number) for number in range(AGENTS)]
        self.agents, self.agent = [person.pk for person in people], people[0]
        self.agent.teams.set(teams[:2])
        self.channel, _ = Channel.objects.get_or_create(
            medium=Medium.EMAIL, address="crowd@bench.example", name="Crowd"
        )
        self.size = Conversation.objects.count()
        self.threads: dict[int, list[int]] = {}

    def grow_to(self, size: int) -> None:
        if size > self.size:
            with without_indexes("conversations_message", "conversations_conversation"):
                self._load(self.size + 1, size)
            self.size = size
        if not self.threads:
            for length, count in THREADS.items():
                self.threads[length] = self._threads(length, count)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")

    def _load(self, first: int, last: int) -> None:
        numbers = range(first, last + 1)
        people = [number for number in numbers if number % 3 == 1]  # three matters a customer
        copy(Customer, CUSTOMER, ((n, f"Customer {n}", "en", "", "", "", "", False) for n in people))
        copy(Identity, IDENTITY, (_identity(n) for n in people))
        rows = {number: self._conversation(number) for number in numbers}
        copy(Conversation, CONVERSATION, rows.values())
        copy(Message, MESSAGE, (message for number in numbers for message in self._messages(number, rows[number])))

    def _conversation(self, number: int) -> tuple[object, ...]:
        is_open = self.chance.random() < OPEN_SHARE
        last = self.now - timedelta(seconds=self.chance.uniform(60, 86400 * (3 if is_open else 365)))
        waits = last if is_open and self.chance.random() < 0.7 else None
        assignee = self.chance.choice(self.agents) if not is_open or self.chance.random() < 0.7 else None
        return (
            number, _person(number), self.chance.choice(self.sentences)[:60], "open" if is_open else "resolved", 1,
            assignee, self.chance.choice(self.teams), "en", False, None if is_open else last,
            last - timedelta(days=2), waits, place_in_queue(waits, last), last, last,
            self.chance.choice(self.sentences)[:160], ["email"],
        )  # fmt: skip

    def _messages(self, number: int, row: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
        last, assignee = row[13], row[5]
        assert isinstance(last, datetime)
        for index, kind in enumerate((MessageKind.INBOUND, MessageKind.OUTBOUND, MessageKind.INBOUND)):
            rare = f" {RARE.capitalize()} it is." if number % 100 == 0 and index == 2 else ""
            text = f"{self.chance.choice(self.sentences)} {self.chance.choice(self.sentences)}{rare}"
            author = assignee if kind == MessageKind.OUTBOUND else None
            yield self._message(number, kind, author, text, last - timedelta(hours=12 * (2 - index)))

    def _message(self, number: int, kind: str, author: object, text: str, at: datetime) -> tuple[object, ...]:
        client_id = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        return (
            number, str(kind), self.channel.pk, _person(number), author, False, "", text, "[]", "",
            f"{client_id}@bench.example", client_id, json.dumps({"to": ["crowd@bench.example"]}), False, False, at,
        )  # fmt: skip

    def _threads(self, length: int, count: int) -> list[int]:
        """`count` conversations of the agent's own with `length` messages, and deliveries to those that are ours."""
        used = [pk for pks in self.threads.values() for pk in pks]
        own = Conversation.objects.filter(assignee=self.agent).exclude(pk__in=used)
        chosen = list(own.order_by("status", "-pk").values_list("pk", flat=True)[:count])
        if len(chosen) < count:
            raise ValueError("So few conversations hold no long ones: take a scale of 600 at least.")
        for pk in chosen:
            have = Message.objects.filter(conversation=pk).count()
            began = self.now - timedelta(days=60)
            kinds = (MessageKind.INBOUND, MessageKind.OUTBOUND)
            rows = [
                self._message(pk, kinds[n % 2], self.agent.pk if n % 2 else None, self.chance.choice(self.sentences),
                              began + timedelta(hours=n))
                for n in range(length - have)
            ]  # fmt: skip
            copy(Message, MESSAGE, rows)
        ours = Message.objects.filter(conversation__in=chosen, kind=MessageKind.OUTBOUND)
        deliveries = [
            Delivery(message=message, channel=self.channel, conversation_id=message.conversation_id, status="sent")
            for message in ours
        ]
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)  # a database that was kept has them
        return chosen


def _agent(number: int) -> User:
    email = f"agent{number}@bench.example"
    known = User.objects.filter(email=email).first()
    return known or User.objects.create(email=email, name=f"Agent {number}", password="!")  # noqa: S106 - cannot sign in


def _person(number: int) -> int:
    """The customer, and the identity of the same number, whose conversation this is."""
    return number - (number - 1) % 3


def _identity(number: int) -> tuple[object, ...]:
    address = f"customer{number}@bench.example"
    return (number, number, "email", address, address, True, "mail")


def copy(model: type, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    table = model._meta.db_table  # type: ignore[attr-defined]
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        with cursor.copy(f'copy "{table}" ({names}) from stdin') as stream:
            for row in rows:
                stream.write_row(row)
        if "id" in columns:
            last = f'(select max(id) from "{table}")'  # noqa: S608 - a table of ours
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), {last})")


@contextmanager
def without_indexes(*tables: str) -> Iterator[None]:
    """Takes off the indexes that are no constraints, and puts them back after the load: so it lasts a third as long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexname, indexdef from pg_indexes where tablename = any(%s) and indexname not in"
            " (select conname from pg_constraint) and indexdef not like 'CREATE UNIQUE%%'",
            [list(tables)],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'drop index "{name}"')
        yield
        for _name, definition in found:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))  # of a partitioned table: on all its partitions
