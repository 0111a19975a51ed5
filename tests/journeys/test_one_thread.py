"""One person, one thread: mail on Monday, WhatsApp on Tuesday, a call on Wednesday, a chat now; and who calls while a
matter is open, complains in public, or shares a number. Every word goes through its provider's own protocol."""

import re
import uuid
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from channels.db import database_sync_to_async as in_database
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations.live import ringing
from conversations.models import Conversation, Delivery, Medium, Message
from customers.models import Customer, Identity
from integrations.adapters.media.mastodon import watching
from integrations.inbound import listening
from integrations.models import Connector
from integrations.outbound.deliver import deliver
from integrations.simulators.mail_servers import MailServers
from integrations.simulators.mastodon import DOMAIN, TOKEN, US, MastodonServer
from integrations.simulators.meta import GraphServer
from integrations.simulators.twilio_calls import Course
from tests.adapters.meta import talking
from tests.adapters.phoning import ANN, hear, work_off
from tests.adapters.social.messengers import connect as connect_social
from tests.adapters.voice.conftest import ADA_LINE, board, line, twilio  # noqa: F401  fixtures
from tests.conftest import from_ann
from tests.journeys.test_live import desk_of
from tests.mailing import a_mail, connect, fetch
from tests.stories import with_a_past
from tests.visitors import arrives, signed

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}
ADDRESS = "ann@home.example"


@pytest.fixture(autouse=True)
def _nothing_rings():
    ringing._redis().delete(ringing._key())


class AgentsBrowser:
    """What an agent reads and presses."""

    def __init__(self, agent):
        self.client = Client()
        self.client.force_login(agent)

    def thread(self, conversation):
        return self.client.get(reverse("conversation", args=[conversation.pk])).content.decode()

    def row(self, conversation):
        page = self.client.get(reverse("inbox_view", args=["all"])).content.decode()
        return re.search(rf'id="row-{conversation.pk}".*?</ul>', page, re.DOTALL)[0]

    def rings(self):
        return self.client.get(reverse("ringing"), headers=HTMX).content.decode()

    def post(self, name, *args, **data):
        return self.client.post(reverse(name, args=args), data, headers=HTMX)

    def answers(self, message, text, **data):
        """By the way this message came, the seconds of undo over; gives the delivery."""
        way = f"{message.channel_id}:{message.identity_id}"
        data = {"text": text, "client_id": str(uuid.uuid4()), "channel": way, **data}
        answer = self.post("replies", message.conversation_id, **data)
        assert answer.status_code == 200, answer.content.decode()
        return goes_out()


