"""Text messages through Bandwidth, and through any other service by our own webhook and a template of its API."""

import json
import uuid

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile

from conversations.models import Attachment, Delivery, Medium, Message
from customers.consent import of_customer
from customers.models import Customer
from integrations.adapters import adapter_named, signed
from integrations.adapters.base import CredentialError
from integrations.adapters.media.sms.bandwidth.faults import words_of
from integrations.adapters.media.sms.own import sending
from integrations.inbound import files
from integrations.models import RawEvent
from integrations.simulators import bandwidth as at
from integrations.simulators.server import ProviderServer, Reply, Webhook
from tests.adapters.phoning import ADDRESS, ANN, answered, aside, connected, hear, only_message, post, work_off

pytestmark = pytest.mark.django_db

THEIRS = "+14235550100"


@pytest.fixture
def server():
    with at.BandwidthServer() as found:
        yield found


@pytest.fixture
def texts(returns, server, settings):
    wired = {"account_id": at.ACCOUNT, "application_id": at.APPLICATION, "api_user": at.USER, "api_url": server.url}
    secrets = {"api_password": at.PASSWORD, "webhook_user": at.HOOK_USER, "webhook_password": at.HOOK_PASSWORD}
    connector = connected("bandwidth", Medium.SMS, at.OURS, secrets=secrets, region="US", **wired)
    server.hook = f"{settings.SITE_URL}/hooks/{connector.pk}/{ADDRESS}/"
    return connector


def test_a_text_by_bandwidth_with_its_pictures(server, texts):
    server.text(THEIRS, "Look 📷", files=("layout.smil", "a.png"))
    hear(server, copies=2)
    message = only_message()
    assert (message.text, message.identity.value) == ("Look 📷", THEIRS)
    files.fetch(message.attachments.get().pk)
    assert message.attachments.get().file.read() == at.PNG


def test_the_password_of_the_callback(server, texts):
    server.text(THEIRS, "Hi")
    (webhook,) = server.owed
    assert post(webhook, Authorization="Basic eDp5").status_code == 401
    assert post(webhook, Authorization="").status_code == 401
    assert not RawEvent.objects.exists()


def test_an_answer_by_bandwidth_is_delivered(server, texts, ada):
    server.text(THEIRS, "Hi")
    hear(server)
    delivery = answered(only_message(), "Hello", ada)
    assert delivery.status == Delivery.Status.SENT and server.messages["out-1"]["tag"] == str(delivery.pk)
    hear(server, copies=2)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.DELIVERED and delivery.external_id == "out-1"


def test_pictures_go_by_a_signed_address(server, texts, ada):
    server.text(THEIRS, "Hi")
    hear(server)
    picture = Attachment(name="a.png", content_type="image/png", size=3, uploaded_by=ada)
    picture.file.save("a", ContentFile(b"abc"))
    answered(only_message(), "Look", ada, files=[picture])
    assert "/lent/" in server.messages["out-1"]["media"][0]


@pytest.mark.parametrize(("to", "words"), [("+15550000030", "phone is off"), ("+15550000031", "for spam")])
def test_what_bandwidth_loses_is_said_in_words(server, texts, ada, to, words):
    server.text(to, "Hi")
    hear(server)
    delivery = answered(only_message(), "Hello", ada)
    hear(server)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.FAILED and words in delivery.error


def test_stop_by_bandwidth_is_kept(server, texts):
    server.text(THEIRS, "STOP")
    hear(server)
    assert not of_customer(Customer.objects.get().pk)["any_message"].is_granted


def test_what_bandwidth_does_not_act_on_is_an_answer(server, texts):
    server.text(THEIRS, "Cancel")
    hear(server)
    assert of_customer(Customer.objects.get().pk) == {}


def test_several_events_at_once_and_one_that_is_wrong(server, texts):
    server.text(THEIRS, "One")
    server.text(THEIRS, "Two")
    first, second = server.owed
    events = [*json.loads(first.body), {"type": "message-received", "message": {}}, *json.loads(second.body)]
    assert post(first, body=json.dumps(events).encode()).status_code == 200
    work_off()
    assert Message.objects.filter(kind="inbound").count() == 2 and len(aside()) == 1


def test_bandwidth_by_a_client_whose_token_is_kept(server, texts, ada):
    cache.clear()
    texts.settings["auth"] = "client"
    texts.save()
    server.text(THEIRS, "Hi")
    hear(server)
    for text in ("One", "Two"):
        assert answered(only_message(), text, ada).status == Delivery.Status.SENT
    assert server.tokens == 1
    cache.clear()


