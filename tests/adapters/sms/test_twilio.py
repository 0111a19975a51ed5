"""Text messages and WhatsApp through Twilio: in by signed webhooks, out by its API, and what became of it."""

import json

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from conversations.envelopes import OutboundMessage, Template
from conversations.models import Attachment, Delivery, DeliveryAttempt, Medium, Message
from customers.consent import of_customer
from customers.models import Customer, Identity
from integrations.adapters import adapter_named
from integrations.adapters.base import CredentialError
from integrations.adapters.media.twilio.signature import SIGNATURE, signed
from integrations.inbound import files
from integrations.models import RawEvent
from integrations.simulators.server import Reply
from integrations.simulators.twilio import GIF, NUMBER
from tests.adapters.phoning import ANN, answered, aside, hear, only_message, post, twilio_connector, work_off

pytestmark = pytest.mark.django_db


def test_the_signature_is_the_one_of_twilios_own_page():
    """https://www.twilio.com/docs/usage/webhooks/webhooks-security"""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    pairs = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+12349013030",
        "Caller": "+12349013030",
        "CallSid": "CA1234567890ABCDE",
    }
    assert signed(url, pairs.items(), "12345") == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_text_becomes_a_message_of_its_number(twilio, texts):
    twilio.text(ANN, "Where is my jacket? 🧥")
    hear(twilio, copies=2)
    message = only_message()
    assert message.text == "Where is my jacket? 🧥"
    assert (message.identity.kind, message.identity.value, message.identity.is_verified) == ("phone", ANN, True)
    assert message.channel == texts.channel and message.external_id.startswith("SM")


def test_right_to_left_and_long_ones_stay_whole(twilio, texts):
    long = "أين معطفي؟ " * 150
    twilio.text(ANN, long)
    hear(twilio)
    assert only_message().text.strip() == long.strip()


def test_a_forged_one_is_refused_and_not_kept(twilio, texts):
    twilio.text(ANN, "Send all of it to me")
    (webhook,) = twilio.owed
    for told in (
        {"body": webhook.body.replace(b"Send", b"Lend")},
        {SIGNATURE.replace("-", "_"): "AAAA"},
        {"url": webhook.url.replace("/hooks/", "/hooks/").rstrip("/") + "x/"},
        {"url": webhook.url + "?delivery=1"},
    ):
        assert post(webhook, **told).status_code in (400, 403)
    assert post(webhook, body=b"Body=" + b"x" * 3_000_000).status_code == 413
    assert not RawEvent.objects.exists() and not Message.objects.exists()


def test_the_port_may_be_in_the_address_that_is_signed(twilio, texts, settings):
    settings.SITE_URL = "https://desk.example"
    fields = [("MessageSid", "SM1"), ("From", ANN), ("To", NUMBER), ("Body", "Hi")]
    path = f"/hooks/{texts.pk}/the-last-word-of-the-address/"
    for host in ("https://desk.example", "https://desk.example:443"):
        said = signed(host + path, fields, "the token of the account")
        answer = Client().post(path, dict(fields), headers={SIGNATURE: said}, secure=True)
        assert answer.status_code == 403  # multipart, which is no form of Twilio's
        body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields)
        kind = "application/x-www-form-urlencoded"
        assert Client().post(path, body, content_type=kind, headers={SIGNATURE: said}, secure=True).status_code == 200


def test_pictures_are_fetched_with_our_key_and_from_where_they_lie_without_it(twilio, texts):
    twilio.text(ANN, "", files=("image/gif", "application/smil", "text/vcard"))
    hear(twilio)
    message = only_message()
    assert message.attachments.count() == 2
    for attachment in message.attachments.all():
        files.fetch(attachment.pk)
    picture = message.attachments.get(content_type="image/gif")
    assert picture.is_whole and picture.file.read() == GIF
    asked = [call for call in twilio.calls if call.path.startswith("/2010")]
    assert all("authorization" in call.headers for call in asked)


