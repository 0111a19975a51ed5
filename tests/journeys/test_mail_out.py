"""Mail goes out: from an agent's words to a customer's mailbox, and the answer comes back to the same conversation."""

import base64
import uuid
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.files.base import ContentFile
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Attachment, Branding, Conversation, Delivery, Message
from conversations.outbound.compose import note, reply
from conversations.outbound.elsewhere import reroute
from integrations.adapters.media.email.marks import is_our_message_id, read_plus_address
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from integrations.models import Connector
from integrations.outbound.deliver import deliver
from integrations.simulators.mail_servers import MailServers
from tests.conftest import from_ann
from tests.mailing import a_mail, connect, fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def servers():
    with MailServers({"support@hollinfell.example"}) as running:
        yield running


@pytest.fixture
def mailbox(mail, servers):
    return connect(mail, servers)


@pytest.fixture
def question(mail):
    return receive(from_ann(mail, "My kettle leaks.", subject="A leaking kettle", external_id="q1@home.example"))


def answer(message, by, channel, html="<p>We send a <b>new</b> one.</p>", **fields):
    said = reply(
        message.conversation,
        html=html,
        by=by,
        channel=channel,
        identity=message.identity,
        client_id=uuid.uuid4(),
        **fields,
    )
    return send(said)


def send(message):
    Delivery.objects.filter(message=message).update(due_at=timezone.now() - timedelta(seconds=1))
    deliver(message.delivery.pk)
    return Message.objects.select_related("delivery").get(pk=message.pk)


def arrived(servers):
    return message_from_bytes(servers.taken[-1].replace(b"\r\n", b"\n"), policy=default)


def test_answer_arrives_and_says_sent(mailbox, servers, question, ada, mail):
    sent = answer(question, ada, mail)
    assert sent.delivery.status == "sent"
    letter = arrived(servers)
    assert letter["From"] == "Ada from Hollin & Fell <support@hollinfell.example>"
    assert letter["To"] == "Ann Bell <ann@home.example>"
    assert letter["Subject"] == "Re: A leaking kettle"
    assert letter["In-Reply-To"] == letter["References"] == "<q1@home.example>"
    assert is_our_message_id(letter["Message-ID"])
    assert sent.external_id == sent.delivery.external_id == letter["Message-ID"].strip("<>")
    assert read_plus_address(letter["Reply-To"]).conversation_id == question.conversation_id
    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert "We send a new one." in text.get_content()
    assert "<b>new</b>" in html.get_content()


def test_signatures_of_agent_team_and_channel_stand_below(mailbox, servers, question, ada, mail, returns):
    type(ada).objects.update(signature="Ada Okafor")
    type(returns).objects.update(signature="Returns team")
    type(mail).objects.update(signature="Hollin & Fell, Leeds")
    answer(question, ada, mail)
    text = arrived(servers).get_body(("plain",)).get_content()
    assert "-- \nAda Okafor\nReturns team\nHollin & Fell, Leeds" in text
    assert "Hollin &amp; Fell, Leeds" in arrived(servers).get_body(("html",)).get_content()


def test_the_channels_frame_stands_around_it_with_its_logo_inside(mailbox, servers, question, ada, mail):
    frame = {"mail_header": "Hollin & Fell", "mail_footer": "Mill Lane 4", "logo": b"\x89PNG\r\n\x1a\n1234"}
    Branding.objects.create(channel=mail, colour="#1f6f78", logo_type="image/png", **frame)
    answer(question, ada, mail)
    letter = arrived(servers)
    html = letter.get_body(("html",)).get_content()
    assert html.index("cid:logo.brand") < html.index("<b>new</b>") < html.index("Mill Lane 4")
    assert "Mill Lane 4" in letter.get_body(("plain",)).get_content()
    [logo] = [part for part in letter.walk() if part["Content-ID"] == "<logo.brand>"]
    assert logo.get_content() == frame["logo"]


