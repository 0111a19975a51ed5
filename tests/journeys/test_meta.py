"""WhatsApp, Messenger and Instagram from the customer's phone to the agent's screen, and back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conversations.models import Conversation, Delivery, Message, MessageTemplate
from integrations.offered import sync
from integrations.outbound import seen
from integrations.outbound.deliver import deliver
from integrations.simulators.meta import GraphServer
from tests.adapters.meta.talking import ANN, PSID, connected, hear

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
DAY = timedelta(hours=24)


@pytest.fixture
def graph():
    with GraphServer() as server:
        yield server


@pytest.fixture
def desk(client, root):
    client.force_login(root)
    return client


def thread_of(desk, conversation):
    return desk.get(f"/conversations/{conversation.pk}/").content.decode()


def send(desk, conversation, channel, **fields):
    """What the composer posts."""
    identity = conversation.customer.identities.get()
    form = {
        "html": "<p>It comes today.</p>",
        "client_id": str(uuid4()),
        "channel": f"{channel.pk}:{identity.pk}",
        "last_seen": conversation.messages.order_by("-pk").first().pk,
        **fields,
    }
    return desk.post(f"/conversations/{conversation.pk}/replies/", form, **HTMX)


def go():
    """After the seconds of undo."""
    Delivery.objects.filter(status="queued").update(due_at=timezone.now() - timedelta(seconds=1))
    for pk in list(Delivery.objects.filter(status="queued").values_list("pk", flat=True)):
        deliver(pk)
    return Message.objects.filter(kind="outbound").order_by("-pk")[0]


def test_whatsapp_in_seen_answered_delivered_and_read(desk, graph):
    connector = connected("whatsapp", graph)
    question = graph.write(ANN, "Where is my parcel? 📦")
    hear(connector, graph)
    conversation = Conversation.objects.get()
    assert "Where is my parcel? 📦" in thread_of(desk, conversation)
    seen.tell(conversation.pk)
    assert graph.acted[-1]["message_id"] == question["id"]
    assert send(desk, conversation, connector.channel).status_code == 200
    ours = go()
    assert graph.said[-1]["body"]["text"]["body"] == "It comes today." and ours.delivery.status == "sent"
    hear(connector, graph, order=[1, 0], copies=2)
    graph.report(graph.said[-1], "read")
    hear(connector, graph)
    ours.delivery.refresh_from_db()
    assert ours.delivery.status == "read" and "Seen" in thread_of(desk, conversation)
    graph.react(ANN, ours.external_id, "❤️")
    hear(connector, graph)
    assert "❤️" in thread_of(desk, conversation)


def test_after_a_day_whatsapp_takes_a_template_and_the_composer_says_so(desk, graph):
    connector = connected("whatsapp", graph)
    graph.write(ANN, "Where is it?", at=(timezone.now() - DAY - timedelta(hours=1)).timestamp())
    hear(connector, graph)
    sync(connector)
    conversation = Conversation.objects.get()
    refused = send(desk, conversation, connector.channel)
    assert refused.status_code in (200, 422) and not Message.objects.filter(kind="outbound").exists()
    assert "Choose a template" in refused.content.decode()
    template = MessageTemplate.objects.get(name="may_we_answer")
    send(desk, conversation, connector.channel, **{"template": template.pk, f"value-{template.pk}": ["Ann"]})
    ours = go()
    assert graph.said[-1]["body"]["template"]["name"] == "may_we_answer" and ours.delivery.status == "sent"
    assert ours.text == "Hello Ann, we have an answer for you. May we write?"
    graph.write(ANN, "Yes, do")
    hear(connector, graph)
    assert send(desk, conversation, connector.channel).status_code == 200
    assert go().delivery.status == "sent" and graph.said[-1]["body"]["type"] == "text"


def test_messenger_in_and_an_answer_from_the_pages_own_inbox(desk, graph):
    connector = connected("messenger", graph)
    graph.talk("messenger", PSID, "Are you open?")
    hear(connector, graph)
    conversation = Conversation.objects.get()
    assert conversation.waiting_since
    graph.answer_in_inbox("messenger", PSID, "Until six.")
    hear(connector, graph, copies=2)
    conversation.refresh_from_db()
    page = thread_of(desk, conversation)
    assert conversation.waiting_since is None and "Until six." in page and "The shop, outside the desk" in page
    assert Message.objects.filter(kind="outbound").count() == 1
    send(desk, conversation, connector.channel)
    go()
    hear(connector, graph)
    assert Message.objects.filter(kind="outbound").count() == 2
    graph.see("messenger", PSID)
    hear(connector, graph)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"read"}


def test_instagram_a_story_is_answered_and_the_words_are_taken_back(desk, graph):
    connector = connected("instagram", graph)
    story = {"story": {"id": "1", "url": "https://lookaside.fbsbx.com/story"}}
    said = graph.talk("instagram", PSID, "Is that jacket 4711 blue?", reply_to=story)
    hear(connector, graph)
    conversation = Conversation.objects.get()
    page = thread_of(desk, conversation)
    assert "Is that jacket 4711 blue?" in page and "https://lookaside.fbsbx.com/story" in page
    graph.unsend("instagram", PSID, said["mid"])
    hear(connector, graph)
    page = thread_of(desk, conversation)
    assert "4711" not in page and Message.objects.get().taken_back_at
    assert send(desk, conversation, connector.channel).status_code == 200
    assert go().delivery.status == "sent"


def test_the_same_person_by_mail_and_by_whatsapp_is_one_thread(desk, graph, mail):
    """A number that was verified on one medium is the same on the other."""
    from conversations.inbound.receive import receive
    from customers.identify import Handle
    from tests.conftest import from_ann

    connector = connected("whatsapp", graph)
    known = (Handle("email", "ann@home.example", "Ann Bell"), Handle("phone", f"+{ANN}"))
    first = receive(from_ann(mail, "By mail on Monday", handles=known))
    graph.write(ANN, "By WhatsApp on Tuesday")
    hear(connector, graph)
    assert Conversation.objects.get() == first.conversation
    page = thread_of(desk, first.conversation)
    assert "By mail on Monday" in page and "By WhatsApp on Tuesday" in page
