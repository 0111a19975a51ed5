"""Whatever is merged, arrives and is taken apart: in the end everything is as if nobody had ever been merged."""

import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conversations.actions.merging import merge as merge_conversations
from conversations.inbound.receive import receive
from conversations.models import Conversation, ConversationMerge, Delivery, Message
from conversations.outbound.compose import reply
from customers.facts import EventFact, OrderFact, TraitsFact
from customers.gather import gather
from customers.identify import Handle, identify
from customers.ledger import top
from customers.merging import merge, unmerge
from customers.models import Claim, Customer, Event, Identity, MergeEntry, Order, Trait, Visit
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

CAST = ["ann", "bob", "cy", "dee"]
who = st.sampled_from(CAST)
DEED = st.one_of(
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("undo"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("join"), who, st.just("")),
    *(
        st.tuples(st.just(deed), who, st.just(""))
        for deed in ("mail", "mail", "named", "chat", "claim", "answer", "order", "event", "trait")
    ),
)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)


@dataclass
class World:
    """One run of the deeds; without merges, what would have been."""

    mail: object
    chat: object
    ada: object
    merges: bool
    people: dict = field(default_factory=dict)
    entries: list = field(default_factory=list)
    last: dict = field(default_factory=dict)  # each one's newest message
    count: int = 0

    def run(self, deeds):
        for name in CAST:
            self.people[name] = identify([Handle("email", f"{name}@home.example")])[0]
            Customer.objects.filter(pk=self.people[name].pk).update(about=f"about {name}", city="")
        for number, (deed, *of) in enumerate(deeds):
            self.count = number
            getattr(self, deed)(*of)
        for entry in self.entries:
            unmerge(entry)
        return self.picture()

    def root(self, name):
        return top(Customer.objects.get(pk=self.people[name].pk))

    def merge(self, one, other):
        if self.merges and self.root(one) != self.root(other):
            self.entries.append(merge(self.root(one), into=self.root(other), evidence="test"))

    def undo(self, number, _):
        if self.entries:
            unmerge(self.entries.pop(number % len(self.entries)))

    def join(self, name, _):
        """An agent merges two conversations of whoever they are one with now."""
        if self.merges:
            theirs = list(self.root(name).conversations.filter(merged_into=None).order_by("pk")[:2])
            if len(theirs) == 2:
                merge_conversations(theirs[0], into=theirs[1], by=self.ada)

    def say(self, name, channel, *more, called=""):
        handles = (Handle("email", f"{name}@home.example", called), *more)
        text = f"{self.count} {name}"
        self.last[name] = receive(from_ann(channel, text, handles=handles, external_id=f"m{self.count}"))

    def mail_(self, name, _):
        self.say(name, self.mail)

    def named(self, name, _):
        self.say(name, self.mail, called=f"{name.title()} Bell {self.count}")

    def chat_(self, name, _):
        self.say(name, self.chat, Handle("visitor", f"v{self.count}"))

    def claim(self, name, _):
        self.say(name, self.chat, Handle("phone", "+4791234567", is_verified=False))

    def answer(self, name, _):
        if name not in self.last:
            return
        heard = Message.objects.get(pk=self.last[name].pk)
        words = {"html": f"<p>{self.count} to {name}</p>", "by": self.ada, "client_id": uuid.uuid4()}
        reply(heard.conversation, channel=self.mail, identity=heard.identity, **words)

    def handles(self, name):
        return (Handle("email", f"{name}@home.example"),)

    def order(self, name, _):
        at = START + timedelta(minutes=self.count)
        more = {"status": "paid", "currency": "GBP", "total": Decimal(7), "placed_at": at, "changed_at": at}
        gather(OrderFact(1, f"o{self.count}", f"HF-{self.count}", self.handles(name), **more))

    def event(self, name, _):
        at = timezone.now() - timedelta(minutes=60 - self.count)
        handles = (Handle("visitor", f"browser of {name}"), *self.handles(name))
        gather(
            EventFact(1, f"e{self.count}", handles, "Page Viewed", at, {"url": f"https://shop.example/{self.count}"})
        )

    def trait(self, name, _):
        gather(TraitsFact(1, f"t{self.count}", self.handles(name), {"size": self.count}, timezone.now()))

    def picture(self):
        """Whose everything is, in names that mean the same in every world."""
        names = {customer.pk: name for name, customer in self.people.items()}
        seen = defaultdict(list)
        for identity in Identity.objects.order_by("kind", "value"):
            seen[names[identity.customer_id], "identity"].append((identity.kind, identity.value, identity.name))
        for claim in Claim.objects.select_related("identity").order_by("value", "identity__value"):
            seen[names[claim.customer_id], "claim"].append((claim.value, claim.identity and claim.identity.value))
        for model, key in ((Order, "external_id"), (Event, "external_id"), (Trait, "name"), (Visit, "started_at")):
            rows = model.objects.order_by(key).values_list("identity__customer", "identity__value", key)
            for owner, value, what in rows:
                told = value if model is Visit else (value, re.sub(r":\d+$", "", what))  # no keys of rows
                seen[names[owner], model.__name__].append(told)
        for conversation in Conversation.objects.order_by("pk"):
            said = sorted(conversation.messages.values_list("kind", "text", "identity__value"))
            if said:
                seen[names[conversation.customer_id], "conversation"].append(said)
        for customer in Customer.objects.all():
            seen[names[customer.pk], "self"] = [customer.name, customer.about, customer.city, customer.merged_into_id]
        return dict(seen)


