"""How the bot does: every number against rows counted by hand, and no detail lost."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations.bots.memory import Kept, Memory
from conversations.handoff.packet import Fact, Packet
from conversations.inbound.receive import receive
from conversations.models import Bot, BotMistake, BotTalk, Handoff, Message, RepeatedQuestion, Topic
from conversations.reports import bots
from conversations.reports.bots import found
from conversations.reports.satisfaction import period_of
from customers.identify import Handle
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def talked(mail, number, end, *, ago=timedelta(minutes=5), **fields):
    handle = (Handle("email", f"ann{number}@home.example", f"Ann {number}"),)
    conversation = receive(from_ann(mail, handles=handle, external_id=f"<{number}@home.example>")).conversation
    at = timezone.now() - ago
    return BotTalk.objects.create(
        conversation=conversation, bot=Bot.objects.first(), term=1, end=end, began_at=at, ended_at=at, **fields
    )


def passed(talk, reason, *, after=None, told=("order",), kept=("order",)):
    memory = Memory(slots={need: Kept("HF-1", None) for need in told})
    BotTalk.objects.filter(pk=talk.pk).update(state=memory.to_json())
    packet = Packet(told=tuple(Fact(need, "HF-1") for need in kept)).to_json()
    at = talk.ended_at
    return Handoff.objects.create(
        conversation=talk.conversation, talk=talk, reason=reason, term=2, packet=packet, created_at=at,
        answered_at=at + timedelta(seconds=after) if after else None,
    )  # fmt: skip


@pytest.fixture
def past(mail, ada):
    Bot.objects.create(name="Fern")
    about = Topic.objects.create(name="Returns")
    for number in range(8):
        talked(mail, number, "helped", topic=about)
    talked(mail, 8, "left")
    first = passed(talked(mail, 9, "handed", topic=about), "asked", after=40, told=("order", "size"))
    second = passed(talked(mail, 10, "handed"), "unsure", after=80)
    passed(talked(mail, 11, "handed"), "unsure")
    old = talked(mail, 12, "helped", ago=timedelta(weeks=5))
    said = Message.objects.create(
        conversation=second.conversation, kind="outbound", author=ada, channel=mail, text="Your order number?"
    )
    RepeatedQuestion.objects.create(message=said, agent=ada, slot="order", where="message")
    spoken = Message.objects.create(conversation=old.conversation, kind="outbound", is_bot=True, channel=mail)
    BotMistake.objects.create(message=spoken, talk=old, by=ada)
    return first


def test_every_number_is_that_of_its_rows(client, sam, past):
    client.force_login(sam)
    counted = found(sam, period_of(4, LONDON), LONDON)
    now = counted.weeks[-1]
    assert (sum(w.talks for w in counted.weeks), sum(w.helped for w in counted.weeks)) == (12, 8)
    assert (sum(w.handed for w in counted.weeks), sum(w.left for w in counted.weeks)) == (3, 1)
    assert sum(w.talks for w in counted.before) == 1 and now.talks <= 12
    assert counted.reasons == {"unsure": 2, "asked": 1}
    assert [(name, talks, handed) for _pk, name, talks, handed in counted.topics] == [("Returns", 9, 1), ("", 3, 2)]
    assert (counted.median, counted.slowest) == (timedelta(seconds=60), timedelta(seconds=80))
    page = client.get(reverse("bot_report"), {"weeks": 4}).content.decode()
    assert "67%" in page and "8 of 12 talks that ended" in page
    expected = {"talks": 12, "helped": 8, "left": 1, "handed": 3, "repeated": 1, "unanswered": 1, "wrong": 1, "lost": 1}
    for what, count in expected.items():
        shown = client.get(reverse("bot_rows", args=[what]), {"weeks": 4})
        assert f'id="rows-total">{count}<' in shown.content.decode(), what
    of_reason = client.get(reverse("bot_rows", args=["handed"]), {"weeks": 4, "reason": "unsure"})
    assert 'id="rows-total">2<' in of_reason.content.decode()


def test_a_detail_that_got_lost_on_the_way_is_seen(sam, past):
    kept = found(sam, period_of(4, LONDON), LONDON).kept
    assert (kept.given, kept.shown, kept.handoffs) == (4, 3, (past.pk,))


def test_who_may_not_see_the_team_counts_nothing_of_it(client, linus, ada, past):
    period = period_of(4, LONDON)
    assert not bots.talks_of(linus, period).exists() and not bots.mistakes_of(linus, period).exists()
    assert bots.talks_of(ada, period).count() == 12
    client.force_login(ada)
    assert client.get(reverse("bot_report")).status_code == 404
    assert client.get(reverse("bot_rows", args=["talks"])).status_code == 404
