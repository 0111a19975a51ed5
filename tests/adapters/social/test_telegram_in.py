"""What comes in by a Telegram bot, by its webhook and by asking: each kind, once, in whatever order."""

import itertools
import json

import pytest

from conversations.models import Attachment, Conversation, Message, Reaction
from customers.models import Claim, Consent, Identity
from integrations.adapters.base import AdapterError
from integrations.inbound import listening
from integrations.models import Connector, RawEvent
from integrations.simulators.telegram import BOT
from tests.adapters.social.messengers import JPEG, fetch, hear, post, states, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

ANN = 5171248
GROUP = {"id": -100200300, "type": "supergroup", "title": "Walkers"}


@pytest.fixture
def server(telegram):
    return telegram


@pytest.fixture
def connector(bot):
    return bot


@pytest.fixture
def polled(connector, server):
    server.webhook = {}
    Connector.objects.filter(pk=connector.pk).update(settings={**connector.settings, "way": "polling"})
    connector.refresh_from_db()
    return connector


def test_message_is_shown_with_its_writer(connector, server):
    server.write(ANN, "Where is my order? 🥾 אין")
    hear(connector, server)
    message = Message.objects.get()
    assert (message.text, message.kind, message.external_id) == ("Where is my order? 🥾 אין", "inbound", f"{ANN}:1")
    identity = message.identity
    assert (identity.kind, identity.value, identity.name, identity.is_verified) == (
        "telegram", str(ANN), "Ann Bell", True,
    )  # fmt: skip
    assert identity.customer.language == "en"


def test_update_that_comes_twice_is_one(connector, server):
    server.write(ANN, "Hello")
    hear(connector, server, copies=3)
    assert (Message.objects.count(), RawEvent.objects.count()) == (1, 1)


@pytest.mark.parametrize("changed", [{"X_Telegram_Bot_Api_Secret_Token": "wrong"}, {"address": "wrong"}], ids=str)
def test_forged_update_is_refused_and_not_kept(connector, server, changed):
    server.write(ANN, "Hello")
    assert post(connector, server.owed[0], **changed).status_code in (400, 401)
    assert not RawEvent.objects.exists()


def test_update_larger_than_any_is_refused(connector, server):
    server.write(ANN, "x" * 2_100_000)
    assert post(connector, server.owed[0]).status_code == 413


def test_garbage_with_the_right_secret_is_set_aside(connector, server):
    server.write(ANN, "Hello")
    garbage = type(server.owed[0])("message", server.owed[0].headers, b"{not json")
    assert post(connector, garbage).status_code == 200
    work_off()
    assert states() == ["aside"]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("photo", "", ("photo.jpg", "image/jpeg")),
        ("video", "fall.mp4", ("fall.mp4", "video/mp4")),
        ("voice", "", ("voice.ogg", "audio/ogg")),
        ("audio", "song.mp3", ("song.mp3", "audio/mpeg")),
        ("document", "receipt.pdf", ("receipt.pdf", "application/octet-stream")),
        ("sticker", "", ("sticker.webp", "application/octet-stream")),  # its bytes are no image here
        ("animation", "", ("animation.mp4", "video/mp4")),
        ("video_note", "", ("video_note.mp4", "video/mp4")),
    ],
)
def test_files_of_every_kind_are_fetched(connector, server, kind, name, expected):
    server.share(ANN, kind, JPEG if kind == "photo" else b"some bytes", name=name)
    hear(connector, server)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.kind) == ("whole", kind)
    assert (attachment.name, attachment.content_type) == expected
    with attachment.file.open("rb") as file:
        assert file.read() == (JPEG if kind == "photo" else b"some bytes")


