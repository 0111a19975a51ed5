"""Messenger and Instagram: what people say there, what the shop says beside the desk, what was seen, what is unsaid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Delivery, Message
from integrations.inbound import names
from integrations.models import RawEvent
from tests.adapters.meta.talking import OPUS, PSID, answer, aside, hear, theirs

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]
BOTH = pytest.mark.parametrize("on", ["messenger", "instagram"])
STORY = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1"
JPEG = b"\xff\xd8\xff" + b"\x00" * 60


def pictured(kind, **payload):
    return {"type": kind, "payload": payload}


SAID = [
    ("messenger", {"text": "Red", "quick_reply": {"payload": "RED"}}, "Red", {"button": "RED"}),
    (
        "messenger",
        {"attachments": [pictured("location", coordinates={"lat": 54.6, "long": -3.1})]},
        "Shared a location.",
        {"place": [54.6, -3.1]},
    ),
    (
        "messenger",
        {"attachments": [pictured("fallback", url="https://a.example/x", title="A page")], "text": "Look"},
        "Look\nA page https://a.example/x",
        {},
    ),
    (
        "messenger",
        {"attachments": [{"type": "image", "payload": {"url": "u", "sticker_id": 369239263222822}}]},
        "👍",
        {},
    ),
    ("messenger", {"attachments": [{"type": "fallback"}]}, "Sent something that Meta does not hand on (fallback).", {}),
    (
        "messenger",
        {"text": "Hi", "referral": {"ref": "poster-7", "source": "SHORTLINK", "type": "OPEN_THREAD"}},
        "Hi",
        {"started_with": "poster-7"},
    ),
    ("instagram", {"text": "Nice!", "reply_to": {"story": {"url": STORY, "id": "1"}}}, "Nice!", {"story": STORY}),
    (
        "instagram",
        {"attachments": [pictured("story_mention", url=STORY)]},
        "Mentioned you in their story.",
        {"story": STORY},
    ),
    (
        "instagram",
        {"attachments": [pictured("ig_reel", url="https://r.example/1", title="Fells", reel_video_id="1")]},
        "Shared a reel: Fells https://r.example/1",
        {},
    ),
    (
        "instagram",
        {"attachments": [pictured("ig_post", url="https://p.example/1", title="Autumn", ig_post_media_id="1")]},
        "Shared a post: Autumn https://p.example/1",
        {},
    ),
    (
        "instagram",
        {"is_unsupported": True},
        "Sent something that Meta does not hand on, such as a GIF or a poll.",
        {},
    ),
    (
        "instagram",
        {"text": "This one?", "referral": {"product": {"id": "HF-KTJ"}}},
        "This one?",
        {"started_with": "HF-KTJ"},
    ),
]


@pytest.mark.parametrize(("on", "said", "text", "details"), SAID, ids=[str(number) for number in range(len(SAID))])
def test_every_kind_says_what_it_is(at, graph, on, said, text, details):
    connector = at(on)
    graph.talk(on, PSID, **said)
    hear(connector, graph)
    [message] = theirs()
    assert (message.text, message.details) == (text, details) and not message.attachments.exists()
    assert (message.identity.kind, message.identity.value) == (on, PSID)


@BOTH
@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("image", "image/jpeg"), ("audio", "audio/mp4"), ("video", "video/mp4"), ("file", "application/pdf")],
    ids=["image", "audio", "video", "file"],
)
def test_files_are_fetched_without_showing_anybody_our_token(at, graph, on, kind, content_type):
    connector = at(on)
    graph.show(on, PSID, kind, content_type, OPUS)
    hear(connector, graph)
    attachment = theirs()[0].attachments.get()
    assert attachment.state == "whole" and attachment.file.read() == OPUS
    assert "authorization" not in graph.calls[-1].headers


def test_a_sticker_that_comes_in_two_forms_is_one(at, graph):
    connector = at("messenger")
    url = f"{graph.url}/files/{graph.keep('image/png', OPUS)}?open=1"
    both = [{"type": kind, "payload": {"url": url, "sticker_id": "7"}} for kind in ("image", "sticker")]
    graph.talk("messenger", PSID, attachments=both)
    hear(connector, graph)
    assert [each.kind for each in theirs()[0].attachments.all()] == ["sticker"]


@BOTH
def test_a_pressed_button_says_its_words_and_by_which_link_they_came(at, graph, on):
    connector = at(on)
    graph.press(on, PSID, "Get started", "START", referral={"ref": "poster-7", "type": "OPEN_THREAD"})
    hear(connector, graph, copies=2)
    [message] = theirs()
    assert message.text == "Get started"
    assert message.details == {"button": "START", "started_with": "poster-7"}


def test_a_link_into_a_talk_that_was_there_is_noted_and_asks_for_nobody(at, graph):
    connector = at("messenger")
    graph.event("messenger", PSID, {"referral": {"ref": "poster-7", "source": "SHORTLINK", "type": "OPEN_THREAD"}})
    hear(connector, graph)
    [note] = theirs()
    assert note.is_automatic and note.details["started_with"] == "poster-7"
    assert note.conversation.waiting_since is None


@BOTH
def test_emoji_answers_and_edits(at, graph, ada, on):
    connector = at(on)
    first = graph.talk(on, PSID, "Where is it?")
    hear(connector, graph)
    delivery = answer(theirs()[0], ada)
    graph.put_emoji(on, PSID, delivery.external_id, "❤️")
    graph.talk(on, PSID, "Thanks", reply_to={"mid": delivery.external_id})
    graph.event(on, PSID, {"message_edit": {"mid": first["mid"], "text": "Where is my order?", "num_edit": 1}})
    hear(connector, graph)
    ours = Message.objects.get(kind="outbound")
    assert [each.emoji for each in ours.reactions.filter(taken_off_at=None)] == ["❤️"]
    question, thanks = theirs()
    assert thanks.answers == ours and question.text == "Where is my order?"
    graph.put_emoji(on, PSID, delivery.external_id, "❤️", is_on=False)
    hear(connector, graph)
    assert not ours.reactions.filter(taken_off_at=None).exclude(emoji="").exists()


@BOTH
def test_what_is_unsent_is_forgotten_everywhere(at, graph, on):
    """Meta's terms: what somebody has deleted is to be deleted."""
    connector = at(on)
    said = graph.talk(on, PSID, "My card is 4711")
    hear(connector, graph)
    graph.unsend(on, PSID, said["mid"])
    hear(connector, graph)
    [message] = theirs()
    assert message.taken_back_at and message.text == "" and message.details == {"forgotten": True}
    assert not any(b"4711" in bytes(raw.body) for raw in RawEvent.objects.all())