def test_the_check_of_bandwidth(server, texts):
    assert all(step.is_well for step in adapter_named("bandwidth").check(texts))
    server.password = "new"
    with pytest.raises(CredentialError):
        list(adapter_named("bandwidth").check(texts))


# Any other service


class Service(ProviderServer):
    def answer(self, call):
        return Reply({"messages": [{"id": f"s{len(self.calls)}"}]}, 201)


@pytest.fixture
def service():
    with Service() as found:
        yield found


@pytest.fixture
def own(returns, service):
    fields = ["message.to={to}", "message.from={from}", "message.body={text}", "ref=desk-{delivery}"]
    wired = {"send_url": f"{service.url}/send", "fields": fields, "id_path": "messages.0.id", "auth": "bearer"}
    secrets = {"signing_secret": "s", "token": "t"}
    return connected("sms", Medium.SMS, "+447700900123", secrets=secrets, region="GB", **wired)


def told(connector, item, **more):
    body = json.dumps(item).encode()
    headers = {**signed.signed("s", body), **more}
    status = post(Webhook("", headers, body), url=f"/hooks/{connector.pk}/{ADDRESS}/").status_code
    work_off()
    return status


def test_a_text_by_any_other_service(own):
    item = {"id": "1", "number": "07700900456", "name": "Ann", "text": "Hi", "files": [{"url": "https://x.example/a"}]}
    assert told(own, item) == 200 and told(own, item) == 200
    message = only_message()
    assert message.identity.value == ANN and message.attachments.get().source == {"url": "https://x.example/a"}
    assert told(own, {"id": "2"}) == 200 and "number" in aside()[0]
    assert told(own, item, **signed.signed("s", b"", at=0)) == 400


def test_an_answer_fills_the_template_and_nothing_else(own, service, ada):
    told(own, {"id": "1", "number": "07700900456", "text": "Hi"})
    delivery = answered(only_message(), '{to} &amp; "quoted" {token}', ada)
    assert delivery.status == Delivery.Status.SENT and delivery.external_id == "s1"
    (call,) = service.calls
    assert call.json == {
        "message": {"to": ANN, "from": "+447700900123", "body": '{to} & "quoted" {token}'},
        "ref": f"desk-{delivery.pk}",
    }
    assert call.headers["authorization"] == "Bearer t"
    stamp, said = call.headers["x-throughline-timestamp"], call.headers["x-throughline-signature"]
    signed.check("s", call.body, stamp=stamp, signature=said)
    told(own, {"kind": "report", "key": str(delivery.pk), "status": "failed", "error": "No such number."})
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == (Delivery.Status.FAILED, "No such number.")


@pytest.mark.parametrize(
    ("auth", "header"),
    [("basic", ("Authorization", "Basic dQ==")), ("header", ("X-Key", "u")), ("none", None)],
    ids=["basic", "header", "none"],
)
def test_a_form_and_the_ways_of_signing_in(own, auth, header):
    own.settings |= {"encoding": "form", "auth": auth, "auth_header": "X-Key", "fields": ["To={to}", "Body={text}"]}
    own.secrets = {"token": "u"}
    values = {"to": "+1", "text": "a&b=c\nd", "from": "", "files": "", "delivery": "", "key": ""}
    assert sending.body_of(own, values)[0] == b"To=%2B1&Body=a%26b%3Dc%0Ad"
    assert sending.authorization(own) == (dict([header]) if header else {})


def test_a_busy_service_is_tried_again_and_the_key_stays_the_same(own, service, ada):
    told(own, {"id": "1", "number": "07700900456", "text": "Hi"})
    service.busy = 1
    delivery = answered(only_message(), "Hello", ada)
    assert delivery.status == Delivery.Status.QUEUED
    assert uuid.UUID(service.calls[0].headers["idempotency-key"]) == delivery.message.client_id


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("4740", "our own number"),  # invalid-source-address
        ("4775", "answered STOP"),  # destination-rejected-due-to-user-opt-out
        ("4790", "short numbers"),  # destination-rejected-sc-not-allowed
        ("4798", "refused the message"),  # a network's, of which nothing more is known
        ("5650", "network is out of order"),
        ("5220", "Bandwidth could not send it"),  # Bandwidth's own
    ],
)
def test_what_bandwidths_codes_say_is_said_of_whom_they_mean(code, words):
    assert words in words_of(code)