def test_file_that_is_larger_than_a_bot_may_fetch_says_so(connector, server):
    server.share(ANN, "video", b"0" * 20_000_001)
    hear(connector, server)
    attachment = Attachment.objects.get()
    assert attachment.state == "refused"
    assert "20 MB" in attachment.why


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ({"location": {"latitude": 54.5, "longitude": -3.2}}, "Location: 54.5, -3.2"),
        (
            {"venue": {"title": "Old Mill", "address": "1 Beck Lane", "location": {"latitude": 1, "longitude": 2}}},
            "Old Mill\n1 Beck Lane",
        ),
        ({"contact": {"first_name": "Bo", "phone_number": "+441632960000"}}, "Bo\n+441632960000"),
        ({"poll": {"question": "Which?", "options": [{"text": "Red"}, {"text": "Blue"}]}}, "Which?\n- Red\n- Blue"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "🎲 4"),
        ({"story": {"id": 1}}, "They sent something that the desk cannot show (story): open Telegram to see it."),
    ],
    ids=["location", "venue", "contact", "poll", "dice", "story"],
)
def test_what_is_shared_is_said_in_words(connector, server, parts, text):
    server.write(ANN, **parts)
    hear(connector, server)
    assert Message.objects.get().text == text


def test_a_place_is_kept_as_a_place(connector, server):
    server.write(ANN, location={"latitude": 54.5, "longitude": -3.2})
    hear(connector, server)
    assert Message.objects.get().details["place"] == [54.5, -3.2]


def test_own_card_is_a_claim_and_somebody_elses_is_none(connector, server):
    server.write(ANN, contact={"first_name": "Ann", "phone_number": "441632960111", "user_id": ANN})
    server.write(ANN, contact={"first_name": "Bo", "phone_number": "441632960222", "user_id": 7})
    hear(connector, server)
    assert list(Claim.objects.values_list("value", flat=True)) == ["+441632960111"]


ALBUM = list(itertools.permutations(range(3)))


@pytest.mark.parametrize("order", ALBUM, ids=str)
def test_album_is_one_message_in_whatever_order_it_comes(connector, server, order):
    server.album(ANN, JPEG + b"1", JPEG + b"2", JPEG + b"3", caption="All three are torn")
    hear(connector, server, order=order, copies=2)
    message = Message.objects.get()
    assert message.text == "All three are torn"
    read = sorted(attachment.file.open("rb").read()[-1:] for attachment in message.attachments.all())
    assert read == [b"1", b"2", b"3"]
    assert set(states()) == {"done"}


def test_album_that_is_replayed_stays_as_it_is(connector, server):
    server.album(ANN, JPEG, JPEG)
    hear(connector, server)
    RawEvent.objects.update(state="kept")
    work_off()
    assert Attachment.objects.count() == 2


def test_groups_are_left_out_with_the_reason(connector, server):
    server.write(ANN, f"@{BOT['username']} hello", chat=GROUP)
    hear(connector, server)
    raw = RawEvent.objects.get()
    assert (raw.state, Message.objects.count()) == ("ignored", 0)
    assert "group" in raw.error


def test_what_names_the_bot_in_a_group_comes_in_where_the_admin_wants_it(connector, server):
    Connector.objects.update(settings={**connector.settings, "groups": "mentions"})
    text = f"🥾 @{BOT['username']} hello"
    mention = {"type": "mention", "offset": 3, "length": len(BOT["username"]) + 1}  # counted in UTF-16
    server.write(ANN, text, chat=GROUP, entities=[mention])
    server.write(ANN, "said among us", chat=GROUP)
    server.write(ANN, "an answer", chat=GROUP, reply_to_message={"message_id": 9, "from": BOT, "chat": GROUP})
    hear(connector, server)
    assert list(Message.objects.order_by("pk").values_list("text", "is_public")) == [(text, True), ("an answer", True)]


def test_edit_keeps_the_former_words(connector, server):
    message = server.write(ANN, "Size 8")
    server.edit(message, "Size 9")
    hear(connector, server)
    stored = Message.objects.get()
    assert (stored.text, [edit.text for edit in stored.edits.all()]) == ("Size 9", ["Size 8"])


def test_edit_that_comes_before_its_message_is_not_lost(connector, server):
    message = server.write(ANN, "Size 8")
    server.edit(message, "Size 9")
    hear(connector, server, order=[1, 0])
    assert Message.objects.get().text == "Size 9"


