"""A LINE Official Account: several events in a webhook, content, buttons, quota, and what is unsent."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from conversations.models import Attachment, Medium, Message
from customers.models import Consent
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, UncertainError
from integrations.models import RawEvent
from integrations.simulators.line import SECRET, TOKEN, LineServer, sign
from integrations.simulators.server import Webhook
from tests.adapters.social.messengers import ADDRESS, JPEG, a_file, connect, hear, post, send, states, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

ANN = "U4af4980629"


@pytest.fixture
def server():
    with LineServer() as running:
        yield running


@pytest.fixture
def connector(db, server):
    return connect("line", Medium.LINE, server, {"channel_secret": SECRET, "access_token": TOKEN})


def test_several_events_of_one_webhook_and_a_poison_one_among_them(connector, server):
    first = server.event("message", ANN, message={"id": "1", "type": "text", "text": "One"})
    poison = server.event("message", ANN, message={"type": "text", "text": "without a number"})
    last = server.event("message", ANN, message={"id": "2", "type": "text", "text": "Two"})
    server.owe(first, poison, last)
    hear(connector, server)
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["One", "Two"]
    assert sorted(states()) == ["aside", "done"]
    alone = json.loads(bytes(RawEvent.objects.get(state="aside").body))
    assert alone["events"] == [poison]


def test_webhook_that_is_sent_again_is_one(connector, server):
    server.write(ANN, "Hello")
    body = json.loads(server.owed[0].body)
    body["events"][0]["deliveryContext"] = {"isRedelivery": True}
    again = json.dumps(body).encode()
    server.owed.append(Webhook("webhook", {"X-Line-Signature": sign(SECRET, again)}, again))
    hear(connector, server)
    assert (Message.objects.count(), RawEvent.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_what_is_sent_is_fetched(connector, server, kind):
    named = {"fileName": "bill.pdf", "fileSize": 6} if kind == "file" else {}
    content_type = "image/jpeg" if kind == "image" else "application/octet-stream"
    server.share(ANN, kind, JPEG if kind == "image" else b"000000", content_type, **named)
    hear(connector, server)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.kind) == ("whole", kind)


def test_film_that_line_still_works_on_is_waited_for(connector, server):
    message = server.share(ANN, "video", b"")
    hear(connector, server)
    assert Attachment.objects.get().state == "waiting"
    server.files[message["id"]] = (b"0000", "video/mp4")
    Attachment.objects.update(due_at=timezone.now())
    work_off()
    assert Attachment.objects.get().state == "whole"


def test_stickers_and_places_are_said_in_words(connector, server):
    server.send_in(ANN, {"type": "sticker", "packageId": "1", "stickerId": "2", "keywords": ["happy", "yes"]})
    server.send_in(ANN, {"type": "location", "title": "Mill", "address": "Beck", "latitude": 54.5, "longitude": -3.2})
    hear(connector, server)
    sticker, place = Message.objects.order_by("pk")
    assert (sticker.text, place.text) == ("(Sticker: happy, yes)", "Mill\nBeck")
    assert place.details["place"] == [54.5, -3.2]


def test_what_is_unsent_is_gone_from_the_desk(connector, server):
    message = server.write(ANN, "my password")
    server.owe(server.event("unsend", ANN, unsend={"messageId": message["id"]}))
    hear(connector, server)
    stored = Message.objects.get()
    assert stored.taken_back_at and stored.text == ""
    assert not any(b"my password" in bytes(raw.body) for raw in RawEvent.objects.all())


def test_following_and_blocking_are_consent_and_opt_out(connector, server):
    server.owe(server.event("follow", ANN))
    hear(connector, server)
    assert Consent.objects.get().is_granted
    server.owe(server.event("unfollow", ANN))
    hear(connector, server)
    assert not Consent.objects.order_by("said_at", "pk").last().is_granted


def test_pressed_button_says_its_words(connector, server):
    server.owe(server.event("postback", ANN, replyToken="r", postback={"data": "The blue one"}))
    hear(connector, server)
    message = Message.objects.get()
    assert (message.text, message.details["button"]) == ("The blue one", "The blue one")


def test_forged_webhook_is_refused(connector, server):
    server.write(ANN, "Hello")
    assert post(connector, server.owed[0], X_Line_Signature="AAAA").status_code == 401
    assert not RawEvent.objects.exists()


def test_buttons_and_long_texts(connector, server):
    server.friends.add(ANN)
    report = send(connector, ANN, "word " * 1500, buttons=("Yes", "A label that is far too long for LINE"))
    (said,) = server.said
    assert report.external_id == said["sentMessages"][0]["id"]
    assert [("quickReply" in bubble) for bubble in said["messages"]] == [False, True]
    labels = [item["action"]["label"] for item in said["messages"][1]["quickReply"]["items"]]
    assert labels[0] == "Yes" and len(labels[1]) == 20


def test_quota_that_is_used_up_waits(connector, server):
    server.friends.add(ANN)
    server.quota = 1
    send(connector, ANN, "One")
    with pytest.raises(AwayError, match="used up for this month") as caught:
        send(connector, ANN, "Two")
    assert caught.value.wait == 3600.0


def test_old_message_after_silence_is_for_a_person_to_judge(connector, server):
    server.friends.add(ANN)
    server.breaks = 1
    with pytest.raises(UncertainError):
        send(connector, ANN, "Old", created_at=timezone.now() - timedelta(hours=21))


def test_who_is_no_friend_is_not_reached(connector, server):
    with pytest.raises(AdapterError, match="no friend") as caught:
        send(connector, ANN, "Hello")
    assert caught.value.permanent


def checked(connector):
    return list(adapter_named("line").check(connector))


def test_check_sets_the_webhook_and_has_line_try_it(connector, server):
    assert all(step.is_well for step in checked(connector))
    assert server.endpoint.endswith(f"/hooks/{connector.pk}/{ADDRESS}/")


def test_check_says_what_line_found(connector, server):
    server.reaches_desk = False
    assert "TLS handshake failure" in str(checked(connector)[-1].text)
    server.reaches_desk, server.is_active = True, False
    assert "Use webhook" in str(checked(connector)[-1].fix)
    work_off()


def mvhd(version, scale, length):
    wide = 8 if version else 4
    times = bytes(2 * wide)
    return b"....mvhd" + bytes([version, 0, 0, 0]) + times + scale.to_bytes(4) + length.to_bytes(wide) + bytes(80)


M4A = b"\0\0\0\x20ftypM4A " + bytes(70_000) + mvhd(0, 1000, 4200)


@pytest.mark.parametrize(
    ("name", "kind", "body", "shown"),
    [
        ("boot.jpg", "image/jpeg", JPEG, "image"),
        ("large.png", "image/png", bytes(1024 * 1024 + 1), "image"),
        ("walk.mp4", "video/mp4", b"film", "video"),
        ("voice.m4a", "audio/mp4", M4A, "audio"),
        ("voice.m4a", "audio/mp4", b"....mvhd" + mvhd(1, 44100, 44100)[8:], "audio"),
    ],
    ids=["picture", "large picture", "film", "sound", "sound of version 1"],
)
def test_files_are_fetched_by_line_from_a_signed_address(connector, server, client, name, kind, body, shown):
    server.friends.add(ANN)
    file = a_file(name, kind, body)
    assert send(connector, ANN, "Look", attachment_ids=(file.pk,)).status == "sent"
    (picture, text) = server.said[0]["messages"]
    assert picture["type"] == shown and text == {"type": "text", "text": "Look"}
    answer = client.get(urlsplit(picture["originalContentUrl"]).path)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == body
    if shown == "audio":
        assert picture["duration"] in (4200, 1000)
    else:
        is_itself = picture["previewImageUrl"] == picture["originalContentUrl"]
        assert is_itself is (name == "boot.jpg")


def test_what_line_shows_no_other_way_goes_as_a_link(connector, server, client):
    server.friends.add(ANN)
    label = a_file("label.pdf", "application/pdf", b"%PDF-1.4")
    silent = a_file("noise.m4a", "audio/mp4", b"no header")
    send(connector, ANN, "Your label", attachment_ids=(label.pk, silent.pk))
    (said,) = server.said[0]["messages"]
    first, second, third = said["text"].splitlines()
    assert (first, second.split(": ")[0], third.split(": ")[0]) == ("Your label", "label.pdf", "noise.m4a")
    answer = client.get(urlsplit(second.split(": ")[1]).path)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4"


def test_five_go_at_once_and_by_https_alone(connector, server, settings):
    server.friends.add(ANN)
    files = tuple(a_file().pk for _each in range(5))
    with pytest.raises(AdapterError, match="five at once"):
        send(connector, ANN, "Look", attachment_ids=files)
    assert send(connector, ANN, "", attachment_ids=files).status == "sent"
    settings.LOCAL, settings.SITE_URL = False, "http://desk.example"
    with pytest.raises(AdapterError, match="https://"):
        send(connector, ANN, "", attachment_ids=files[:1])