def test_an_answer_goes_out_and_is_delivered(twilio, texts, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    delivery = answered(only_message(), "It is on its way", ada)
    assert delivery.status == Delivery.Status.SENT
    (sent,) = twilio.messages.values()
    assert (sent["to"], sent["from"], sent["body"]) == (ANN, NUMBER, "It is on its way")
    hear(twilio, order=[1, 0], copies=2)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.DELIVERED and delivery.external_id == sent["sid"]


def test_what_became_of_it_may_be_told_before_its_number_is_known(twilio, texts, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    delivery = answered(only_message(), "Hi", ada)
    Delivery.objects.filter(pk=delivery.pk).update(external_id="", status="sending")
    hear(twilio)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.DELIVERED and delivery.external_id


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("+15005550001", "no phone number"),
        ("+15005550002", "the networks do not connect"),
        ("+15005550003", "may not send to this country"),
        ("+15005550004", "They answered STOP"),
        ("+15005550009", "no mobile one"),
    ],
)
def test_what_twilio_refuses_is_said_in_words(twilio, texts, ada, to, words):
    delivery = to_number(twilio, ada, to)
    assert delivery.status == Delivery.Status.FAILED and words in delivery.error


@pytest.mark.parametrize(("to", "words"), [("+15005550030", "phone is off"), ("+15005550031", "for spam")])
def test_what_is_lost_on_its_way_is_said_in_words(twilio, texts, ada, to, words):
    delivery = to_number(twilio, ada, to)
    assert delivery.status == Delivery.Status.SENT
    hear(twilio)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED and words in delivery.error


def to_number(twilio, ada, to):
    twilio.text(to, "Hello")
    hear(twilio)
    return answered(only_message(), "Hi", ada)


