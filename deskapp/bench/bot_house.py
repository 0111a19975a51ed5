"""What `bench bot` is played on: topics learnt, articles, a bot to whom rules send everybody, and visitors."""

import itertools
import random
import uuid
from datetime import timedelta

from django.utils import timezone

from conversations.bots.memory import Memory
from conversations.models import (
    Bot,
    BotTalk,
    BotTurn,
    Channel,
    Conversation,
    Lease,
    Message,
    RoutingPolicy,
    Topic,
    TopicExample,
)
from conversations.models.lease import Holder
from conversations.models.message import MessageKind
from conversations.routing import kept
from conversations.routing.facts import Outcome, Policy
from customers.models import Customer, Identity
from customers.models.identity import Kind
from deskapp.bench.stage import Guest, set_up
from deskapp.demo import articles, asked
from deskapp.demo.asked import SAID
from deskapp.demo.fern import DOES
from integrations.adapters.media.chat.sessions import Visitor, make_token
from integrations.models import Connector

BEFORE = ("", "Hello, ", "Hi there. ", "Excuse me, ", "Good morning. ", "Quick question: ", "Sorry to ask again. ")
NAMES = ("Ann", "Bea", "Cem", "Dora", "Emil", "Fay", "Gus", "Hal", "Ida", "Jon", "Kit", "Lea", "Max", "Nora", "Otto")
AFTER = ("", " Thanks.", " Thank you, Ann", " Please answer soon.", " Order HF-48213.", " It is urgent.", " Bye", " :)")


class House:
    def __init__(self) -> None:
        set_up(1)
        self.connector = Connector.objects.select_related("channel").get(channel__address="stage-0")
        assert self.connector.channel is not None
        self.channel: Channel = self.connector.channel
        asked.build()
        articles.build()
        for key, does in DOES.items():
            Topic.objects.filter(name=asked.TOPICS[key][0]).update(bot_does=does)
        self.bot = Bot.objects.create(name="Fern", unsure_below=0.3)
        self.lines = list(TopicExample.objects.order_by("pk").values_list("text", "language"))

    def teach(self, count: int) -> int:
        """So many examples in all: each that there is, in other words around it."""
        topics = list(TopicExample.objects.order_by("pk").values_list("topic", "text", "language"))
        missing = count - len(topics)
        around = itertools.product(BEFORE, AFTER)
        next(around)
        more = (
            TopicExample(topic_id=topic, text=f"{before}{text}{after}", language=language)
            for before, after in around for topic, text, language in topics
        )  # fmt: skip
        TopicExample.objects.bulk_create(itertools.islice(more, max(0, missing)), batch_size=1000)
        return TopicExample.objects.count()

    def different_lines(self, count: int) -> list[str]:
        """No two alike, as customers write them: nothing that was worked out for one of them helps with another."""
        chance, lines = random.Random(7), [text for text, _language in self.lines]
        pairs = [(before, text, after) for before in BEFORE for after in AFTER for text in lines]
        return ["".join(each) for each in chance.sample(pairs, count)]

    def matter(self, chance: random.Random, count: int) -> list[str]:
        """What one visitor asks, line by line, of two topics in turn that are answered at once, without a question."""
        asked = chance.sample(["refund", "hours"], 2)
        found = [chance.sample(SAID["en"][topic], count) for topic in asked]
        names = chance.sample(NAMES, 3)
        around = [("", ""), (chance.choice(BEFORE), ""), ("", f" Thank you, {names[0]} {names[1]}-{names[2]}")]
        return [f"{around[number % 3][0]}{found[number % 2][number]}{around[number % 3][1]}" for number in range(count)]

    def publish(self) -> None:
        body = kept.written_policy(Policy(otherwise=Outcome(to="bot")))
        RoutingPolicy.objects.create(number=1, state=RoutingPolicy.State.PUBLISHED, body=body)

    def guests(self, count: int) -> list[Guest]:
        return [Guest("stage-0", make_token(Visitor(self.connector.pk, str(uuid.uuid4()))), True) for _ in range(count)]

    def waiting(self, count: int) -> list[int]:
        """Conversations in which a customer has written one line, and the bot must answer."""
        chance, now = random.Random(6), timezone.now() - timedelta(seconds=5)
        people = Customer.objects.bulk_create(Customer(name=f"Visitor {number}") for number in range(count))
        handles = Identity.objects.bulk_create(
            Identity(customer=each, kind=Kind.VISITOR, value=str(uuid.uuid4()), is_verified=True) for each in people
        )
        rooms = Conversation.objects.bulk_create(
            Conversation(customer=each, status="pending", waiting_since=now, media=["chat"], snippet="…", team=None)
            for each in people
        )
        Message.objects.bulk_create(
            Message(conversation=room, kind=MessageKind.INBOUND, channel=self.channel, identity=handle,
                    text=chance.choice(self.lines)[0], external_id=f"bench-{room.pk}", created_at=now)
            for room, handle in zip(rooms, handles, strict=True)
        )  # fmt: skip
        Lease.objects.bulk_create(Lease(conversation=room, holder=Holder.BOT, term=2) for room in rooms)
        BotTalk.objects.bulk_create(
            BotTalk(conversation=room, bot=self.bot, channel=self.channel, term=2, state=Memory().to_json())
            for room in rooms
        )
        BotTurn.objects.bulk_create(BotTurn(conversation=room, asked_at=now, due_at=now) for room in rooms)
        return [room.pk for room in rooms]
