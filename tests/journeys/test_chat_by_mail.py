"""Chat becomes mail: what the visitor did not see before they left goes to their address, once, and can be answered."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations.models import Conversation, Delivery, Message
from integrations.adapters.media.chat import by_mail, presence
from integrations.outbound.deliver import deliver
from integrations.simulators.mail_servers import MailServers
from tests.journeys.test_chat_door import answer
from tests.mailing import a_mail, connect, fetch
from tests.visitors import Visitor, arrives, session, signed

pytestmark = pytest.mark.django_db(transaction=True)

ANN = {"email": "ann@home.example", "name": "Ann Bell"}


async def time_passes(seconds=121):
    await Delivery.objects.aupdate(settled_at=timezone.now() - timedelta(seconds=seconds))


async def sweep():
    return await sync_to_async(by_mail.sweep)()


@pytest.fixture
def answered(shop, ada):
    """A visitor who asked, left, and was answered by chat."""

    async def make(*, about=None, **body):
        visitor = await arrives(**body)
        await visitor.say("Is the large back?", about=about or {})
        await visitor.leave()
        ours = await sync_to_async(answer)(ada, "<p>On Tuesday.</p>")
        return visitor, await Delivery.objects.aget(message=ours)

    return make


async def test_unread_answer_goes_by_mail_after_the_wait_and_not_before(answered, mail):
    _, delivery = await answered(about={"email": "ann@home.example"})
    assert await sweep() == 0
    await time_passes()
    assert await sweep() == 1
    assert await sweep() == 0
    await delivery.arefresh_from_db()
    assert (delivery.channel_id, delivery.status) == (mail.pk, "queued")
    message = await Message.objects.aget(pk=delivery.message_id)
    assert message.details["to"] == ["ann@home.example"] and message.details["quote"] is False


async def test_a_visitor_who_is_still_there_is_waited_for(answered):
    visitor, _ = await answered(about={"email": "ann@home.example"})
    back = Visitor(visitor.session)
    await back.connect()
    await time_passes()
    assert await sweep() == 0
    await back.leave()
    assert not presence.is_here(visitor.session["visitor"])
    assert await sweep() == 1


async def test_what_was_read_stays_in_the_chat(answered):
    visitor, delivery = await answered(about={"email": "ann@home.example"})
    back = Visitor(visitor.session)
    await back.connect()
    await back.send({"t": "read", "id": delivery.message_id})
    await back.send({"t": "ping"})
    await back.hear("pong")
    await back.leave()
    await time_passes()
    assert await sweep() == 0
    await delivery.arefresh_from_db()
    assert delivery.status == "read"


async def test_without_an_address_the_answer_waits_in_the_widget(answered):
    visitor, delivery = await answered()
    await time_passes()
    assert await sweep() == 0
    again = await session(token=visitor.session["token"])
    assert [said["text"] for said in again["messages"]] == ["Is the large back?", "On Tuesday."]
    assert again["unread"] == 1


async def test_a_proven_address_comes_before_a_typed_one_and_gets_the_history(answered):
    _, delivery = await answered(identity=signed("17", **ANN), about={"email": "typo@home.example"})
    await time_passes()
    assert await sweep() == 1
    message = await Message.objects.aget(pk=delivery.message_id)
    assert message.details["to"] == ["ann@home.example"] and "quote" not in message.details


async def test_the_mails_answer_returns_into_the_conversation_and_the_widget_shows_the_answer_still(answered, mail):
    visitor, delivery = await answered(identity=signed("17", **ANN))
    await time_passes()

    def by_real_mail():
        with MailServers({"support@hollinfell.example"}) as servers:
            mailbox = connect(mail, servers)
            by_mail.sweep()
            deliver(delivery.pk)
            letter = message_from_bytes(servers.taken[-1], policy=default)
            servers.put(a_mail("Thanks, Tuesday is fine", to=letter["Reply-To"], In_Reply_To=letter["Message-ID"]))
            fetch(mailbox)
            return letter

    letter = await sync_to_async(by_real_mail)()
    assert letter["To"].addresses[0].addr_spec == "ann@home.example"
    assert "On Tuesday." in letter.get_body(("plain",)).get_content()
    back = await Message.objects.aget(text="Thanks, Tuesday is fine")
    assert back.conversation_id == delivery.conversation_id == (await Conversation.objects.aget()).pk
    opened = await session(token=visitor.session["token"], identity=signed("17", **ANN))
    shown = {said["text"] for said in opened["messages"]}  # a mail's time has whole seconds, so no order here
    assert shown == {"Is the large back?", "On Tuesday.", "Thanks, Tuesday is fine"}
