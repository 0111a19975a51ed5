"""The contact form: shown where the shop says, checked in words, kept once, answered by mail."""

import re
import time
import uuid
from functools import partial
from types import SimpleNamespace

import httpx
import jwt
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import Channel, Medium, Message
from conversations.outbound.reach import reach
from customers.models import Customer
from integrations.adapters.media.form.forms import QUICKEST, SALT
from integrations.forms import at_provider
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from integrations.simulators import customers
from integrations.wiring import about_of
from tests.conftest import SHOP_SECRET, from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client):
    """Somebody whom nobody has counted yet."""
    client.defaults["REMOTE_ADDR"] = uuid.uuid4().hex
    return client


@pytest.fixture
def connector(mail, returns):
    channel = Channel.objects.create(
        name="Contact form", medium=Medium.API, address="form-key", team=returns, fallback=mail
    )
    found = Connector(name="Contact form", adapter="form", channel=channel)
    found.settings = {"origins": ["https://shop.example"], "topics": "Return\nLate delivery\n", "shop": "hf"}
    found.secrets = {"identity": SHOP_SECRET}
    found.save()
    Connector.objects.create(name="Mail", adapter="imap", channel=mail)
    return found


def filled(**more):
    shown = signing.dumps(time.time() - 60, salt=SALT)
    given = {"name": "Ann Bell", "email": "Ann@Home.example", "topic": "Return", "order": "HF-48213"}
    return {**given, "text": "It is too small.", "shown": shown, **more}


def send(client, **more):
    return client.post("/form/form-key/?lang=en", filled(**more))


def carried_out():
    for raw_id in list(RawEvent.objects.filter(state="kept").order_by("pk").values_list("pk", flat=True)):
        process(raw_id)
    return list(Message.objects.filter(channel__address="form-key").order_by("pk"))


def test_only_the_shops_own_pages_may_show_it(client, connector):
    page = client.get("/form/form-key/")
    assert "frame-ancestors 'self' https://shop.example" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers and not page.cookies
    assert client.get("/form/another/").status_code == 404


def test_what_is_filled_in_becomes_a_message_that_is_answered_by_mail(client, connector):
    answer = send(client, uploads=[SimpleUploadedFile("tear.txt", b"see", "text/plain")])
    assert answer.status_code == 302
    assert "Thank you" in client.get(answer.url).content.decode()
    [message] = carried_out()
    assert (message.subject, message.text) == ("Return · HF-48213", "It is too small.")
    assert [file.name for file in message.attachments.all()] == ["tear.txt"]
    assert message.conversation.customer.name == "Ann Bell"
    [choice] = reach(message.conversation, now=message.created_at)
    assert (choice.channel.medium, choice.identity.display) == ("email", "Ann@Home.example")
    assert choice.warning


def test_a_typed_address_is_nobodys_proof(client, connector, mail):
    ann = receive(from_ann(mail)).conversation.customer
    send(client)
    [message] = carried_out()
    assert message.conversation.customer != ann and Customer.objects.count() == 2


def test_whom_the_shop_vouches_for_is_known(client, connector, mail):
    token = {"sub": "17", "email": "ann@home.example", "exp": time.time() + 600}
    ann = receive(from_ann(mail)).conversation.customer
    send(client, identity=jwt.encode(token, SHOP_SECRET, "HS256"), email="ann@home.example")
    [message] = carried_out()
    assert message.conversation.customer == ann


def test_a_double_click_is_one_message(client, connector):
    same = filled()
    for _click in range(3):
        assert client.post("/form/form-key/", same).status_code == 302
    assert len(carried_out()) == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"email": "ann"}, "Enter a valid email address."),
        ({"text": " "}, "This field is required."),
        ({"topic": "Bribes"}, "Select a valid choice."),
        ({"shown": "made up"}, "This form was open for long."),
        ({"shown": signing.dumps(9e9, salt=SALT)}, "That was very quick."),
        ({"uploads": [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(6)]}, "At most 5 files."),
        ({"uploads": [SimpleUploadedFile("a.bin", b"0" * 10_000_001)]}, "Together they may have 10 MB."),
    ],
    ids=["address", "no text", "topic", "forged", "quick", "many files", "large files"],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(client, connector, more, words):
    page = send(client, **more)
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text and "HF-48213" in text
    assert not RawEvent.objects.exists()
    again = re.search(r'name="shown" value="([^"]+)"', text)[1]
    assert signing.loads(again, salt=SALT) <= time.time()


def test_a_robot_is_thanked_and_not_heard(client, connector):
    assert send(client, website="https://pills.example").status_code == 302
    assert not RawEvent.objects.exists()


def test_much_at_once_is_refused_in_words(client, connector, monkeypatch):
    monkeypatch.setattr("integrations.adapters.media.form.views.may", lambda what, who: False)
    page = send(client)
    assert page.status_code == 422 and "Too much at once" in page.content.decode()


def test_it_speaks_the_language_of_the_page_around_it(client, connector):
    page = client.get("/form/form-key/?lang=de").content.decode()
    assert '<html lang="de"' in page


def test_the_script_that_puts_it_there(client, connector):
    script = client.get(reverse("form_script"))
    assert script["Content-Type"].startswith("text/javascript")
    assert b"/form/" in script.content and b"//" not in script.content.replace(b"://", b"")


def test_an_admin_is_shown_the_tag_to_copy_and_the_demo_shop_shows_the_form_by_it(client, connector):
    (step,) = at_provider(connector, about_of("form"))
    tag = next(piece.copied for piece in step if piece.copied)
    assert 'data-form="form-key"' in tag and reverse("form_script") in tag
    page = client.get(reverse("demo_shop_write")).content.decode()
    assert 'data-form="form-key"' in page and reverse("form_script") in page


def test_a_simulated_customer_fills_it_in(client, connector, monkeypatch):
    def at_the_door(asked):
        path = asked.url.raw_path.decode()
        kind = asked.headers.get("content-type", "")
        answer = client.generic(asked.method, path, asked.content, content_type=kind)
        return httpx.Response(answer.status_code, content=answer.content)

    async def carry(asked):
        return await sync_to_async(at_the_door)(asked)

    expected = []
    post = SimpleNamespace(expect=lambda address, **more: expected.append(address))
    doors = customers.Doors("http://testserver", "", ("", 0), ("", 0), "", "", form_key="form-key")
    scene = customers.Scene("Ann Bell", "ann@home.example", "en", "A label", "May I have a label?", (), ())
    monkeypatch.setattr(customers, "READS", QUICKEST + 0.1)
    usual = partial(httpx.AsyncClient, transport=httpx.MockTransport(carry))
    monkeypatch.setattr(customers.httpx, "AsyncClient", usual)
    async_to_sync(customers.fill_in)(doors, post, scene)
    [message] = carried_out()
    assert expected == ["ann@home.example"] and message.text == "May I have a label?"
