"""Two people spoke in one conversation while they passed for one: taken apart, each has their own words."""

import uuid

import pytest
from django.core.files.base import ContentFile

from conversations.actions.merging import merge as merge_conversations
from conversations.actions.people import add_participant, merge_customers, reassign_identity, unmerge_customers
from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.models import Attachment, Conversation, Delivery, Moment, Parting, Status
from conversations.outbound.compose import note, reply
from customers.identify import Handle, identify
from customers.merging import merge, unmerge
from customers.models import Claim, Identity
from customers.telling_apart import are_told_apart
from integrations.adapters.media.email.marks import plus_address
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from tests.conftest import from_ann
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db


def write(mail, name, text, **fields):
    return receive(from_ann(mail, text, address=f"{name}@home.example", **fields))


def answer(message, ada, mail, **fields):
    message.refresh_from_db()
    words = {"html": "<p>Today.</p>", "by": ada, "client_id": uuid.uuid4(), **fields}
    return reply(message.conversation, channel=mail, identity=message.identity, **words)


@pytest.fixture
def mixed(mail, ada):
    """Bob's conversation, in which Ann wrote and was answered since the two were merged."""
    asked = write(mail, "bob", "Bob before")
    ann, _ = identify([Handle("email", "ann@home.example")])
    entry = merge_customers(ann, into=asked.conversation.customer, by=ada)
    hers = write(mail, "ann", "Ann since")
    assert hers.conversation == asked.conversation
    return asked, hers, answer(hers, ada, mail), entry


def texts(conversation):
    return list(conversation.messages.order_by("pk").values_list("text", flat=True))


def test_the_guests_words_go_to_a_conversation_of_theirs_with_all_that_hangs_on_them(mixed, mail, ada):
    asked, hers, ours, entry = mixed
    remark = note(asked.conversation, html="<p>Careful.</p>", by=ada, client_id=uuid.uuid4())
    file = Attachment(message=hers, name="a.pdf", content_type="application/pdf", size=3)
    file.file.save("a", ContentFile(b"abc"))
    Moment.objects.get_or_create(message=hers)
    ann = unmerge_customers(entry, by=ada)
    theirs = ann.conversations.get()
    assert texts(theirs) == ["Ann since", "Today."]
    assert texts(asked.conversation) == ["Bob before", "Careful."]
    hers.refresh_from_db()
    assert hers.attachments.get() == file and hers.moment and hers.conversation == theirs
    assert Delivery.objects.get(message=ours).conversation == theirs
    remark.refresh_from_db()
    assert remark.conversation == asked.conversation
    said = asked.conversation.activities.get(verb="split")
    assert (said.to, said.by) == (f"#{theirs.pk}", ada) and "Ann" in said.reason
    assert Parting.objects.get().messages == [hers.pk, ours.pk]


def test_both_rows_say_what_is_in_them(mixed, ada):
    asked, hers, _ours, entry = mixed
    theirs = unmerge_customers(entry, by=ada).conversations.get()
    host = Conversation.objects.get(pk=asked.conversation_id)
    assert (host.snippet, theirs.snippet) == ("Bob before", "Today.")
    assert host.waiting_since == asked.created_at and theirs.waiting_since is None
    assert (theirs.team, theirs.media) == (host.team, ["email"])


def test_an_answer_to_the_old_address_of_a_parted_message_goes_where_it_went(mixed, mail, ada):
    asked, _hers, ours, entry = mixed
    connector = connect(mail)
    Delivery.objects.filter(message=ours).update(status="sent", tries=1)
    to = plus_address(mail.address, conversation_id=asked.conversation_id)
    ann = unmerge_customers(entry, by=ada)
    theirs = ann.conversations.get()
    raw, _ = keep_mail(connector, a_mail("Thanks!", sender="ann@home.example", to=to))
    assert process(raw.pk).message.conversation == theirs
    raw, _ = keep_mail(connector, a_mail("Bob, too", sender="bob@home.example", to=to))
    assert process(raw.pk).message.conversation == asked.conversation


def test_an_answer_by_message_id_goes_where_the_message_went(mixed, mail, ada):
    asked, hers, ours, entry = mixed
    ours.external_id = "ours.1@hollinfell.example"
    ours.save()
    theirs = unmerge_customers(entry, by=ada).conversations.get()
    later = write(mail, "ann", "Thanks!", references=("ours.1@hollinfell.example",))
    assert later.conversation == theirs
    other = Handle("email", "ann@work.example", is_verified=False)  # from elsewhere, by the signed address
    unproven = from_ann(
        mail, "Me again", handles=(other,), references=(ours.external_id,), conversation_id=asked.conversation_id
    )
    assert receive(unproven).conversation == theirs


def test_the_original_of_a_parted_message_is_still_found(mail, ada):
    connector = connect(mail)
    first = process(keep_mail(connector, a_mail("Bob", sender="bob@home.example"))[0].pk).message
    ann, _ = identify([Handle("email", "ann@home.example")])
    entry = merge_customers(ann, into=first.conversation.customer, by=ada)
    raw = process(keep_mail(connector, a_mail("Ann", sender="ann@home.example"))[0].pk)
    unmerge_customers(entry, by=ada)
    raw.refresh_from_db()
    assert raw.message.text.strip() == "Ann" and raw.message.conversation.customer == ann


def test_the_absorbed_ones_own_conversation_takes_their_words_back_and_gives_up_the_others(mail, ada):
    hers = write(mail, "ann", "Ann before")
    bob, _ = identify([Handle("email", "bob@home.example")])
    entry = merge_customers(hers.conversation.customer, into=bob, by=ada)
    his = write(mail, "bob", "Bob since")
    write(mail, "ann", "Ann since")
    assert his.conversation == hers.conversation
    ann = unmerge_customers(entry, by=ada)
    assert texts(ann.conversations.get()) == ["Ann before", "Ann since"]
    assert texts(bob.conversations.get()) == ["Bob since"]


