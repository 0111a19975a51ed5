"""Uploads that were never sent are deleted after two days; what is sent, drafted or still to be understood stays."""

import os
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Attachment, Draft
from conversations.outbound.compose import note
from conversations.tasks import clear_unsent
from deskapp.celery import app
from integrations.adapters.media.chat import leftovers
from integrations.inbound.process import accept
from integrations.models import Connector, RawEvent
from integrations.tasks import clear_unsent_chat_files
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db(transaction=True)


def upload(ada, name, *, days):
    made = Attachment(uploaded_by=ada, name=name, content_type="image/png", size=3)
    made.file.save(uuid.uuid4().hex, ContentFile(b"png"), save=True)
    Attachment.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days))
    return made


def test_only_old_files_that_nobody_waits_for_are_deleted(ada, mail):
    conversation = receive(from_ann(mail)).conversation
    old, new, drafted, sent = (upload(ada, name, days=days) for name, days in zip("abcd", [3, 1, 9, 9], strict=True))
    Draft.objects.create(conversation=conversation, agent=ada, mode="reply", html="<p>Soon</p>", files=[drafted.pk])
    note(conversation, html="<p>x</p>", by=ada, client_id=uuid.uuid4(), attachments=[sent])
    clear_unsent()
    clear_unsent()
    assert set(Attachment.objects.values_list("name", flat=True)) == {"b", "c", "d"}
    assert not default_storage.exists(old.file.name)
    assert all(default_storage.exists(file.file.name) for file in (new, drafted, sent))


def test_bytes_that_another_message_holds_stay(ada):
    one = upload(ada, "one", days=3)
    other = Attachment.objects.create(uploaded_by=ada, file=one.file.name, name="other", size=3)
    clear_unsent()
    assert list(Attachment.objects.all()) == [other]
    assert default_storage.exists(one.file.name)


@pytest.fixture
def uploaded():
    """Makes files in a visitor's folder of the widget, so old."""

    def make(visitor, *, days):
        path = default_storage.save(f"chat/{visitor}/{uuid.uuid4()}-photo.png", ContentFile(b"png"))
        at = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(default_storage.path(path), (at, at))
        return path

    return make


def test_what_visitors_never_sent_is_deleted(uploaded, chat):
    visitor, waiting = str(uuid.uuid4()), str(uuid.uuid4())
    old, new, kept = uploaded(visitor, days=3), uploaded(visitor, days=1), uploaded(waiting, days=3)
    connector = Connector.objects.create(name="Chat", adapter="chat", channel=chat)
    accept(connector, external_id=str(uuid.uuid4()), body=b"{}", headers={"visitor": waiting})
    clear_unsent_chat_files()
    assert [default_storage.exists(path) for path in (old, new, kept)] == [False, True, True]
    RawEvent.objects.update(state=RawEvent.State.DONE)
    assert leftovers.clear_unsent() == 1
    assert not default_storage.exists(kept)


def test_beat_runs_both():
    names = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {clear_unsent.name, clear_unsent_chat_files.name} <= names