def test_history_is_quoted_without_notes_and_can_be_left_out(mailbox, servers, question, ada, mail):
    note(question.conversation, html="<p>A secret</p>", by=ada, client_id=uuid.uuid4())
    answer(question, ada, mail)
    text = arrived(servers).get_body(("plain",)).get_content()
    assert "Ann Bell wrote:\n> My kettle leaks." in text
    assert "secret" not in servers.taken[-1].decode()
    answer(question, ada, mail, details={"quote": False})
    assert "My kettle leaks." not in arrived(servers).get_body(("plain",)).get_content()


def test_answer_to_our_answer_comes_back_by_plus_address_alone_and_by_message_id_alone(
    mailbox, servers, question, ada, mail
):
    answer(question, ada, mail)
    letter = arrived(servers)
    servers.put(a_mail("By the address", sender="ann@work.example", to=letter["Reply-To"]))
    servers.put(a_mail("By the id", In_Reply_To=letter["Message-ID"]))
    fetch(mailbox)
    assert Conversation.objects.count() == 1
    assert set(question.conversation.messages.values_list("text", flat=True)) >= {"By the address", "By the id"}


def test_pictures_in_place_and_files_are_enclosed(mailbox, servers, question, ada, mail):
    picture, file = (
        Attachment.objects.create(
            name=name,
            content_type=kind,
            size=3,
            content_id=cid,
            file=ContentFile(b"abc", name="stored"),
            is_inline=bool(cid),
        )
        for name, kind, cid in (("a.png", "image/png", "pic1"), ("../e‮gpj.exe\r\nX: y", "message/rfc822", ""))
    )
    answer(question, ada, mail, html='<p>See <img src="cid:pic1"></p>', attachments=[picture, file])
    letter = arrived(servers)
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "egpj.exe X: y"
    assert attached.get_content_type() == "application/octet-stream"
    related = letter.get_body(("related",))
    assert [part["Content-ID"] for part in related.iter_parts()][1] == "<pic1>"


def test_copies_and_blind_copies_reach_their_people(mailbox, servers, question, ada, mail):
    answer(question, ada, mail, details={"cc": ["Bob <bob@home.example>"], "bcc": ["carl@home.example"]})
    letter = arrived(servers)
    assert letter["Cc"] == "Bob <bob@home.example>"
    assert "carl" not in servers.taken[-1].decode()


def test_nothing_can_be_written_into_the_head(mailbox, servers, question, ada, mail):
    Conversation.objects.update(subject="Hello\r\nBcc: eve@evil.example")
    type(question).objects.filter(pk=question.pk).update(external_id="x@y>\r\nBcc: <eve@evil.example")
    type(ada).objects.update(name="Ada\r\nBcc:eve@evil.example")
    question.conversation.refresh_from_db()
    ada.refresh_from_db()
    sent = answer(question, ada, mail)
    assert sent.delivery.status == "sent"
    assert arrived(servers)["Bcc"] is None
    wrong = answer(question, ada, mail, details={"cc": ["bob@home.example\r\nRCPT TO:<eve@evil.example>"]})
    assert wrong.delivery.status == "failed"
    assert "not an e-mail address" in wrong.delivery.error


def test_a_second_try_has_the_same_message_id(mailbox, servers, question, ada, mail):
    sent = answer(question, ada, mail)
    first = arrived(servers)["Message-ID"]
    Delivery.objects.update(status="queued")
    send(sent)
    assert arrived(servers)["Message-ID"] == first


def test_automatic_mail_says_so_and_can_be_ended(mailbox, servers, question, ada, mail):
    message = reply(
        question.conversation,
        html="<p>How was it?</p>",
        by=ada,
        channel=mail,
        identity=question.identity,
        client_id=uuid.uuid4(),
        details={"unsubscribe": "https://desk.example/u/1"},
    )
    Message.objects.filter(pk=message.pk).update(is_automatic=True)
    send(message)
    letter = arrived(servers)
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["List-Unsubscribe"] == "<https://desk.example/u/1>"
    assert letter["X-Loop"] == "support@hollinfell.example"