def test_conversations_that_were_merged_meanwhile_are_two_again(mail, ada):
    hers, his = write(mail, "ann", "Ann before"), write(mail, "bob", "Bob before")
    entry = merge_customers(hers.conversation.customer, into=his.conversation.customer, by=ada)
    merge_conversations(hers.conversation, into=his.conversation, by=ada)
    write(mail, "ann", "Ann since")
    ann = unmerge_customers(entry, by=ada)
    assert texts(ann.conversations.get()) == ["Ann before", "Ann since"]
    his.conversation.refresh_from_db()
    assert texts(his.conversation) == ["Bob before"]
    assert not Conversation.objects.exclude(merged_into=None).exists()


def test_who_is_in_copy_of_a_conversation_stays_in_it(mail, ada):
    asked = write(mail, "bob", "Bob before")
    add_participant(asked.conversation, email="ann@home.example")
    asked.external_id = "bob.1@home.example"
    asked.save()
    ann, _ = identify([Handle("email", "ann@home.example")])
    entry = merge_customers(ann, into=asked.conversation.customer, by=ada)
    details = {"references": ["bob.1@home.example"]}
    hers = write(mail, "ann", "Ann in copy", references=("bob.1@home.example",), details=details)
    unmerge_customers(entry, by=ada)
    hers.refresh_from_db()
    assert hers.conversation == asked.conversation


def test_what_the_guest_asked_opens_their_solved_conversation(mail, ada):
    hers = write(mail, "ann", "Ann before")
    resolve(hers.conversation, by=ada)
    his = write(mail, "bob", "Bob before")
    entry = merge_customers(hers.conversation.customer, into=his.conversation.customer, by=ada)
    since = write(mail, "ann", "Ann since")
    assert since.conversation == his.conversation
    unmerge_customers(entry, by=ada)
    hers.conversation.refresh_from_db()
    assert (hers.conversation.status, texts(hers.conversation)) == (Status.OPEN, ["Ann before", "Ann since"])


def test_what_was_answered_stays_solved(mixed, ada):
    asked, _hers, _ours, entry = mixed
    resolve(asked.conversation, by=ada)
    theirs = unmerge_customers(entry, by=ada).conversations.get()
    assert (theirs.status, theirs.waiting_since) == (Status.RESOLVED, None)


def test_undoing_twice_changes_nothing(mixed, ada):
    *_, entry = mixed
    unmerge_customers(entry, by=ada)
    before = list(Conversation.objects.order_by("pk").values())
    unmerge_customers(entry, by=ada)
    assert list(Conversation.objects.order_by("pk").values()) == before and Parting.objects.count() == 1


def test_fields_are_given_back_unless_somebody_wrote_over_them(ada):
    ann, _ = identify([Handle("email", "ann@home.example")])
    bob, _ = identify([Handle("email", "bob@home.example")])
    type(ann).objects.filter(pk=ann.pk).update(city="Bergen", about="A", tier="Gold", is_blocked=True)
    type(bob).objects.filter(pk=bob.pk).update(about="B")
    entry = merge(ann, into=bob, evidence="test")
    bob.refresh_from_db()
    assert (bob.city, bob.about, bob.tier, bob.is_blocked) == ("Bergen", "B\n\nA", "Gold", True)
    type(bob).objects.filter(pk=bob.pk).update(city="Oslo")
    unmerge(entry)
    bob.refresh_from_db()
    assert (bob.city, bob.about, bob.tier, bob.is_blocked) == ("Oslo", "B", "", False)


def test_of_three_notes_each_undoing_takes_its_own(ada):
    people = [identify([Handle("email", f"{name}@home.example")])[0] for name in ("ann", "bob", "cy")]
    for person in people:
        type(person).objects.filter(pk=person.pk).update(about=f"about {person.pk}")
    ann, bob, cy = people
    first, second = merge(ann, into=cy, evidence="test"), merge(bob, into=cy, evidence="test")
    unmerge(first)
    cy.refresh_from_db()
    assert cy.about == f"about {cy.pk}\n\nabout {bob.pk}"
    unmerge(second)
    cy.refresh_from_db()
    assert cy.about == f"about {cy.pk}"


def test_an_agents_word_whose_handle_it_is_outlasts_every_merge(mail, ada):
    hers = write(mail, "ann", "Ann", handles=(Handle("email", "ann@home.example"), Handle("visitor", "v1")))
    customer = hers.conversation.customer
    browser = Identity.objects.get(kind="visitor")
    Claim.objects.create(customer=customer, identity=browser, kind="phone", value="+4791234567")
    other = reassign_identity(browser, to=None, by=ada)
    assert other.claims.count() == 1 and are_told_apart(customer.pk, other.pk)
    receive(from_ann(mail, "again", handles=(Handle("email", "ann@home.example"), Handle("visitor", "v1"))))
    browser.refresh_from_db()
    assert browser.customer == other
    with pytest.raises(Exception, match="only address"):
        reassign_identity(browser, to=customer, by=ada)


def test_a_proof_that_an_agent_took_apart_joins_nobody_again(ada):
    guest, _ = identify([Handle("visitor", "v1")])
    ann, _ = identify([Handle("email", "ann@home.example")])
    both = [Handle("email", "ann@home.example"), Handle("visitor", "v1")]
    assert identify(both)[0] == ann
    entry = guest.merges_absorbed.get()
    unmerge_customers(entry, by=ada)
    assert identify(both)[0] == ann
    assert Identity.objects.get(kind="visitor").customer == guest
