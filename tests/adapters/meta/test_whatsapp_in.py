"""WhatsApp, in: every kind of message as what it is, in whatever form and order it comes."""

import json
import time

import pytest

from conversations.models import Delivery, Message
from customers.consent import holds
from customers.models import Customer, Identity
from integrations.models import RawEvent
from integrations.simulators.server import ProviderServer, Reply
from tests.adapters.meta.talking import ANN, OPUS, answer, aside, connected, hear, post, theirs, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

BSUID = "GB.13491208655302741918"
PLACE = {"latitude": 54.6013, "longitude": -3.1347, "name": "Keswick", "address": "1 Main Street"}
CARD = {
    "name": {"formatted_name": "Bo Lind", "first_name": "Bo"},
    "phones": [{"phone": "+47 912 34 567", "wa_id": "4791234567"}],
    "emails": [{"email": "bo@home.example"}],
}
FORM = {"name": "flow", "body": "Sent", "response_json": '{"flow_token": "t", "size": "M", "colours": ["red", "blue"]}'}
ORDER = {
    "catalog_id": "1",
    "text": "By Friday?",
    "product_items": [{"product_retailer_id": "HF-KTJ", "quantity": 2, "item_price": 168, "currency": "GBP"}],
}
UNSUPPORTED = {
    "code": 131051,
    "title": "Message type unknown",
    "error_data": {"details": "Message type is not supported."},
}
KINDS = [
    ({"type": "location", "location": PLACE}, "Keswick\n1 Main Street", {"place": [54.6013, -3.1347]}),
    ({"type": "location", "location": {"latitude": 1, "longitude": 2}}, "Shared a location.", {"place": [1.0, 2.0]}),
    ({"type": "contacts", "contacts": [CARD]}, "Bo Lind: +47 912 34 567, bo@home.example", {}),
    ({"type": "button", "button": {"text": "Yes", "payload": "yes-1"}}, "Yes", {"button": "yes-1"}),
    (
        {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "b1", "title": "Red"}}},
        "Red",
        {"button": "b1"},
    ),
    (
        {
            "type": "interactive",
            "interactive": {"type": "list_reply", "list_reply": {"id": "r1", "title": "Post", "description": "2 days"}},
        },
        "Post\n2 days",
        {"button": "r1"},
    ),
    (
        {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": FORM}},
        "size: M\ncolours: red, blue",
        {"button": "flow"},
    ),
    (
        {"type": "order", "order": ORDER},
        "Asks for these products of the catalogue:\n2 × HF-KTJ (168 GBP)\nBy Friday?",
        {},
    ),
    (
        {"type": "unsupported", "errors": [UNSUPPORTED]},
        "Sent something that WhatsApp does not hand on. Message type is not supported.",
        {},
    ),
    ({"type": "poll_creation", "poll": {}}, "Sent something that WhatsApp does not hand on (poll_creation).", {}),
    ({"type": "text", "text": {"body": "look"}, "context": {"forwarded": True}}, "look", {"forwarded": True}),
    (
        {
            "type": "text",
            "text": {"body": "This one?"},
            "referral": {"source_url": "https://fb.me/ad", "headline": "Autumn", "source_type": "ad"},
        },
        "This one?",
        {"started_with": "Autumn https://fb.me/ad"},
    ),
    (
        {
            "type": "text",
            "text": {"body": "In blue?"},
            "context": {"referred_product": {"catalog_id": "1", "product_retailer_id": "HF-KTJ"}},
        },
        "About the product HF-KTJ:\nIn blue?",
        {},
    ),
]


@pytest.mark.parametrize(("said", "text", "details"), KINDS, ids=[str(number) for number in range(len(KINDS))])
def test_every_kind_says_what_it_is(whatsapp, graph, said, text, details):
    graph.message(ANN, said)
    hear(whatsapp, graph)
    [message] = theirs()
    assert (message.text, message.details) == (text, details)
    assert message.identity.value == f"+{ANN}" and message.conversation.customer.name == "Ann Bell"


