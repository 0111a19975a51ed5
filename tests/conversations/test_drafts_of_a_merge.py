"""Merging conversations loses no unsent draft, and taking them apart gives each agent their own words back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conversations.actions.merging import merge, unmerge
from conversations.inbound.receive import receive
from conversations.models import Attachment, Conversation, Draft
from conversations.outbound.compose import reply
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(mail):
    kept = receive(from_ann(mail, "Where is my parcel?")).conversation
    Conversation.objects.update(status="resolved", resolved_at=timezone.now() - timedelta(days=60))
    absorbed = receive(from_ann(mail, "And my invoice?")).conversation
    assert kept != absorbed
    return kept, absorbed


def begin(conversation, agent, html, mode="reply", files=(), **way):
    return Draft.objects.create(conversation=conversation, agent=agent, mode=mode, html=html, files=list(files), **way)


def words(conversation):
    found = Draft.objects.filter(conversation=conversation).order_by("agent", "mode")
    return [(draft.agent.email.split("@")[0], draft.mode, draft.html) for draft in found]


def test_draft_goes_along_where_the_kept_conversation_has_none(two, ada, grace):
    kept, absorbed = two
    begin(absorbed, ada, "<p>Dear Ann</p>")
    begin(absorbed, ada, "<p>Call them</p>", mode="note")
    begin(kept, grace, "<p>Hello</p>")
    entry = merge(absorbed, into=kept, by=grace)
    all_three = [
        ("ada", "note", "<p>Call them</p>"),
        ("ada", "reply", "<p>Dear Ann</p>"),
        ("grace", "reply", "<p>Hello</p>"),
    ]
    assert words(kept) == all_three
    assert words(absorbed) == []
    unmerge(entry, by=grace)
    assert words(kept) == all_three[2:]
    assert words(absorbed) == all_three[:2]


def test_both_texts_and_their_files_are_kept_where_the_agent_had_begun_in_both(two, ada):
    kept, absorbed = two
    first, second = (Attachment.objects.create(name=f"{n}.txt", uploaded_by=ada, size=1).pk for n in "ab")
    begin(kept, ada, "<p>Your parcel</p>", files=[first])
    begin(absorbed, ada, "<p>Your invoice</p>", files=[second])
    entry = merge(absorbed, into=kept, by=ada)
    assert words(kept) == [("ada", "reply", "<p>Your parcel</p><p>Your invoice</p>")]
    assert Draft.objects.get(conversation=kept).files == [first, second]
    unmerge(entry, by=ada)
    assert words(kept) == [("ada", "reply", "<p>Your parcel</p>")]
    assert words(absorbed) == [("ada", "reply", "<p>Your invoice</p>")]
    assert [draft.files for draft in Draft.objects.order_by("pk")] == [[first], [second]]


def test_what_was_sent_meanwhile_does_not_come_back_as_a_draft(two, ada, mail):
    kept, absorbed = two
    begin(kept, ada, "<p>Your parcel</p>")
    begin(absorbed, ada, "<p>Your invoice</p>")
    entry = merge(absorbed, into=kept, by=ada)
    kept.refresh_from_db()
    identity = kept.customer.identities.get()
    reply(
        kept, html="<p>Your parcel</p><p>Your invoice</p>", by=ada, channel=mail, identity=identity, client_id=uuid4()
    )
    assert not words(kept)
    unmerge(entry, by=ada)
    assert not Draft.objects.exists()


def test_what_was_changed_meanwhile_stays_whole(two, ada):
    kept, absorbed = two
    begin(kept, ada, "<p>Your parcel</p>")
    begin(absorbed, ada, "<p>Your invoice</p>")
    entry = merge(absorbed, into=kept, by=ada)
    Draft.objects.filter(conversation=kept).update(html="<p>Your parcel and your invoice</p>")
    unmerge(entry, by=ada)
    assert words(kept) == [("ada", "reply", "<p>Your parcel and your invoice</p>")]
    assert words(absorbed) == []


def test_private_words_do_not_go_into_a_draft_that_everybody_is_to_read(two, ada):
    kept, absorbed = two
    begin(kept, ada, "<p>Sorry to all</p>", way={"channel": "1:1", "visibility": "public"})
    begin(absorbed, ada, "<p>Your number is 4711</p>", way={"channel": "2:2"})
    merge(absorbed, into=kept, by=ada)
    assert Draft.objects.get(conversation=kept).way == {"channel": "1:1", "visibility": "private"}
