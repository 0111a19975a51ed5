"""Mail comes in: from a real IMAP server to a message in a conversation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Conversation, Message, Participant
from conversations.models.message import MessageKind
from customers.models import Customer, Identity
from integrations.adapters.media.email.imap import open_mailbox
from integrations.adapters.media.email.marks import plus_address
from integrations.inbound.mailbox import fetch_new, keep_mail
from integrations.inbound.process import process, replay
from integrations.models import RawEvent
from integrations.simulators.mail_servers import MailServers
from tests.mailing import a_mail, connect, fetch, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def servers():
    with MailServers({"support@hollinfell.example"}) as running:
        yield running


@pytest.fixture
def mailbox(mail, servers):
    return connect(mail, servers)


def take(connector, body):
    raw, _ = keep_mail(connector, body)
    return process(raw.pk)


def test_mail_in_the_mailbox_becomes_a_message_of_its_writer(mailbox, servers):
    body = a_mail("My kettle leaks.", subject="A leaking kettle")
    servers.put(body)
    assert fetch(mailbox) == 1
    message = Message.objects.get()
    assert (message.text, message.subject, message.kind) == (
        "My kettle leaks.",
        "A leaking kettle",
        MessageKind.INBOUND,
    )
    assert message.identity.value == "ann@home.example"
    assert message.conversation.customer.name == "Ann Bell"
    raw = RawEvent.objects.get()
    assert bytes(raw.body).replace(b"\r\n", b"\n") == body.replace(b"\r\n", b"\n")
    assert raw.message == message


def test_looking_again_fetches_nothing_again(mailbox, servers):
    servers.put(a_mail())
    assert fetch(mailbox) == 1
    assert fetch(mailbox) == 0
    servers.put(a_mail())
    assert fetch(mailbox) == 1
    assert Message.objects.count() == 2


def test_new_uidvalidity_doubles_nothing_and_loses_nothing(mailbox, servers):
    for number in range(5):
        servers.put(a_mail(f"Number {number}"))
    servers.put(a_mail("Used twice, first", message_id="<same@home.example>"))
    servers.put(a_mail("Used twice, second", message_id="<same@home.example>"))
    assert fetch(mailbox) == 7
    validity = mailbox.cursor["uidvalidity"]
    servers.put(a_mail("While the server was away"))
    servers.begin_again()
    assert fetch(mailbox) == 1
    mailbox.refresh_from_db()
    assert mailbox.cursor["uidvalidity"] != validity
    assert Message.objects.count() == RawEvent.objects.count() == 8


def test_mails_without_or_with_used_message_ids_are_all_kept(mailbox):
    for text in ("one", "two"):
        take(mailbox, a_mail(text).replace(b"Message-ID:", b"X-Was:"))
        take(mailbox, a_mail(text, message_id="<again@home.example>"))
    assert sorted(Message.objects.values_list("text", flat=True)) == ["one", "one", "two", "two"]


def test_a_second_copy_by_another_way_is_the_same_mail(mailbox):
    body = a_mail("Once")
    take(mailbox, b"Received: by one.example\r\nDelivered-To: support@hollinfell.example\r\n" + body)
    take(mailbox, b"Received: by other.example\r\nDelivered-To: help@hollinfell.example\r\n" + body)
    assert Message.objects.count() == RawEvent.objects.count() == 1


def test_first_look_from_now_on_leaves_the_old_mail_alone(mail, servers):
    servers.put(a_mail("Old"))
    connector = connect(mail, servers, start="now")
    assert fetch(connector) == 0
    servers.put(a_mail("New"))
    assert fetch(connector) == 1
    assert Message.objects.get().text == "New"


def test_two_watchers_do_not_fetch_the_same(mailbox, servers):
    servers.put(a_mail())
    with open_mailbox(mailbox) as one, open_mailbox(mailbox) as other:
        other_view = type(mailbox).objects.get(pk=mailbox.pk)
        assert fetch_new(mailbox, one) == 1
        assert fetch_new(other_view, other) == 0
    assert RawEvent.objects.count() == 1


def test_mail_of_sixty_megabytes_is_set_aside_and_the_next_one_comes(mailbox, servers):
    servers.put(a_mail("Before"))
    servers.put(a_mail(subject="Huge") + b"\r\n" + b"x" * 60_000_000)
    servers.put(a_mail("After"))
    assert fetch(mailbox) == 2
    assert set(Message.objects.values_list("text", flat=True)) == {"Before", "After"}
    aside = RawEvent.objects.get(state="aside")
    assert "60 MB" in aside.error
    assert b"Subject: Huge" in bytes(aside.body)
    assert replay(aside).state == "aside"


def test_answer_to_the_plus_address_joins_its_conversation_whoever_writes(mailbox, mail):
    take(mailbox, a_mail("First"))
    conversation = Conversation.objects.get()
    to = plus_address("support@hollinfell.example", conversation_id=conversation.pk)
    take(mailbox, a_mail("From another address", sender="ann@work.example", to=to.upper()))
    assert Conversation.objects.count() == 1
    assert conversation.messages.count() == 2


def test_forged_plus_address_joins_nothing(mailbox):
    take(mailbox, a_mail("First"))
    conversation = Conversation.objects.get()
    forged = f"support+c{conversation.pk}.aaaaaaaaaaaaaaaa@hollinfell.example"
    take(mailbox, a_mail("Let me in", sender="eve@elsewhere.example", to=forged))
    assert Conversation.objects.count() == 2


def test_from_that_fails_dmarc_is_shown_as_unverified_and_is_nobody(mailbox):
    take(mailbox, a_mail("Really Ann"))
    failed = b"Authentication-Results: mx.hollinfell.example; dmarc=fail header.from=home.example\r\n"
    take(mailbox, failed + a_mail("Not Ann"))
    forged = Message.objects.get(text="Not Ann")
    assert forged.is_unverified
    assert forged.conversation.customer != Message.objects.get(text="Really Ann").conversation.customer
    assert Identity.objects.filter(value="ann@home.example").count() == 1


def test_a_mail_proves_its_writer_only_by_the_word_of_the_server_that_the_admin_named(mailbox):
    forged = b"Authentication-Results: mx.hollinfell.example; dmarc=pass header.from=home.example\r\n"
    take(mailbox, forged + a_mail("No server of ours has looked at it"))
    assert "authentic" not in Message.objects.get().details
    mailbox.settings["authserv"] = "mx.hollinfell.example"
    mailbox.save()
    take(mailbox, forged + a_mail("It has"))
    take(mailbox, forged.replace(b"pass", b"none") + forged + a_mail("It has, and has no word on it"))
    proven = Message.objects.filter(details__authentic=True)
    assert [message.text for message in proven] == ["It has"]


def test_others_in_to_and_cc_take_part_and_we_do_not(mailbox):
    cc = "Bob <bob@home.example>, support+c1.abcdefghijklmnop@hollinfell.example"
    take(mailbox, a_mail(to="support@hollinfell.example, Carl <carl@home.example>", Cc=cc))
    assert set(Participant.objects.values_list("email", flat=True)) == {"bob@home.example", "carl@home.example"}


def test_mail_without_sender_is_set_aside_with_its_reason(mailbox):
    raw = take(mailbox, a_mail().replace(b"From: Ann Bell <ann@home.example>\n", b""))
    assert raw.state == "aside"
    assert "no sender" in raw.error


def test_our_own_mail_coming_back_is_ignored(mailbox):
    raw = take(mailbox, a_mail(sender="Support <support@hollinfell.example>"))
    assert raw.state == "ignored"
    assert not Message.objects.exists()
    assert not Customer.objects.exists()


def test_out_of_office_is_shown_and_asks_for_nobody(mailbox):
    take(mailbox, a_mail("I am away.", Auto_Submitted="auto-replied"))
    message = Message.objects.get()
    assert message.is_automatic
    assert message.conversation.waiting_since is None
    assert message.details["no_auto_reply"]


def test_whoever_writes_faster_than_people_is_a_machine(mailbox):
    for number in range(22):
        take(mailbox, a_mail(f"Loop {number}"))
    assert Message.objects.filter(is_automatic=True).count() == 2
    assert Message.objects.count() == 22


def test_shop_form_is_from_the_person_behind_it(mailbox):
    take(mailbox, a_mail(sender="noreply@shop.example", Reply_To="Ann <ann@home.example>"))
    identity = Message.objects.get().identity
    assert identity.display == "ann@home.example"
    assert not identity.is_verified


def test_mail_answers_by_message_id(mailbox):
    take(mailbox, a_mail("First", message_id="<first@home.example>"))
    Conversation.objects.update(status="resolved", resolved_at=timezone.now() - timedelta(days=400))
    take(mailbox, a_mail("Still broken", In_Reply_To="<first@home.example>"))
    assert Conversation.objects.get().messages.count() == 2


def test_the_wait_counts_from_the_arrival_in_the_mailbox(mailbox):
    arrived = timezone.now() - timedelta(hours=3)
    raw, _ = keep_mail(mailbox, a_mail(), arrived_at=arrived.isoformat())
    process(raw.pk)
    assert Message.objects.get().created_at == arrived


def test_poison_is_alone(mailbox, servers, monkeypatch):
    servers.put(a_mail("Before"))
    servers.put(a_mail(sender="nobody at all"))
    servers.put(a_mail("After"))
    fetch(mailbox)
    work_off(mailbox)
    assert sorted(RawEvent.objects.values_list("state", flat=True)) == ["aside", "done", "done"]
