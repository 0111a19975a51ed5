"""A mail of 25 MB is in memory once as it came, and once as its file, on all its way into a thread."""

import base64
import hashlib
import random
from pathlib import Path

import pytest
from django.utils import timezone

from conversations.models import Attachment
from integrations.adapters.media.email.imap import Found, open_mailbox
from integrations.bodies import LARGE, SLICE
from integrations.inbound.arrival import Arrival
from integrations.inbound.mailbox import fetch_new, keep_each, keep_mail
from integrations.inbound.process import process
from integrations.models import RawEvent
from integrations.simulators.mail_servers import MailServers
from tests.adapters.esp_payloads import service
from tests.mailing import connect

pytestmark = pytest.mark.django_db

FILE = 25_000_000
SPARE = 12_000_000  # for slices on their way, and whatever else stirs meanwhile


@pytest.fixture
def mailbox(mail):
    return connect(mail)


class Folder:
    """A folder on a server, as far as fetching asks for it, and the mails in it as files."""

    uidvalidity = 1

    def __init__(self, paths):
        self.paths = paths
        self.uidnext = len(paths) + 1

    def after(self, uid):
        sizes = [path.stat().st_size for path in self.paths]
        return [Found(number, size, timezone.now()) for number, size in enumerate(sizes, start=1) if number > uid]

    def read(self, uids):
        return {uid: self.paths[uid - 1].read_bytes() for uid in uids}


def mail_with(file, *, name="1"):
    """The bytes of a mail with this file, of lines that end as on the wire."""
    head = (
        f"From: Ann Bell <ann@home.example>\nTo: support@hollinfell.example\nMessage-ID: <{name}@home.example>\n"
        "Subject: The scans\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nAs you asked.\n"
        "--b\nContent-Type: application/pdf; name=scans.pdf\nContent-Transfer-Encoding: base64\n\n"
    )
    return (head.encode() + base64.encodebytes(file) + b"--b--\n").replace(b"\n", b"\r\n")


def noise(size):
    """What PostgreSQL cannot press together."""
    return random.Random(size).randbytes(size)


def peak_of(act):
    """How many bytes the process grew by, at most, while it acted; a 5 has its high-water mark begin anew (proc(5))."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _bytes("VmRSS")
    done = act()
    return done, _bytes("VmHWM") - before


def _bytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def test_a_mail_of_25_mb_is_in_memory_once_and_so_is_its_file(mailbox, tmp_path):
    paths = [tmp_path / "1.eml", tmp_path / "2.eml"]
    for path, size in zip(paths, (FILE, FILE // 2), strict=True):
        path.write_bytes(mail_with(noise(size), name=str(size)))
    mail = paths[0].stat().st_size
    process(keep_mail(mailbox, mail_with(b"small", name="small"))[0].pk)  # what is imported for it is there already
    new, fetching = peak_of(lambda: fetch_new(mailbox, Folder(paths)))
    _, first, second = RawEvent.objects.order_by("pk")
    done, processing = peak_of(lambda: process(first.pk).state)
    assert (new, done) == (2, "done")
    assert fetching < mail + SPARE
    assert processing < mail + FILE + SPARE
    assert second.body == paths[1].read_bytes()
    with Attachment.objects.get(size__gt=LARGE).file.open() as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(noise(FILE)).digest()


@pytest.mark.parametrize("size", [LARGE, LARGE + 1, 2 * SLICE, 2 * SLICE + 1])
def test_a_body_of_any_size_is_kept_once_and_comes_back_byte_for_byte(mailbox, size):
    arrival = Arrival("order\\7\t@home.example", "of it", noise(size), "mail", {"told": "Zoë \\ \n"})
    assert keep_each([(mailbox, arrival)]) == {mailbox.pk}
    assert keep_each([(mailbox, arrival)]) == set()
    raw = RawEvent.objects.get()
    assert (raw.external_id, raw.kind, raw.state, raw.tries, raw.error) == (arrival.message_id, "mail", "kept", 0, "")
    assert raw.headers == {"told": "Zoë \\ \n", "digest": "of it"} and raw.received_at
    assert raw.body == arrival.body
    raw.save()
    assert RawEvent.objects.defer("body").get().body == arrival.body


def test_a_large_mail_whose_name_another_has_is_kept_beside_it(mailbox):
    first, again = (keep_mail(mailbox, mail_with(noise(LARGE)))[1] for _ in range(2))
    other, is_new = keep_mail(mailbox, mail_with(noise(LARGE + 3)))
    assert (first, again, is_new) == (True, False, True)
    assert other.external_id.startswith("1@home.example#") and RawEvent.objects.count() == 2


def test_a_mail_that_a_service_hands_on_is_not_parsed_by_others_too(mail):
    size, connector = 10_000_000, service(mail, "mailgun")
    told = {"recipient": "support@hollinfell.example", "timestamp": "1700000000"}
    small, large = (form(told | {"body-mime": mail_with(noise(each), name=str(each))}) for each in (1, size))
    for number, body in enumerate((small, large)):
        headers = {"content_type": "multipart/form-data; boundary=X"}
        keep_each([(connector, Arrival(f"{number}@home.example", str(number), body, "", headers))])
    first, second = RawEvent.objects.order_by("pk").values_list("pk", flat=True)
    process(first)
    done, processing = peak_of(lambda: process(second).state)
    assert done == "done" and Attachment.objects.filter(size=size).exists()
    assert processing < 3 * len(large) + SPARE  # the form, the mail in it, and its file or its letters


def form(fields):
    """As multipart/form-data, with X between the fields."""
    head = '--X\r\nContent-Disposition: form-data; name="{}"\r\n\r\n'
    parts = [
        head.format(name).encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--X--\r\n"


def test_what_is_fetched_is_not_written_out_for_the_log_of_imaplib(mail):
    with MailServers({"support@hollinfell.example"}) as servers, open_mailbox(connect(mail, servers)) as opened:
        written = []
        opened._client._imap._mesg = written.append
        servers.put(mail_with(b"A scan of the receipt"))
        opened._client.noop()
        [found] = opened.after(0)
        assert b"As you asked" in opened.read([found.uid])[found.uid]
        assert written and not any("As you asked" in str(line) for line in written)