@BOTH
def test_the_echo_of_what_the_desk_sent_is_not_said_twice(at, graph, ada, on):
    connector = at(on)
    graph.talk(on, PSID, "Where is it?")
    hear(connector, graph)
    answer(theirs()[0], ada)
    hear(connector, graph, copies=2)
    assert Message.objects.filter(kind="outbound").count() == 1
    connector.settings = {name: value for name, value in connector.settings.items() if name != "app_id"}
    connector.save()
    answer(theirs()[0], ada, "<p>And again</p>")
    hear(connector, graph)
    assert Message.objects.filter(kind="outbound").count() == 2


@BOTH
def test_what_the_shop_says_in_its_own_inbox_is_its_answer(at, graph, on):
    connector = at(on)
    graph.talk(on, PSID, "Are you open?")
    hear(connector, graph)
    said = graph.answer_in_inbox(on, PSID, "Until six.")
    hear(connector, graph, copies=2)
    ours = Message.objects.get(kind="outbound")
    assert (ours.text, ours.external_id, ours.author) == ("Until six.", said["mid"], None)
    assert ours.conversation == theirs()[0].conversation and ours.conversation.waiting_since is None


def test_an_echo_that_may_be_our_own_waits_until_that_is_known(at, graph, ada):
    connector = at("instagram")
    graph.talk("instagram", PSID, "Hello?")
    hear(connector, graph)
    delivery = answer(theirs()[0], ada)
    graph.owed.clear()
    Delivery.objects.filter(pk=delivery.pk).update(status="sending")
    graph.answer_in_inbox("instagram", PSID, "On its way.")
    hear(connector, graph)
    raw = RawEvent.objects.order_by("-pk")[0]
    assert raw.state == "kept" and "on its way" in raw.error
    Delivery.objects.filter(pk=delivery.pk).update(status="sent")
    hear(connector, graph)
    assert Message.objects.filter(kind="outbound").count() == 2


def test_all_that_went_out_before_the_mark_was_read_and_nothing_behind_it(at, graph, ada):
    connector = at("messenger")
    graph.talk("messenger", PSID, "Where is it?")
    hear(connector, graph)
    first, second, third = (answer(theirs()[0], ada, f"<p>{number}</p>") for number in (1, 2, 3))
    hear(connector, graph)
    third.attempts.update(started_at=timezone.now() + timedelta(minutes=1))
    graph.see("messenger", PSID)
    graph.see("messenger", "999")
    hear(connector, graph, order=[1, 0])
    assert [Delivery.objects.get(pk=each.pk).status for each in (first, second, third)] == ["read", "read", "sent"]


