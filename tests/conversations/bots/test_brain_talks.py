"""Whole talks with the desk's own brain: typed, thought, done at the shop and said, or handed to people."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.bots import brain
from conversations.bots.acts import Asked, Say
from conversations.bots.acts import Line as Typed
from conversations.bots.memory import Memory, memory_of
from conversations.bots.words import say
from conversations.inbound.receive import receive
from conversations.models import (
    Article,
    ArticleText,
    ArticleVerdict,
    Bot,
    BotDeed,
    BotTalk,
    Conversation,
    Handoff,
    Message,
    Topic,
)
from conversations.routing.drain import drain
from customers.facts import Line, ProductFact
from customers.gather import gather
from customers.models import Customer, Identity, Product, Profile, Stock
from tests.conftest import from_ann
from tests.conversations.bots.stage import takes_turn, with_bot
from tests.conversations.bots.talks import reason
from tests.conversations.bots.till import BROWSER, SIGNED_IN, Till, bought, code_mailed, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def till():
    with Till() as server:
        yield server


@pytest.fixture
def shop(till, chat):
    with_bot(chat)
    for does in ("tracking", "return", "address", "invoice", "cancel", "stock", "hours"):
        Topic.objects.create(name=does.title(), bot_does=does)
    return connected(till)


class Typing:
    """Ann at the chat, in one language; signed in at the shop or not."""

    def __init__(self, chat, language, *, is_signed_in=True):
        self.chat, self.language, self.is_signed_in = chat, language, is_signed_in
        self.conversation = None

    def says(self, text):
        """What the bot answers to it: all its words, as one."""
        about = {"signed_in": "17"} if self.is_signed_in else {}
        handles = SIGNED_IN if self.is_signed_in else BROWSER
        heard = receive(from_ann(self.chat, text, handles=handles, details=about, language=self.language))
        if self.conversation is None:
            drain(room=False)
        self.conversation = Conversation.objects.get(pk=heard.conversation_id)
        takes_turn(self.conversation)
        self.conversation.refresh_from_db()
        ours = Message.objects.filter(conversation=self.conversation, is_bot=True, pk__gt=heard.pk).order_by("pk")
        return "\n".join(ours.values_list("text", flat=True))

    @property
    def memory(self):
        return memory_of(BotTalk.objects.get(conversation=self.conversation).state)


def test_who_is_signed_in_learns_in_norwegian_where_the_parcel_is_and_is_asked_nothing(chat, shop):
    bought(shop, "HF-48213", status="shipped")
    ann = Typing(chat, "no")
    answer = ann.says("Hei! Hvor er pakken min?")
    assert answer.startswith("Hei Ann, jeg er Fern, en bot.")
    assert "Ordre HF-48213" in answer or "HF-48213" in answer
    assert "?" not in answer
    assert "Hello" not in answer
    assert ann.says("Tusen takk!") == say("welcome", "no")
    assert ann.conversation.status == "resolved"
    assert BotTalk.objects.get().end == "helped"


def test_who_is_nobody_yet_proves_it_by_a_code_before_a_word_is_said(chat, shop):
    bought(shop, "HF-48213", status="shipped")
    ann = Typing(chat, "de", is_signed_in=False)
    asked = ann.says("Wo bleibt mein Paket? Bestellung HF-48213")
    assert "E-Mail" in asked
    assert "seit dem" not in asked
    sent = ann.says("ann@home.example")
    assert "HF-48213" not in sent
    assert ann.memory.waits_for == "code"
    told = ann.says(f"Der Code ist {code_mailed()}")
    assert "HF-48213" in told
    assert "unterwegs" in told


def test_a_return_is_started_at_the_shop_after_a_yes_and_not_before(chat, shop, till):
    bought(shop, "HF-48213", status="delivered")
    ann = Typing(chat, "fr")
    ann.says("Bonjour, je voudrais retourner la veste, elle est trop petite, il me la faut en L")
    assert ann.memory.waits_for == "condition"
    confirm = ann.says("jamais portée")
    assert ann.memory.waits_for == "confirm"
    assert "Kestrel" in confirm and "L" in confirm
    assert not till.asked
    ann.says("oui, merci")
    assert till.done == ["return"]
    assert BotDeed.objects.get().values["reason"] == "too_small"
    assert BotDeed.objects.get().values["size"] == "L"


def test_the_thing_that_they_name_tells_which_of_two_orders_it_is(chat, shop):
    boots = (Line("Trail Socks", 1, Decimal(9), "s"), Line("Fell Boot", 1, Decimal(90), "b"))
    bought(shop, "HF-48213", status="delivered", lines=boots)
    bought(shop, "HF-48220", status="delivered")
    ann = Typing(chat, "en")
    asked = ann.says("I want to send something back")
    assert ann.memory.waits_for == "order", asked
    ann.says("the boots")
    assert ann.memory.slots["order"].value == "HF-48213"


def test_an_address_corrected_before_the_yes_is_the_one_that_the_shop_gets(chat, shop, till):
    bought(shop, "HF-48213")
    ann = Typing(chat, "en")
    ann.says("Hi, I moved: can you change the delivery address to 12 Castle Street, York YO1 9AA?")
    ann.says("sorry, it is 14 Castle Street, York YO1 9AA")
    assert not till.asked
    ann.says("yes please")
    (acts,) = till.asked.values()
    assert "14 Castle Street" in str(acts)
    assert "12 Castle Street" not in str(acts)


def test_a_person_asked_for_in_the_middle_gets_what_was_told(chat, shop):
    bought(shop, "HF-48213", status="delivered")
    ann = Typing(chat, "pl")
    ann.says("Chcę zwrócić kurtkę, jest za mała")
    answer = ann.says("Wolę porozmawiać z człowiekiem")
    assert answer.startswith(say("to_people_asked", "pl"))
    packet = Handoff.objects.get().packet
    assert {"reason", "order"} <= {fact["label"] for fact in packet["told"]} | {"order" if packet["order"] else ""}
    assert ann.conversation.status == "open"


def test_stock_is_told_to_a_stranger_by_the_words_of_their_question(chat, shop):
    kestrel = ProductFact(source=shop.pk, external_id="k", name="Kestrel Trail Jacket, L", changed_at=timezone.now())
    gather(kestrel)
    Stock.objects.create(
        product=Product.objects.get(external_id="k"), place="Oslo Torggata", quantity=2, changed_at=timezone.now()
    )
    answer = Typing(chat, "en", is_signed_in=False).says("Do you have the Kestrel in L in your Oslo shop?")
    assert "Oslo Torggata (2)" in answer


def test_an_article_that_helped_is_counted(chat, shop):
    article = Article.objects.create(name="Washing")
    ArticleText.objects.create(article=article, language="it", title="Lavare la lana", body="**Lana**: 30 gradi.")
    ann = Typing(chat, "it")
    assert "Lana: 30 gradi." in ann.says("Come si lava un maglione di lana?")
    ann.says(say("it_helped", "it"))
    assert ArticleVerdict.objects.get().helped is True
    assert ann.conversation.status == "resolved"


def _asked(text, **fields):
    line = Typed(1, "customer", text, timezone.now())
    values = {"conversation": 0, "customer": 0, "bot": 0, "talk": 0, "term": 0, "language": "", "medium": "chat"}
    return Asked(
        **{**values, **fields}, buttons=3, lines=(line,), new=(line,), memory=Memory(), now=line.at
    )  # fmt: skip


def test_a_dry_line_is_answered_as_a_strangers_with_few_queries(shop):
    with CaptureQueriesContext(connection) as seen:
        answer = brain.think(_asked("When are you open?"))
    assert [type(act).__name__ for act in answer.acts] == ["Say", "Do"]
    assert len(seen) <= 8
    assert Conversation.objects.count() == 0


def test_people_come_first_for_a_tier_or_a_sum(shop):
    bot = Bot.objects.get()
    bot.people_first_tiers, bot.people_first_from = ["Gold"], 5000
    bot.save()
    ann = Customer.objects.create(name="Ann", tier="gold")
    Profile.objects.create(customer=ann, lifetime_value=10)
    bea = Customer.objects.create(name="Bea")
    Profile.objects.create(customer=bea, lifetime_value=9000)
    cleo = Customer.objects.create(name="Cleo")
    answers = [brain.think(_asked("Where is my parcel?", customer=each.pk, bot=bot.pk)) for each in (ann, bea, cleo)]
    assert [reason(answer) for answer in answers] == ["value", "value", ""]


def test_an_address_that_nobody_proved_is_not_taken_for_theirs(shop):
    ann = Customer.objects.create(name="Ann")
    Identity.objects.create(customer=ann, kind="email", value="typed@x.example", is_verified=False)
    answer = brain.think(_asked("Where is my parcel?", customer=ann.pk))
    assert "email" not in answer.memory.slots
    assert not any(isinstance(act, Say) and "typed@" in act.text for act in answer.acts)