def goes_out():
    delivery = Delivery.objects.filter(status="queued").get()
    Delivery.objects.filter(pk=delivery.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    deliver(delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)


def heard(medium, kind="inbound"):
    return Message.objects.filter(kind=kind, channel__medium=medium).latest("pk")


def colours(markup):
    return re.findall(r'<li(?: class="event[^"]*")?[^>]* data-channel="(\w+)"', markup)


# mail on Monday, WhatsApp on Tuesday, a call on Wednesday, a chat now


@pytest.fixture
def graph():
    with GraphServer() as server:
        yield server


@pytest.fixture
def post_office():
    with MailServers({"support@hollinfell.example"}) as servers:
        yield servers


@pytest.fixture
def whatsapp(graph, returns):
    connector = talking.connected("whatsapp", graph)
    connector.channel.team = returns
    connector.channel.save()
    return connector


def monday_and_tuesday(mail, post_office, whatsapp, graph, desk):
    """Nothing proves that the number is hers, so these are two until Ada, whom she told, joins them."""
    now = timezone.now()
    mailbox = connect(mail, post_office)
    post_office.put(a_mail("The medium is too small."))
    fetch(mailbox)
    Message.objects.update(created_at=now - timedelta(hours=50))  # a mail is dated when it came, and that is now
    monday = heard(Medium.EMAIL).conversation
    graph.write(ANN.lstrip("+"), "Is there a large? This is Ann.", at=(now - timedelta(hours=23)).timestamp())
    talking.hear(whatsapp, graph)
    tuesday = heard(Medium.WHATSAPP).conversation
    assert tuesday.customer != monday.customer
    desk.post("conversation_customer", tuesday.pk, customer=ADDRESS, scope="all")
    desk.post("merges", tuesday.pk, into=monday.pk)
    return Conversation.objects.get(pk=monday.pk)


def wednesday(board):  # noqa: F811
    board.ring(ANN, course=Course(answers=ADA_LINE, at=timezone.now() - timedelta(hours=2)))
    work_off()


def the_answers(desk, post_office, graph, twilio, thread):  # noqa: F811
    """One by each channel, and where the provider has it. Gives the delivery to the chat."""
    assert desk.answers(heard(Medium.EMAIL), "By mail: yes, in moss.").status == "sent"
    (letter,) = [message_from_bytes(raw, policy=default) for raw in post_office.taken]
    assert letter["To"].addresses[0].addr_spec == ADDRESS
    assert "By mail: yes, in moss." in letter.get_body(("plain",)).get_content()
    assert desk.answers(heard(Medium.WHATSAPP), "On WhatsApp: it is set aside.").status == "sent"
    (text,) = graph.said
    assert (text["to"].lstrip("+"), text["body"]["text"]["body"]) == (ANN[1:], "On WhatsApp: it is set aside.")
    number = Identity.objects.get(kind="phone", value=ANN)
    assert desk.post("place_call", thread.pk, identity=number.pk, key=str(uuid.uuid4())).status_code == 200
    assert goes_out().status == "sent"
    (call,) = twilio.phone_calls.values()
    assert call["To"] == ADA_LINE and ANN in call["Twiml"]
    return desk.answers(heard(Medium.CHAT), "In the chat: see you at four.")


async def test_four_ways_in_are_one_thread_in_four_colours_and_each_answer_goes_its_way(
    mail, shop, post_office, whatsapp, graph, board, twilio, ada  # noqa: F811
):  # fmt: skip
    desk = await in_database(AgentsBrowser)(ada)
    thread = await in_database(monday_and_tuesday)(mail, post_office, whatsapp, graph, desk)
    await in_database(wednesday)(board)
    visitor = await arrives(identity=signed("17", email=ADDRESS, name="Ann Bell"))
    await visitor.say("I am here now. Is it still there?")
    assert await Customer.objects.living().acount() == 1
    seen = Conversation.objects.filter(merged_into=None)
    assert [each.pk async for each in seen] == [thread.pk]
    page = await in_database(desk.thread)(thread)
    words = ["The medium is too small.", "Is there a large?", "Ann Bell called", "I am here now."]
    places = [page.index(each, page.index('id="timeline"')) for each in words]
    assert places == sorted(places)
    told = [each for each in colours(page[page.index('id="timeline"') :]) if each != "web"]
    assert told[:4] == ["email", "messaging", "phone", "chat"]
    assert colours(await in_database(desk.row)(thread)) == ["email", "messaging", "phone", "chat"]
    last = await in_database(the_answers)(desk, post_office, graph, twilio, thread)
    assert last.status == "sent", last.error
    while "In the chat: see you at four." not in str(await visitor.hear("messages")):
        pass  # she is signed in: the widget shows her the answers by mail and WhatsApp, too
    await visitor.leave()


# who starts a return in the chat, and calls


def leg(board, call, status):  # noqa: F811
    """Ada's line, as Twilio tells of it."""
    voice = next(iter(board.server.numbers.values()))["voice_url"]
    parts = {"ParentCallSid": call, "CallSid": "CA2", "From": ANN, "To": ADA_LINE, "CallStatus": status}
    board.server.owe(f"{voice}leg/", {"Direction": "outbound-dial", **parts})
    hear(board.server)


async def test_who_starts_a_return_in_chat_and_calls_is_on_the_screen_before_anybody_answers(
    shop, whatsapp, graph, board, ada  # noqa: F811
):  # fmt: skip
    visitor = await arrives(identity=signed("17", email=ADDRESS, name="Ann Bell"))
    await visitor.say("Hello!")

    def known():
        with_a_past(Customer.objects.get())
        conversation = Conversation.objects.get()
        graph.write(ANN[1:], "My number, for the parcel")
        talking.hear(whatsapp, graph)
        other = heard(Medium.WHATSAPP).conversation_id
        desk.post("conversation_customer", other, customer=ADDRESS, scope="all")
        desk.post("merges", other, into=conversation.pk)
        return conversation

    desk = await in_database(AgentsBrowser)(ada)
    matter = await in_database(known)()
    await visitor.say("I would like to send the Kestrel back.")
    socket = await desk_of(ada)
    await in_database(leg)(board, "CA1", "ringing")
    await socket.hears("desk.call")  # pushed to the page, which asks for the card
    card = await in_database(desk.rings)()
    for words in ("Ann Bell is calling", ANN, "RT-2207", "I would like to send the Kestrel back."):
        assert words in card, words
    assert 'data-state="ringing"' in card and reverse("conversation", args=[matter.pk]) in card
    await in_database(leg)(board, "CA1", "in-progress")
    await socket.hears("desk.call")
    assert "On the phone with Ann Bell" in await in_database(desk.rings)()
    assert (await in_database(heard)(Medium.VOICE, "call")).details["call"]["answered"]
    await socket.disconnect()
    await visitor.leave()


# a public complaint


@pytest.fixture
def fediverse(returns):
    with MastodonServer() as server:
        noted = {"site": server.url, "domain": DOMAIN, "account": US["username"], "account_id": US["id"]}
        wired = connect_social("mastodon", Medium.MASTODON, server, {"access_token": TOKEN}, start="all", **noted)
        wired.channel.team = returns
        wired.channel.save()
        yield server


def look():
    connector = Connector.objects.select_related("channel").get(adapter="mastodon")
    for news in watching.caught_up(connector):
        listening.take(connector, news)
    work_off()


def test_a_public_complaint_is_answered_there_once_and_only_on_purpose_and_then_between_the_two(fediverse, ada):
    desk, key = AgentsBrowser(ada), str(uuid.uuid4())
    fediverse.write("ann@elsewhere.example", "Three weeks, and no boots!")
    look()
    complaint = heard(Medium.MASTODON)
    way = {"channel": f"{complaint.channel_id}:{complaint.identity_id}", "client_id": key, "text": "Sorry! We write."}
    half = desk.post("replies", complaint.conversation_id, **way, visibility="public")
    assert half.status_code == 422 and not Message.objects.filter(kind="outbound").exists()
    for _twice in range(2):
        desk.post("replies", complaint.conversation_id, **way, visibility="public", publicly="1")
    assert goes_out().status == "sent"
    assert desk.answers(complaint, "What is the order’s number?").message.is_public is False
    fediverse.write("ann@elsewhere.example", "It is 4711", visibility="direct", reply_to=fediverse.said[1]["id"])
    look()
    number = heard(Medium.MASTODON)
    refused = desk.post("replies", number.conversation_id, **{**way, "client_id": str(uuid.uuid4())},
                        visibility="public", publicly="1")  # fmt: skip
    assert refused.status_code == 422
    desk.answers(number, "They come tomorrow.")
    assert [said["visibility"] for said in fediverse.said] == ["public", "direct", "direct"]
    assert Conversation.objects.get() == number.conversation
    assert set(colours(desk.thread(number.conversation))) >= {"social"}


# a number of two


@pytest.fixture
def household(returns):
    """Ann and Bob have both written the number down as theirs; nobody has proven it."""
    from conversations.inbound.receive import receive
    from conversations.models import Channel
    from customers.identify import Handle

    form = Channel.objects.create(name="Contact form", medium=Medium.API, address="form", team=returns)

    def writes(name, address):
        number = Handle("phone", ANN, is_verified=False, source="the contact form")
        handles = (Handle("email", address, name), number)
        return receive(from_ann(form, f"{name} has a question", handles=handles)).conversation

    return writes("Ann Bell", ADDRESS), writes("Bob Bell", "bob@home.example")


def test_a_number_of_two_is_asked_about_and_mixes_nobody(household, board, ada):  # noqa: F811
    anns, bobs = household
    desk = AgentsBrowser(ada)
    board.ring(ANN, course=Course(answers=ADA_LINE))
    work_off()
    call = heard(Medium.VOICE, "call")
    assert call.conversation.customer not in (anns.customer, bobs.customer)
    assert "Who is calling?" in desk.thread(call.conversation)
    asked = desk.client.get(reverse("caller", args=[call.pk]), headers=HTMX).content.decode()
    assert "Ann Bell" in asked and "Bob Bell" in asked
    desk.post("caller", call.pk, customer=f"customer:{bobs.customer_id}")
    assert heard(Medium.VOICE, "call").conversation == bobs
    assert "called" not in desk.thread(anns)
    board.ring(ANN, course=Course(answers=ADA_LINE))  # the next call is asked about anew
    work_off()
    assert heard(Medium.VOICE, "call").conversation not in (anns, bobs)
    assert Customer.objects.living().filter(pk__in=[anns.customer_id, bobs.customer_id]).count() == 2