@pytest.mark.parametrize(
    ("kind", "content_type", "more", "shown"),
    [
        ("image", "image/jpeg", {"caption": "It is torn"}, ("It is torn", "image", "image/jpeg")),
        ("audio", "audio/ogg; codecs=opus", {"voice": True}, ("", "voice", "audio/ogg")),
        ("audio", "audio/mpeg", {}, ("", "audio", "audio/mpeg")),
        ("sticker", "image/webp", {"animated": False}, ("", "sticker", "image/webp")),
        ("video", "video/mp4", {}, ("", "video", "video/mp4")),
        ("document", "application/pdf", {"filename": "Bill.pdf"}, ("", "document", "application/pdf")),
    ],
    ids=["image", "voice", "audio", "sticker", "video", "document"],
)
def test_a_file_is_shown_at_once_and_fetched_in_two_steps_with_the_token(
    whatsapp, graph, kind, content_type, more, shown
):
    graph.share(ANN, kind, content_type, OPUS, **more)
    hear(whatsapp, graph)
    [message] = theirs()
    attachment = message.attachments.get()
    assert (message.text, attachment.kind) == shown[:2]
    assert attachment.state == "whole" and attachment.file.read() == OPUS
    assert attachment.name.startswith("Bill.pdf") if kind == "document" else attachment.name
    fetches = [call.path for call in graph.calls]
    assert len(fetches) == 2 and fetches[1].startswith("/files/")


def test_a_file_that_is_too_large_says_so_and_is_not_taken(whatsapp, graph, settings):
    settings.LARGEST_FILE = 20
    graph.share(ANN, "image", "image/jpeg", OPUS)
    hear(whatsapp, graph)
    attachment = theirs()[0].attachments.get()
    assert attachment.state == "refused" and "larger" in attachment.why
    assert not [call for call in graph.calls if call.path.startswith("/files/")]


def test_our_token_goes_to_metas_own_hosts_alone(whatsapp, graph):
    with ProviderServer() as elsewhere:
        elsewhere.answer = lambda call: Reply(OPUS, headers={"Content-Type": "image/jpeg"})
        address = elsewhere.url.replace("127.0.0.1", "localhost") + "/file"
        graph.message(ANN, {"type": "image", "image": {"url": address, "mime_type": "image/jpeg"}})
        hear(whatsapp, graph)
        assert [call.headers.get("authorization") for call in elsewhere.calls] == [None]
    assert theirs()[0].attachments.get().state == "whole"


def test_emoji_edits_and_what_is_taken_back(whatsapp, graph):
    first = graph.write(ANN, "Where is it?")
    graph.react(ANN, first["id"], "👍", at=time.time() - 2)  # it tells seconds
    graph.react(ANN, first["id"], "")
    graph.edit(ANN, first["id"], "Where is my order?")
    second = graph.write(ANN, "Never mind")
    graph.revoke(ANN, second["id"])
    hear(whatsapp, graph, order=[5, 4, 3, 2, 1, 0])
    kept = {message.external_id: message for message in theirs()}
    assert kept[first["id"]].text == "Where is my order?"
    assert not kept[first["id"]].reactions.filter(taken_off_at=None).exclude(emoji="").exists()
    assert kept[second["id"]].taken_back_at and not kept[first["id"]].taken_back_at