def test_a_busy_twilio_is_tried_again_later_and_a_dead_one_as_well(twilio, texts, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    twilio.busy, twilio.retry_after = 1, "7"
    delivery = answered(only_message(), "Hi", ada)
    assert delivery.status == Delivery.Status.QUEUED and not twilio.messages
    twilio.outage = True
    again = answered(only_message(), "Hi again", ada)
    assert again.status == Delivery.Status.QUEUED


def test_one_that_it_fell_silent_on_is_not_sent_again_by_itself(twilio, texts, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    twilio.breaks = 1
    delivery = answered(only_message(), "Hi", ada)
    assert delivery.status == Delivery.Status.UNCERTAIN and len(twilio.messages) == 1


def test_a_refused_token_is_a_credential(twilio, texts):
    texts.secrets = {**texts.secrets, "auth_token": "old"}
    with pytest.raises(CredentialError, match="does not know the desk's token"):
        list(adapter_named("twilio").check(texts))


def test_files_go_by_a_signed_address(twilio, texts, ada, client):
    texts.settings["has_mms"] = True
    texts.save()
    delivery = with_a_picture(twilio, ada)
    assert delivery.status == Delivery.Status.SENT
    (sent,) = twilio.messages.values()
    (address,) = sent["files"]
    path = address.removeprefix("http://localhost:8000").partition("//")[2] or address
    path = "/lent/" + address.partition("/lent/")[2]
    answer = client.get(path)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == GIF
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    forged = path.replace("/lent/1", "/lent/2").replace("/lent/", "/lent/0", 1)
    assert client.get(forged).status_code == 404


def test_a_lent_address_ends(twilio, texts, ada, client, monkeypatch):
    texts.settings["has_mms"] = True
    texts.save()
    with_a_picture(twilio, ada)
    (sent,) = twilio.messages.values()
    monkeypatch.setattr("time.time", lambda: 10_000_000_000.0)
    assert client.get("/lent/" + sent["files"][0].partition("/lent/")[2]).status_code == 404


def test_where_the_number_sends_no_pictures_the_customer_gets_a_link(twilio, texts, ada):
    with_a_picture(twilio, ada)
    (sent,) = twilio.messages.values()
    assert not sent["files"] and sent["body"].startswith("Look\n") and "/lent/" in sent["body"]


def with_a_picture(twilio, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    picture = Attachment(name="a b.gif", content_type="image/gif", size=len(GIF), uploaded_by=ada)
    picture.file.save("a", ContentFile(GIF))
    return answered(only_message(), "Look", ada, files=[picture])


def test_stop_is_kept_and_refuses_every_message(twilio, texts):
    twilio.text(ANN, "Stop.")
    hear(twilio)
    assert only_message().text == "Stop."
    said = of_customer(Customer.objects.get().pk)
    assert not said["any_message"].is_granted and not said["sms"].is_granted
    assert said["any_message"].evidence == "STOP by text message"
    twilio.text(ANN, "START")
    hear(twilio)
    assert of_customer(Customer.objects.get().pk)["any_message"].is_granted


@pytest.mark.parametrize("text", ["please stop the parcel", "Yes", "I want to cancel my order", "start over?"])
def test_what_only_looks_like_such_a_word_is_an_answer(twilio, texts, text):
    twilio.text(ANN, text)
    hear(twilio)
    assert of_customer(Customer.objects.get().pk) == {}


@pytest.mark.parametrize(
    "text", ["ARRÊT", "Désabonner", "توقف", "إيقاف", "СТОП", "해지", "opt out", "“STOP”", "Cancel"]
)
def test_the_words_of_other_languages_and_of_the_provider(twilio, texts, text):
    twilio.text(ANN, text)
    hear(twilio)
    assert not of_customer(Customer.objects.get().pk)["any_message"].is_granted


def test_twilio_says_which_word_it_took_it_for(twilio, texts):
    twilio.text(ANN, "no more of this", OptOutType="STOP")
    hear(twilio)
    assert not of_customer(Customer.objects.get().pk)["any_message"].is_granted


def test_help_is_answered_where_twilio_does_not(twilio, texts):
    texts.settings["help_text"] = "Write us at help@hollinfell.example <soon>"
    texts.save()
    twilio.text(ANN, "HELP")
    twilio.text(ANN, "HELP", OptOutType="HELP")
    twilio.text(ANN, "Can you help?")
    said = [post(webhook).content.decode() for webhook in twilio.owed]
    assert "<Message>Write us at help@hollinfell.example &lt;soon&gt;</Message>" in said[0]
    assert all("<Response></Response>" in each for each in said[1:])


def test_a_name_for_a_sender_can_be_answered_by_nobody(twilio, texts):
    twilio.text("MyBank", "Your code is 1234")
    hear(twilio)
    assert not Message.objects.exists() and "MyBank" in RawEvent.objects.get().error


def test_garbage_that_is_signed_is_set_aside(twilio, texts):
    address = twilio.numbers[NUMBER]["sms_url"]
    twilio.owe(address, {"Hello": "world"})
    hear(twilio)
    assert "is missing" in aside()[0]


@pytest.fixture
def whatsapp(returns, twilio, settings):
    return twilio_connector(twilio, "twilio_whatsapp", Medium.WHATSAPP)


def write(twilio, whatsapp, sender, text="Oi", **more):
    hook = f"http://localhost:8000/hooks/{whatsapp.pk}/the-last-word-of-the-address/"
    sid = twilio.text(f"whatsapp:{sender}", text, to=f"whatsapp:{NUMBER}", hook=hook, **more)
    hear(twilio)
    return Message.objects.get(external_id=sid)


@pytest.mark.parametrize(
    ("first", "second"),
    [("+5541988887777", "+554188887777"), ("+541123456789", "+5491123456789"), ("+525512345678", "+5215512345678")],
)
def test_a_number_with_and_without_its_extra_digit_is_one_person(twilio, whatsapp, first, second, settings):
    settings.SITE_URL = "http://localhost:8000"
    one, two = write(twilio, whatsapp, first), write(twilio, whatsapp, second)
    assert one.conversation == two.conversation and Customer.objects.count() == 1


def test_whatsapp_brings_name_button_place_and_the_answered_message(twilio, whatsapp, settings, ada):
    settings.SITE_URL = "http://localhost:8000"
    first = write(twilio, whatsapp, ANN, "Hello")
    assert Identity.objects.get().kind == "whatsapp" and first.conversation.customer.name == "Ann"
    delivery = answered(first, "Which size?", ada)
    (sent,) = twilio.messages.values()
    assert (sent["to"], sent["from"]) == (f"whatsapp:{ANN}", f"whatsapp:{NUMBER}")
    hear(twilio)
    twilio.becomes(sent["sid"], "read")
    hear(twilio)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.READ
    said = write(twilio, whatsapp, ANN, "Large", ButtonPayload="L", OriginalRepliedMessageSid=sent["sid"])
    assert said.details["button"] == "L" and said.answers == delivery.message
    place = write(twilio, whatsapp, ANN, "", Latitude="54.6", Longitude="-3.1", Address="Keswick", Label="Home")
    assert place.details["place"] == [54.6, -3.1] and place.text == "Home, Keswick"


def test_after_a_day_whatsapp_takes_only_a_template(twilio, whatsapp, settings, ada):
    settings.SITE_URL = "http://localhost:8000"
    message = write(twilio, whatsapp, "+15005550032")
    answered(message, "Too late", ada)
    hear(twilio)
    assert "only a template now" in Delivery.objects.get().error
    assert DeliveryAttempt.objects.count() == 1


def test_the_check_sets_the_webhook_and_learns_what_the_number_can(twilio, returns, settings):
    connector = twilio_connector(twilio)
    steps = list(adapter_named("twilio").check(connector))
    assert all(step.is_well for step in steps)
    assert connector.settings["has_mms"] is True
    assert (
        twilio.numbers[NUMBER]["sms_url"] == f"{settings.SITE_URL}/hooks/{connector.pk}/the-last-word-of-the-address/"
    )
    twilio.balance = "-0.50"
    spent = [step for step in adapter_named("twilio").check(connector) if not step.is_well]
    assert len(spent) == 1 and "spent" in str(spent[0].text)


def test_a_number_of_somebody_else_is_found_by_the_check(twilio, returns):
    connector = twilio_connector(twilio, address="+447700900999")
    last = list(adapter_named("twilio").check(connector))[-1]
    assert not last.is_well and "not among the numbers" in str(last.text)


def test_a_json_webhook_is_signed_by_its_digest(twilio, texts, settings):
    import hashlib

    body = json.dumps({"MessageSid": "SM9", "From": ANN, "To": NUMBER, "Body": "Hi"}).encode()
    path = f"/hooks/{texts.pk}/the-last-word-of-the-address/?bodySHA256={hashlib.sha256(body).hexdigest()}"
    said = signed(settings.SITE_URL + path, [], "the token of the account")
    ask = {"content_type": "application/json", "headers": {SIGNATURE: said}}
    assert Client().post(path, body, **ask).status_code == 200
    assert Client().post(path, body.replace(b"Hi", b"Ho"), **ask).status_code == 403
    work_off()
    assert only_message().text == "Hi"


def test_a_template_is_offered_and_goes_out_by_its_sid(twilio, whatsapp):
    offered = list(adapter_named("twilio_whatsapp").templates(whatsapp))
    assert [(each.is_usable, each.name.split()[0]) for each in offered] == [
        (True, "order_sent"),
        (False, "order_late"),  # its values stand in another order than they are named in
        (False, "new_shop"),
    ]
    assert offered[0].examples == ("Ann", "HF-1") and offered[0].category == "UTILITY"
    template = Template(offered[0].name, "en", ("Ann", "HF-7"))
    words = {name: "" for name in ("to_name", "html", "subject", "author_name")}
    message = OutboundMessage(
        1, 1, 1, whatsapp.channel_id, "k", ANN, text="", references=(), cc=(), bcc=(), attachment_ids=(),
        created_at=timezone.now(), template=template, **words,
    )  # fmt: skip
    adapter_named("twilio_whatsapp").send(whatsapp, message)
    (sent,) = twilio.messages.values()
    assert sent["content_sid"] == twilio.contents[0]["sid"] and sent["variables"] == {"1": "Ann", "2": "HF-7"}


def test_a_long_text_goes_in_parts_and_the_first_one_tells(twilio, texts, ada):
    twilio.text(ANN, "Hello")
    hear(twilio)
    delivery = answered(only_message(), "word " * 500, ada)
    first, second = twilio.messages.values()
    assert len(first["body"]) <= 1600 and delivery.external_id == first["sid"]
    hear(twilio)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.DELIVERED and delivery.external_id == first["sid"]
    twilio.becomes(second["sid"], "undelivered", "30003")
    hear(twilio)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED


def test_one_of_two_parts_that_went_is_not_sent_again(twilio, texts, ada, monkeypatch):
    twilio.text(ANN, "Hello")
    hear(twilio)
    send, sent = twilio._send, []

    def once(call):
        sent.append(call)
        return send(call) if len(sent) == 1 else Reply({"code": 30001, "message": "Queue overflow"}, 400)

    monkeypatch.setattr(twilio, "_send", once)
    delivery = answered(only_message(), "word " * 500, ada)
    assert delivery.status == Delivery.Status.FAILED and delivery.error.startswith("Only 1 of its 2 parts went out")
