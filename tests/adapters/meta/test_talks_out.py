"""Messenger and Instagram, out: within the time to answer, in the pieces and forms that each takes."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.envelopes import OutboundReaction
from conversations.models import Delivery, Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.outbound import seen
from integrations.outbound.deliver import envelope
from integrations.simulators.meta_graph import PAGE
from tests.adapters.meta.talking import PSID, answer, hear, theirs

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]
BOTH = pytest.mark.parametrize("on", ["messenger", "instagram"])
JPEG = b"\xff\xd8\xff" + b"\x00" * 60


@pytest.mark.parametrize(
    ("on", "since", "status", "allowed"),
    [
        ("messenger", timedelta(hours=1), "sent", {"messaging_type": "RESPONSE"}),
        ("messenger", timedelta(days=6), "sent", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        ("messenger", timedelta(days=8), "failed", None),
        ("instagram", timedelta(days=6), "sent", {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}),
        ("instagram", timedelta(days=8), "failed", None),
    ],
    ids=["at once", "by a person", "too late", "by a person there", "too late there"],
)
def test_after_a_day_a_person_may_answer_to_the_seventh(at, graph, ada, on, since, status, allowed):
    connector = at(on)
    graph.talk(on, PSID, "Hello", at=time.time() - since.total_seconds())
    hear(connector, graph)
    delivery = answer(theirs()[0], ada)
    assert delivery.status == status
    if allowed:
        body = graph.said[-1]["body"]
        assert {name: body[name] for name in ("messaging_type", "tag") if name in body} == allowed
    else:
        assert "The time to answer here is over" in delivery.error and not graph.said


@pytest.fixture
def said(at, graph, ada):
    """Hands an envelope to the adapter; gives what went out."""

    def send(on, **changed):
        connector = connector_of(on)
        written = envelope(Delivery.objects.get(message__channel=connector.channel))
        graph.said.clear()
        adapter_named(on).send(connector, replace(written, **{"text": "", "heard_at": timezone.now(), **changed}))
        return [each["body"] for each in graph.said]

    made = {}

    def connector_of(on):
        if on not in made:
            made[on] = at(on)
            graph.talk(on, PSID, "Hello")
            hear(made[on], graph)
            answer(Message.objects.get(kind="inbound", channel=made[on].channel), ada)
        return made[on]

    return send


def test_a_long_text_is_cut_as_each_takes_it(said):
    parts = [body["message"]["text"] for body in said("messenger", text="wool " * 900)]
    assert len(parts) == 3 and all(len(part) <= 2000 for part in parts)
    parts = [body["message"]["text"] for body in said("instagram", text="שלום " * 300)]
    assert len(parts) == 3 and all(len(part.encode()) < 1000 for part in parts)
    assert " ".join(parts).split() == ["שלום"] * 300


@BOTH
def test_choices_are_quick_replies(said, on):
    [body] = said(on, text="Which?", buttons=("Red", "A colour with a very long name"))
    shown = body["message"]["quick_replies"]
    assert [each["title"] for each in shown] == ["Red", "A colour with a very"]
    assert shown[1]["payload"] == "A colour with a very long name"
    with pytest.raises(AdapterError, match="At most 13"):
        said(on, text="Which?", buttons=tuple(map(str, range(14))))


@BOTH
def test_an_answer_points_at_what_it_answers(said, on):
    [body] = said(on, text="Yes", answers="m_7")
    assert body["reply_to"] == {"mid": "m_7"}


def test_files_are_uploaded_or_lent_as_each_login_takes_them(at, graph, ada):
    file = ("a.jpg", "image/jpeg", JPEG)
    for on, login in (("messenger", ""), ("instagram", "page"), ("instagram", "instagram")):
        connector = at(on, address=login or on, login=login, page_id=PAGE)
        graph.talk(on, PSID, f"By {login or on}")
        hear(connector, graph)
        question = Message.objects.get(text=f"By {login or on}")
        delivery = answer(question, ada, "<p>Here</p>", attach=[file])
        assert delivery.status == "sent", delivery.error
        payload = graph.said[-1]["body"]["message"]["attachment"]["payload"]
        if login == "instagram":
            assert "/lent/" in payload["url"] and payload["url"].endswith("a.jpg")
        else:
            assert graph.files[payload["attachment_id"]] == ("image/jpeg", JPEG)
        connector.delete()
        question.channel.deliveries.all().delete()


@BOTH
def test_an_emoji_is_put_on_and_taken_off_as_each_knows_it(at, graph, on):
    connector = at(on)
    reaction = OutboundReaction(connector.channel_id, "m_1", PSID, "❤️", is_ours=False)
    adapter = adapter_named(on)
    adapter.react(connector, reaction)
    adapter.react(connector, replace(reaction, emoji=""))
    assert [each["sender_action"] for each in graph.acted] == ["react", "unreact"]
    assert graph.acted[0]["payload"] == {"message_id": "m_1", "reaction": "love" if on == "instagram" else "❤️"}
    if on == "instagram":
        with pytest.raises(AdapterError, match="only a heart"):
            adapter.react(connector, replace(reaction, emoji="👍"))


@BOTH
def test_what_an_agent_sees_is_marked(at, graph, on):
    connector = at(on)
    graph.talk(on, PSID, "Hello?")
    hear(connector, graph)
    seen.tell(theirs()[0].conversation_id)
    assert [each["sender_action"] for each in graph.acted] == ["mark_seen"]