def test_instagram_names_what_was_seen_and_it_is_all_before_it(at, graph, ada):
    connector = at("instagram")
    graph.talk("instagram", PSID, "Where is it?")
    hear(connector, graph)
    first, second = (answer(theirs()[0], ada, f"<p>{number}</p>") for number in (1, 2))
    graph.see("instagram", PSID, name=second.external_id)
    hear(connector, graph)
    assert [Delivery.objects.get(pk=each.pk).status for each in (first, second)] == ["read", "read"]


@BOTH
def test_the_name_is_asked_for_once_and_never_replaces_one(at, graph, on, django_capture_on_commit_callbacks):
    connector = at(on)
    graph.profiles[PSID] = {"first_name": "Ann", "last_name": "Bell", "name": "Ann Bell", "username": "ann.bell"}
    graph.talk(on, PSID, "Hello")
    with django_capture_on_commit_callbacks(execute=False) as wanted:
        hear(connector, graph)
    assert wanted
    identity = theirs()[0].identity
    names.ask_name(identity.pk)
    identity.refresh_from_db()
    assert (identity.name, identity.customer.name) == ("Ann Bell", "Ann Bell")
    asked = len(graph.calls)
    names.ask_name(identity.pk)
    assert len(graph.calls) == asked


@BOTH
def test_a_name_that_is_not_told_leaves_them_without(at, graph, on):
    connector = at(on)
    graph.talk(on, PSID, "Hello")
    hear(connector, graph)
    names.ask_name(theirs()[0].identity_id)
    assert theirs()[0].identity.name == ""
    graph.outage = True
    names.ask_name(theirs()[0].identity_id)


def test_two_pages_of_one_app_are_two_channels(at, graph):
    one, two = at("messenger"), at("messenger", address="two", page_id="22222222222")
    whole = graph.event("messenger", PSID, {"message": {"mid": "m_one", "text": "To one"}})
    graph.owed.clear()
    second = {**whole["entry"][0], "id": "22222222222"}
    second["messaging"] = [{**second["messaging"][0], "recipient": {"id": "22222222222"}}]
    second["messaging"][0]["message"] = {"mid": "m_two", "text": "To two"}
    graph.owe({**whole, "entry": [whole["entry"][0], second]})
    hear(one, graph)
    said = {message.text: message.channel_id for message in theirs()}
    assert said == {"To one": one.channel_id, "To two": two.channel_id}


def test_of_a_batch_one_poison_thing_is_set_aside_alone(at, graph):
    connector = at("instagram")
    whole = graph.event("instagram", PSID, {"message": {"mid": "m_1", "text": "one"}})
    graph.owed.clear()
    [item] = whole["entry"][0]["messaging"]
    poison = {**item, "message": {"mid": "m_2", "text": "two"}, "timestamp": "yesterday"}
    nobody = {"timestamp": 1, "message": {"mid": "m_3", "text": "three"}}
    last = {**item, "message": {"mid": "m_4", "text": "four"}}
    whole["entry"][0]["messaging"] = [item, poison, nobody, last]
    graph.owe(whole)
    hear(connector, graph)
    assert [message.text for message in theirs()] == ["one", "four"] and len(aside()) == 2


def test_what_instagrams_dashboard_sends_as_a_sample_is_heard(at, graph):
    """In a form of its own: changes in place of messaging."""
    connector = at("instagram")
    value = {"sender": {"id": PSID}, "recipient": {"id": "17841405822304914"}, "timestamp": "1761287294"}
    value["message"] = {"mid": "m_sample", "text": "A sample"}
    entry = {"id": "17841405822304914", "time": 1, "changes": [{"field": "messages", "value": value}]}
    graph.owe({"object": "instagram", "entry": [entry]})
    hear(connector, graph)
    assert [message.text for message in theirs()] == ["A sample"]


def test_what_comes_while_another_app_answers_is_not_lost(at, graph):
    connector = at("messenger")
    whole = graph.event("messenger", PSID, {"message": {"mid": "m_1", "text": "Hello?"}})
    graph.owed.clear()
    entry = whole["entry"][0]
    entry["standby"] = entry.pop("messaging")
    graph.owe(whole)
    hear(connector, graph)
    assert [message.text for message in theirs()] == ["Hello?"]