def test_pressed_button_says_its_words_and_is_answered(connector, server):
    button = {"text": "The blue one", "callback_data": "b"}
    asked = {"message_id": 77, "from": BOT, "chat": {"id": ANN, "type": "private"}, "date": 1}
    server.press(ANN, {**asked, "reply_markup": {"inline_keyboard": [[button]]}}, "The blue one")
    response = post(connector, server.owed[0])
    work_off()
    message = Message.objects.get()
    assert (message.text, message.details["button"]) == ("The blue one", "b")
    query = json.loads(server.owed[0].body)["callback_query"]["id"]
    assert response.json() == {"method": "answerCallbackQuery", "callback_query_id": query}


def test_reaction_comes_and_goes(connector, server):
    message = server.write(ANN, "Thank you")
    server.react(ANN, message, "👍")
    hear(connector, server)
    assert Reaction.objects.get(taken_off_at=None).emoji == "👍"
    server.react(ANN, message, "", before="👍")
    hear(connector, server)
    assert not Reaction.objects.filter(taken_off_at=None).exists()


def test_blocking_the_bot_is_an_opt_out_and_letting_it_in_ends_that(connector, server):
    server.write(ANN, "Hello")
    server.block(ANN)
    hear(connector, server)
    assert not Consent.objects.get().is_granted
    assert Consent.objects.get().identity == Identity.objects.get(kind="telegram")
    server.block(ANN, again=True)
    hear(connector, server)
    assert Consent.objects.order_by("said_at", "pk").last().is_granted


def test_answer_to_one_message_names_it(connector, server):
    first = server.write(ANN, "One")
    server.write(ANN, "Two", reply_to_message=first)
    hear(connector, server)
    one, two = Message.objects.order_by("pk")
    assert two.answers == one


def test_bots_channels_and_unknown_kinds_are_left_out(connector, server):
    server.person(99, "Other", "Bot", is_bot=True)
    server.write(99, "Buy")
    server.write(ANN, "posted", chat={"id": -5, "type": "channel"})
    server.write(ANN, new_chat_title="Walkers")
    server.webhook["allowed_updates"].append("poll")
    server._tell("poll", {"id": "1"})
    hear(connector, server)
    assert states() == ["ignored"] * 4


def test_polling_keeps_everything_once_and_moves_the_cursor_with_it(polled, server):
    for number in range(3):
        server.write(ANN, f"Message {number}")
    assert fetch(polled) == [3]
    assert [message.text for message in Message.objects.order_by("pk")] == ["Message 0", "Message 1", "Message 2"]
    offset = Connector.objects.get().cursor["offset"]
    server.write(ANN, "Another")
    assert fetch(polled) == [1]
    assert Connector.objects.get().cursor["offset"] == offset + 1
    assert len(server.updates) == 1  # forgotten only when the next is asked for


def test_updates_that_were_not_kept_come_again(polled, server, monkeypatch):
    server.write(ANN, "Hello")

    def fails(connector, arrival):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(listening, "keep", fails)
        with pytest.raises(RuntimeError):
            fetch(polled)
    assert Connector.objects.get().cursor == {}
    assert fetch(polled) == [1]


def test_watcher_whose_cursor_was_moved_by_another_keeps_nothing(polled, server):
    server.write(ANN, "Hello")
    watched = Connector.objects.get(pk=polled.pk)
    news = listening.News((), {"offset": 5})
    Connector.objects.filter(pk=polled.pk).update(cursor={"offset": 9})
    with pytest.raises(AdapterError, match="Another watcher"):
        listening.take(watched, news)


def test_button_is_answered_where_updates_are_asked_for(polled, server):
    asked = {"message_id": 77, "from": BOT, "chat": {"id": ANN, "type": "private"}, "date": 1}
    button = {"text": "Yes", "callback_data": "Yes"}
    server.press(ANN, {**asked, "reply_markup": {"inline_keyboard": [[button]]}}, "Yes")
    fetch(polled)
    heard = listening.listen(Connector.objects.get(pk=polled.pk), listening.Event())
    server.press(ANN, {**asked, "reply_markup": {"inline_keyboard": [[button]]}}, "Yes")
    next(heard)
    server.write(ANN, "and on")
    next(heard)
    heard.close()
    assert len(server.answered) == 1


def test_all_of_a_persons_messages_are_one_conversation(connector, server):
    server.write(ANN, "One")
    server.write(ANN, "Two")
    hear(connector, server)
    assert Conversation.objects.count() == 1