def test_who_hides_their_number_stays_who_they_are(whatsapp, graph, ada):
    graph.write(ANN, "With a number", user_id=BSUID)
    hear(whatsapp, graph)
    graph.write("", "And without", name="@ann", user_id=BSUID)
    hear(whatsapp, graph)
    first, second = theirs()
    assert Customer.objects.count() == 1 and first.conversation == second.conversation
    assert second.identity.value == BSUID
    delivery = answer(second, ada)
    assert delivery.status == "sent"
    assert graph.said[-1]["body"]["recipient"] == BSUID and "to" not in graph.said[-1]["body"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("5551991234567", "555191234567"), ("5491123456789", "541123456789"), ("5215512345678", "525512345678")],
    ids=["Brazil", "Argentina", "Mexico"],
)
def test_a_number_with_and_without_the_extra_digit_is_one_person(whatsapp, graph, one, other):
    graph.write(one, "One")
    graph.write(other, "Other")
    hear(whatsapp, graph)
    assert Customer.objects.count() == 1
    assert len({message.conversation_id for message in theirs()}) == 1


def test_a_new_number_is_the_same_customers_and_asks_for_nobody(whatsapp, graph):
    graph.write(ANN, "Hello")
    graph.change_number(ANN, "447700900999")
    hear(whatsapp, graph)
    note = theirs()[-1]
    assert note.text == "Has a new number on WhatsApp: +447700900999" and note.is_automatic
    graph.write("447700900999", "It is me")
    hear(whatsapp, graph)
    assert Customer.objects.count() == 1
    assert set(Identity.objects.values_list("value", flat=True)) == {f"+{ANN}", "+447700900999"}


def test_a_new_number_that_is_somebody_elses_stays_theirs(whatsapp, graph):
    graph.write("447700900999", "I am Bo", name="Bo Lind")
    graph.write(ANN, "I am Ann")
    graph.change_number(ANN, "447700900999")
    hear(whatsapp, graph)
    assert Customer.objects.count() == 2
    assert Identity.objects.get(value="+447700900999").customer.name == "Bo Lind"


def test_what_the_shop_writes_on_its_phone_is_its_answer(whatsapp, graph):
    graph.write(ANN, "Are you open?")
    hear(whatsapp, graph)
    echo = graph.write_on_the_phone(ANN, "Until six.")
    hear(whatsapp, graph, copies=2)
    ours = Message.objects.get(kind="outbound")
    assert (ours.text, ours.author, ours.external_id) == ("Until six.", None, echo["id"])
    assert ours.details["elsewhere"] and ours.conversation.waiting_since is None
    assert ours.conversation == theirs()[0].conversation and ours.delivery.status == "sent"
    graph.report({"id": echo["id"], "to": ANN, "body": {}}, "read")
    hear(whatsapp, graph)
    ours.delivery.refresh_from_db()
    assert ours.delivery.status == "read"


def test_who_wants_no_marketing_is_heard(whatsapp, graph):
    graph.write(ANN, "Hello")
    for at, value in ((1_760_000_000, "stop"), (1_760_000_100, "resume"), (1_760_000_200, "stop")):
        told = {"wa_id": ANN, "category": "marketing_messages", "value": value, "timestamp": at, "detail": "…"}
        graph.owe(graph.change({"user_preferences": [told]}, field="user_preferences"))
    hear(whatsapp, graph, order=[3, 0, 2, 1])
    assert Customer.objects.count() == 1
    assert holds(Identity.objects.values_list("pk", flat=True)) == {(Identity.objects.get().pk, "messaging"): False}


def test_stop_is_heard_and_stays_a_message(whatsapp, graph):
    graph.write(ANN, "Stop")
    hear(whatsapp, graph)
    assert [message.text for message in theirs()] == ["Stop"]
    assert holds([theirs()[0].identity_id]) == {
        (theirs()[0].identity_id, "messaging"): False,
        (theirs()[0].identity_id, "any_message"): False,
    }


