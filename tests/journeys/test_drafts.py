"""What an agent has begun to write is kept, given back and forgotten in time."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conversations.inbound.receive import receive
from conversations.models import Attachment, Draft
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail)).conversation


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def save(desk, conversation, html, mode="reply", **fields):
    return desk.post(f"/conversations/{conversation.pk}/drafts/{mode}/", {"html": html, **fields})


def composer(client, conversation):
    return client.get(f"/conversations/{conversation.pk}/composer/", HTTP_HX_REQUEST="true").content.decode()


def test_a_draft_is_saved_and_says_when(desk, conversation):
    answer = save(desk, conversation, "<p>Dear Ann</p>")
    assert answer.status_code == 200 and "Draft saved" in answer.content.decode()
    assert "&lt;p&gt;Dear Ann&lt;/p&gt;" in composer(desk, conversation)


def test_reply_and_note_are_two_drafts(desk, conversation):
    save(desk, conversation, "<p>To her</p>")
    save(desk, conversation, "<p>About her</p>", mode="note")
    assert set(Draft.objects.values_list("mode", "html")) == {("reply", "<p>To her</p>"), ("note", "<p>About her</p>")}


def test_a_draft_is_the_agents_own(desk, client, conversation, grace):
    save(desk, conversation, "<p>Ada's words</p>")
    client.force_login(grace)
    assert "Ada" not in composer(client, conversation)


def test_saving_twice_is_one_row_and_nothing_left_is_none(desk, conversation):
    save(desk, conversation, "<p>A</p>")
    save(desk, conversation, "<p>AB</p>")
    assert Draft.objects.get().html == "<p>AB</p>"
    assert save(desk, conversation, "<p><br></p>").content.decode().strip() == ""
    assert not Draft.objects.exists()


def test_sending_forgets_the_draft_of_that_mode_alone(desk, conversation):
    save(desk, conversation, "<p>A</p>")
    save(desk, conversation, "<p>B</p>", mode="note")
    desk.post(f"/conversations/{conversation.pk}/notes/", {"html": "<p>B</p>", "client_id": str(uuid4())})
    assert Draft.objects.get().mode == "reply"


def test_files_wait_with_the_draft(desk, conversation):
    desk.post("/files/", {"upload": SimpleUploadedFile("plan.txt", b"hello", "text/plain")})
    save(desk, conversation, "", file=Attachment.objects.get().pk)
    assert "plan.txt" in composer(desk, conversation)


def test_a_draft_of_no_known_mode_is_not_found(desk, conversation):
    assert save(desk, conversation, "<p>A</p>", mode="shout").status_code == 404
