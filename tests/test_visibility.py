"""Least sight: what an agent may not see is not there, by whatever door they try."""

import uuid

import pytest
from django.core.files.base import ContentFile

from conversations.inbound.receive import receive
from conversations.models import Attachment
from conversations.outbound.compose import note
from integrations.models import Connector, RawEvent
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(mail):
    """Ann's mail to Returns, with a file and its original."""
    message = receive(from_ann(mail, "A secret word: zanzibar", html="<p>zanzibar</p>"))
    file = Attachment(message=message, name="a.pdf", content_type="application/pdf", size=3)
    file.file.save("a", ContentFile(b"abc"))
    connector = Connector.objects.create(name="Mail", adapter="email", channel=mail)
    RawEvent.objects.create(connector=connector, external_id="1", body=b"From: ann\r\n\r\nzanzibar", message=message)
    return message


def doors(message):
    conversation = message.conversation_id
    return [
        f"/conversations/{conversation}/", f"/conversations/{conversation}/?before=",
        f"/conversations/{conversation}/?since=0-0-0",
        f"/conversations/{conversation}/row/", f"/messages/{message.pk}/html/", f"/messages/{message.pk}/original/",
        f"/files/{message.attachments.get().pk}/",
    ]  # fmt: skip


def test_linus_finds_no_door_to_a_conversation_of_returns(client, linus, message):
    client.force_login(linus)
    assert {door: client.get(door).status_code for door in doors(message)} == dict.fromkeys(doors(message), 404)
    assert client.post(f"/conversations/{message.conversation_id}/reading/").status_code == 404


def test_ada_of_returns_and_sam_the_supervisor_come_through_each(client, ada, sam, message):
    for agent in (ada, sam):
        client.force_login(agent)
        assert {door: client.get(door).status_code for door in doors(message)} == dict.fromkeys(doors(message), 200)


def test_lists_counts_and_search_keep_it_from_linus(client, linus, message):
    client.force_login(linus)
    for view in ("all", "unassigned", "spam", "resolved"):
        response = client.get(f"/inbox/{view}/")
        assert response.context["rows"] == [] and b"zanzibar" not in response.content
    counts = {view.key: view.count for view in client.get("/rail/").context["rail"].views}
    assert counts["all"] == counts["unassigned"] == 0
    assert b"Ann Bell" not in client.get("/search/?q=zanzibar").content


def test_a_mention_lets_linus_in(client, ada, linus, message):
    note(message.conversation, html="<p>@Linus</p>", by=ada, client_id=uuid.uuid4(), mentions=[linus])
    client.force_login(linus)
    assert client.get(f"/conversations/{message.conversation_id}/").status_code == 200


def test_who_was_deactivated_sees_nothing(client, ada, message):
    client.force_login(ada)
    ada.is_active = False
    ada.save()
    assert client.get(f"/conversations/{message.conversation_id}/").status_code == 302


def test_the_original_comes_byte_for_byte_as_a_download(client, ada, message):
    client.force_login(ada)
    response = client.get(f"/messages/{message.pk}/original/")
    assert response.content == b"From: ann\r\n\r\nzanzibar"
    assert response["Content-Disposition"].startswith("attachment") and response["X-Content-Type-Options"] == "nosniff"