World.mail_deed, World.chat_deed = World.mail_, World.chat_


def worlds(deeds, mail, chat, ada):
    """The picture without merges, and the one with; the second world stays in the database."""
    seen = []
    for merges in (False, True):
        world = World(mail, chat, ada, merges)
        spoken = [(f"{deed}_" if deed in ("mail", "chat") else deed, *of) for deed, *of in deeds]
        with transaction.atomic():
            seen.append(world.run(spoken))
            if merges:
                check_the_rows()
            transaction.set_rollback(True)
    return seen


def check_the_rows():
    """What hangs on messages is where they are, and each is under the customer of the identity that made it."""
    for message in Message.objects.select_related("conversation", "identity"):
        assert message.identity.customer_id == message.conversation.customer_id
    for delivery in Delivery.objects.select_related("message"):
        assert delivery.conversation_id == delivery.message.conversation_id
    assert not Conversation.objects.exclude(merged_into=None).exists()
    assert not ConversationMerge.objects.filter(undone_at=None).exists()
    assert not MergeEntry.objects.filter(undone_at=None).exists()


@given(st.lists(DEED, max_size=22))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("mail", "ann", ""), ("merge", "ann", "bob"), ("mail", "bob", ""), ("answer", "bob", "")])
@example([("merge", "ann", "bob"), ("merge", "bob", "cy"), ("chat", "ann", ""), ("mail", "bob", ""), ("undo", 0, "")])
@example([("mail", "ann", ""), ("mail", "bob", ""), ("merge", "ann", "bob"), ("join", "ann", ""), ("mail", "ann", "")])
@example(
    [
        ("mail", "ann", ""),
        ("merge", "ann", "bob"),
        ("mail", "bob", ""),
        ("merge", "bob", "cy"),
        ("mail", "cy", ""),
        ("undo", 0, ""),
    ]
)
@example([("merge", "bob", "ann"), ("named", "ann", ""), ("merge", "ann", "cy")])
@example([("named", "ann", ""), ("merge", "ann", "cy"), ("named", "cy", "")])
def test_after_all_is_undone_it_is_as_if_nobody_had_been_merged(mail, chat, ada, deeds):
    without, with_merges = worlds(deeds, mail, chat, ada)
    assert with_merges == without