def test_mail_is_signed_where_there_is_a_key(mailbox, servers, question, ada, mail):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    mailbox.settings["dkim_selector"] = "desk"
    mailbox.secrets = {**mailbox.secrets, "dkim_key": pem.decode()}
    mailbox.save()
    answer(question, ada, mail, html="<p>.\n.dots und Umlaute äöü</p>")
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    assert dkim.verify(servers.taken[-1], dnsfunc=lambda name, **_: record)
    assert not dkim.verify(servers.taken[-1].replace(b"Re: A", b"Re: B"), dnsfunc=lambda name, **_: record)


def test_letters_beyond_ascii_arrive(mailbox, servers, question, ada, mail):
    answer(question, ada, mail, html="<p>Grüße aus 東京 🫖</p>")
    assert "Grüße aus 東京 🫖" in arrived(servers).get_body(("plain",)).get_content()


DSN = """From: MAILER-DAEMON@mx.home.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{uid}@mx.home.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered{more}.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.home.example

Final-Recipient: rfc822; ann@home.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} said the server

--b
Content-Type: message/rfc822

From: support@hollinfell.example
To: ann@home.example
Subject: Re: A leaking kettle
Message-ID: {original}

We send a new one.
--b--
"""


def bounce(mailbox, *, to, original, action="failed", status="5.1.1", more=""):
    body = DSN.format(to=to, original=original, action=action, status=status, more=more, uid=uuid.uuid4())
    raw, _ = keep_mail(mailbox, body.encode())
    return process(raw.pk)


def test_bounce_marks_the_delivery_and_opens_the_conversation_again(mailbox, servers, question, ada, mail):
    sent = answer(question, ada, mail)
    Conversation.objects.update(status="resolved", resolved_at=timezone.now())
    assert bounce(mailbox, to="support@hollinfell.example", original=f"<{sent.external_id}>").state == "done"
    delivery = Delivery.objects.get()
    assert delivery.status == "failed"
    assert "ann@home.example" in delivery.error
    assert "no such address" in delivery.error
    assert Conversation.objects.get().status == "open"
    assert Message.objects.count() == 2


def test_bounce_without_the_original_is_known_by_its_return_path(mailbox, servers, question, ada, mail):
    sent = answer(question, ada, mail)
    session = servers.return_paths[-1]
    assert read_plus_address(session).delivery_id == sent.delivery.pk
    bounce(mailbox, to=session, original="<unknown@elsewhere.example>")
    assert Delivery.objects.get().status == "failed"


def test_notice_of_delay_shows_and_sends_nothing_again(mailbox, servers, question, ada, mail):
    sent = answer(question, ada, mail)
    bounce(mailbox, to="support@hollinfell.example", original=f"<{sent.external_id}>", action="delayed", status="4.4.1")
    delivery = Delivery.objects.get()
    assert delivery.status == "sent"
    assert "keeps trying" in delivery.error


def test_chat_answer_that_goes_by_mail_comes_back_to_the_chat(mailbox, servers, ada, mail, chat):
    Connector.objects.create(name="Chat", adapter="chat", channel=chat)
    said = receive(from_ann(chat, "Anyone there?"))
    message = answer(said, ada, chat)
    assert message.delivery.status == "sent"
    assert reroute(message.delivery, channel=mail, to="ann@typed.example")
    message = send(message)
    letter = arrived(servers)
    assert letter["To"].addresses[0].addr_spec == "ann@typed.example"
    assert message.external_id == letter["Message-ID"].strip("<>")
    servers.put(
        a_mail("Yes, by mail", sender="ann@typed.example", to=letter["Reply-To"], In_Reply_To=letter["Message-ID"])
    )
    fetch(mailbox)
    assert Message.objects.get(text="Yes, by mail").conversation == said.conversation
    bounce(mailbox, to="support@hollinfell.example", original=f"<{message.external_id}>")
    assert Delivery.objects.get().status == "failed"