def test_of_a_batch_one_poison_thing_is_set_aside_alone(whatsapp, graph):
    messages = [graph.message(ANN, {"type": "text", "text": {"body": word}}, owe=False) for word in ("one", "two")]
    poison = {"id": "wamid.poison", "from": ANN, "type": "location", "location": {"latitude": "north"}}
    whole = graph.change({"messages": [messages[0], poison, messages[1]], "statuses": [{"id": "x"}]})
    whole["entry"].append(graph.change({"messages": [graph.message(ANN, KINDS[0][0], owe=False)]})["entry"][0])
    graph.owe(whole)
    hear(whatsapp, graph)
    assert [message.text for message in theirs()] == ["one", "two", "Keswick\n1 Main Street"]
    assert len(aside()) == 2 and "nowhere" in aside()[0] + aside()[1] or "north" in "".join(aside())
    alone = json.loads(bytes(RawEvent.objects.filter(state="aside").order_by("pk").first().body))
    [change] = alone["entry"][0]["changes"]
    assert [each["id"] for each in change["value"]["messages"]] == ["wamid.poison"]


def test_two_numbers_of_one_app_are_two_channels(whatsapp, graph):
    other = connected("whatsapp", graph, address="other", phone_number_id="222222222222")
    body = graph.change(
        {"messages": [graph.message(ANN, {"type": "text", "text": {"body": "To the other"}}, owe=False)]}
    )
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "222222222222"
    graph.owe(body)
    graph.write(ANN, "To this one")
    hear(whatsapp, graph)
    assert {message.text: message.channel_id for message in theirs()} == {
        "To the other": other.channel_id,
        "To this one": whatsapp.channel_id,
    }


def test_a_number_of_another_app_gets_nothing_from_this_one(whatsapp, graph):
    other = connected("whatsapp", graph, address="other", phone_number_id="222222222222")
    other.secrets = {**other.secrets, "app_secret": "of another app"}
    other.save()
    body = graph.change({"messages": [graph.message(ANN, {"type": "text", "text": {"body": "Forged"}}, owe=False)]})
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "222222222222"
    graph.owe(body)
    hear(whatsapp, graph)
    assert not theirs() and RawEvent.objects.get().state == "ignored"


def test_the_former_secret_is_believed_while_it_is_changed(whatsapp, graph):
    graph.owe(graph.change({"statuses": []}), secret="the old one")
    [webhook] = graph.owed
    assert post(whatsapp, webhook) == 400
    whatsapp.secrets = {**whatsapp.secrets, "former_secret": "the old one"}
    whatsapp.save()
    assert post(whatsapp, webhook) == 200


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        (
            {"hub.mode": "subscribe", "hub.verify_token": "the token that Meta gives back", "hub.challenge": "115"},
            200,
            b"115",
        ),
        ({"hub.mode": "subscribe", "hub.verify_token": "guessed", "hub.challenge": "115"}, 403, b""),
        ({"hub.mode": "subscribe", "hub.challenge": "115"}, 403, b""),
        ({}, 400, b""),
    ],
    ids=["right", "guessed", "without", "nothing"],
)
def test_meta_hears_its_challenge_back_by_the_right_token_alone(whatsapp, client, asked, status, said):
    found = client.get(f"/hooks/{whatsapp.pk}/the-last-word/", asked)
    assert (found.status_code, found.content) == (status, said)
    assert client.get(f"/hooks/{whatsapp.pk}/guessed/", asked).status_code == 400


def test_what_is_said_of_a_message_before_its_answer_came_is_not_lost(whatsapp, graph, ada):
    """The webhook may be faster than the answer to the call that sent it."""
    graph.write(ANN, "Hello?")
    hear(whatsapp, graph)
    delivery = answer(theirs()[0], ada)
    sent = graph.said[0]
    Delivery.objects.filter(pk=delivery.pk).update(status="sending", external_id="")
    graph.owed.clear()
    graph.report(sent, "delivered")
    hear(whatsapp, graph)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.external_id) == ("delivered", sent["id"])


def test_when_it_was_said_is_when_the_customer_said_it(whatsapp, graph):
    at = int(time.time()) - 7200
    graph.write(ANN, "Earlier", at=at)
    hear(whatsapp, graph)
    work_off()
    assert int(theirs()[0].created_at.timestamp()) == at
