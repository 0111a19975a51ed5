"""Files that messages only named: shown at once as on their way, fetched through one guard, refused with a reason."""

import socket
import struct
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.envelopes import InboundAttachment, InboundMessage
from conversations.file_kinds import plain_name
from conversations.inbound.receive import receive
from conversations.inbound.record import file_of
from conversations.models import Attachment, Channel
from customers.identify import Handle
from customers.models.identity import Kind
from integrations.adapters.base import AdapterError, Fetched
from integrations.inbound import files
from integrations.models import Connector

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 30
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

pytestmark = pytest.mark.django_db


class Provider:
    """An adapter whose media are what the test says."""

    answer: Fetched | Exception = Fetched(PNG, "image/png", "parcel.png")

    def fetch(self, connector, source, *, largest):
        assert source == {"id": "media-7"}
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def provider(monkeypatch):
    found = Provider()
    monkeypatch.setattr(files, "adapter_named", lambda name: found)
    return found


@pytest.fixture
def photo():
    channel = Channel.objects.create(name="WhatsApp", medium="whatsapp", address="+4790000000")
    Connector.objects.create(name="WhatsApp", adapter="whatsapp", channel=channel)
    named = InboundAttachment("", "image/png", 0, source={"id": "media-7"}, kind="image")
    handle = Handle(Kind.WHATSAPP, "4791112233", "Ingrid")
    message = receive(InboundMessage(channel.pk, "wamid.1", (handle,), "", timezone.now(), attachments=(named,)))
    return message.attachments.get()


def again(photo):
    """As the sweep comes back when it is due."""
    Attachment.objects.filter(pk=photo.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    return files.fetch(photo.pk)


def test_a_named_file_is_on_its_way_and_then_here(photo, provider):
    assert photo.state == "waiting" and not photo.file and not photo.is_image
    assert files.waiting_of(photo.message_id) == [(photo.pk, photo.message.channel_id)]
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.name, photo.size, photo.source) == ("whole", "parcel.png", len(PNG), None)
    assert photo.is_image and photo.file.read() == PNG
    assert files.fetch(photo.pk) is None


def test_what_is_no_image_is_never_shown_as_one(photo, provider):
    provider.answer = Fetched(b"<svg onload=alert(1)>", "image/png")
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert photo.content_type == "application/octet-stream" and not photo.is_image


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\fakepath\\bill.pdf", "bill.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ("कार्य\u200d.pdf", "कार्य\u200d.pdf"),
        ("\u2066", "file.png"),
    ],
    ids=["path", "windows path", "turned round", "controls", "joined letters", "nothing"],
)
def test_a_files_name_reads_as_what_it_is(photo, provider, told, kept):
    provider.answer = Fetched(PNG, "image/png", told)
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert photo.name == kept
    named = InboundAttachment(told, "image/png", 0, source={"id": "media-8"})
    assert file_of(photo.message, named).name == plain_name(told)


def test_a_provider_that_is_away_is_asked_again_and_says_when(photo, provider):
    provider.answer = AdapterError("WhatsApp is busy.", wait=90)
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert photo.state == "waiting" and photo.why == "WhatsApp is busy."
    assert timedelta(seconds=80) < photo.due_at - timezone.now() <= timedelta(seconds=90)
    assert files.fetch(photo.pk) is None  # not due yet
    provider.answer = Fetched(PNG, "image/png")
    again(photo)
    photo.refresh_from_db()
    assert photo.state == "whole" and photo.why == "" and photo.name.endswith(".png")


def test_after_the_last_try_the_thread_says_why(photo, provider):
    provider.answer = AdapterError("WhatsApp is out of order.")
    Attachment.objects.filter(pk=photo.pk).update(tries=len(files.WAITS))
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.why) == ("refused", "WhatsApp is out of order.")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (AdapterError("It is gone.", permanent=True), "It is gone."),
        (Fetched(b"", "image/png"), "It is empty."),
        (Fetched(b"MZ\x90 a program", "image/png"), "It is a program for Windows: the desk does not keep those."),
        (Fetched(b"0" * 2000, "video/mp4"), "It is larger than the desk takes."),
    ],
    ids=["gone", "empty", "program", "large"],
)
def test_what_is_refused_says_why_and_keeps_no_bytes(photo, provider, settings, answer, why):
    settings.LARGEST_FILE = 1000
    provider.answer = answer
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.why, bool(photo.file)) == ("refused", why, False)


def test_a_channel_that_was_disconnected(photo, provider):
    Connector.objects.all().delete()
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert photo.why == "Its channel is not connected any more."


def test_the_thread_names_it_until_it_is_here(photo, client, ada):
    client.force_login(ada)
    page = client.get(f"/conversations/{photo.message.conversation_id}/").content.decode()
    assert 'data-file="waiting"' in page and "on its way" in page
    assert client.get(f"/files/{photo.pk}/").status_code == 404


@pytest.fixture
def clamd(settings):
    """Speaks INSTREAM as clamd does; finds the test virus that every scanner knows."""
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    thread = threading.Thread(target=_scan, args=(server,), daemon=True)
    thread.start()
    yield server
    server.shutdown(socket.SHUT_RDWR)  # closing alone does not wake whoever waits in accept
    server.close()
    thread.join(5)


def _scan(server):
    while True:
        try:
            caller, _address = server.accept()
        except OSError:
            return
        with caller, caller.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            body = b""
            while size := struct.unpack("!I", stream.read(4))[0]:
                body += stream.read(size)
            caller.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in body else b"stream: OK\0")


def test_a_scanner_looks_through_what_came(photo, provider, clamd):
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert photo.state == "whole"


def test_what_a_scanner_finds_is_not_kept(photo, provider, clamd):
    provider.answer = Fetched(EICAR * 3000, "application/pdf", "bill.pdf")
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.why) == ("refused", "A virus was found in it: Eicar-Signature.")
    assert not photo.file


def test_a_scanner_that_is_away_is_waited_for(photo, provider, settings):
    settings.CLAMD = "tcp://127.0.0.1:1"
    files.fetch(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.why) == ("waiting", "It waits for the virus scanner.")


def test_with_a_scanner_what_is_at_hand_waits_for_it_too(clamd, settings):
    channel = Channel.objects.create(name="Mail", medium="email", address="help@shop.example")
    Connector.objects.create(name="Mail", adapter="imap", channel=channel)
    bill = InboundAttachment("bill.pdf", "application/pdf", len(EICAR), read=lambda: EICAR)
    handle = Handle(Kind.EMAIL, "ann@example.com")
    message = receive(InboundMessage(channel.pk, "<1@a>", (handle,), "Here", timezone.now(), attachments=(bill,)))
    attachment = message.attachments.get()
    assert attachment.state == "waiting"
    files.fetch(attachment.pk)
    attachment.refresh_from_db()
    assert attachment.state == "refused" and not attachment.file
