"""Where an e-mail service has its own way: Mailjet names every mail itself, Brevo keeps the files of a mail."""

import json
import threading
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Conversation, Delivery, Message
from conversations.outbound.compose import reply
from integrations.inbound.process import process, replay
from integrations.models import Connector, RawEvent
from integrations.outbound.deliver import deliver
from tests.adapters.esp_payloads import brevo, mailjet, mailjet_report, post, report, service
from tests.conftest import from_ann

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


class Service(BaseHTTPRequestHandler):
    """Mailjet's Send API, as strict on headers as it is, and Brevo's API of files."""

    def do_POST(self):  # noqa: N802
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.sent.append(sent)
        forbidden = [name for name in self.headers_of(sent) if name.lower() in ("message-id", "reply-to", "from", "to")]
        if forbidden:
            error = {"ErrorCode": "send-0011", "StatusCode": 400, "ErrorMessage": "Header cannot be customized"}
            return self.say(400, json.dumps({"Messages": [{"Status": "error", "Errors": [error]}]}).encode())
        to = [{"Email": "ann@home.example", "MessageID": 7, "MessageUUID": "u", "MessageHref": "h"}]
        answer = {"Messages": [{"Status": "success", "CustomID": "", "To": to, "Cc": [], "Bcc": []}]}
        self.say(200, json.dumps(answer).encode())

    def headers_of(self, sent):
        return [name for each in [sent.get("Globals", {}), *sent["Messages"]] for name in each.get("Headers", {})]

    def do_GET(self):  # noqa: N802
        self.server.asked.append((self.path, self.headers.get("api-key")))
        status, kind, content = self.server.files.get(self.path, (404, "application/json", b'{"code":"not_found"}'))
        self.say(status, content, kind)

    def say(self, status, content, kind="application/json"):
        self.send_response(status)
        self.send_header("Location" if status == 302 else "Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.sent, server.asked, server.files = [], [], {}
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


# -- Mailjet


@pytest.fixture
def answer(mail, ada, api):
    """Ada's answer to Ann, sent by Mailjet."""
    service(mail, "mailjet", api_url=api.url)
    question = receive(from_ann(mail, "My kettle leaks.", subject="A kettle", external_id="q1@home.example"))
    message = reply(
        question.conversation, html="<p>A new one comes.</p>", by=ada, channel=mail, identity=question.identity,
        client_id=uuid.uuid4(),
    )  # fmt: skip
    Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    delivery = deliver(message.delivery.pk)
    assert delivery.status == "sent", delivery.error
    return delivery


def sent_to_mailjet(api):
    (sent,) = api.sent
    (message,) = sent["Messages"]
    return {**sent["Globals"], **message}


def test_mailjet_carries_our_name_of_the_mail_where_it_may(api, answer):
    sent = sent_to_mailjet(api)
    assert sent["CustomID"] == answer.external_id
    assert sent["Headers"]["In-Reply-To"] == "<q1@home.example>"
    assert sent["Headers"]["References"] == f"<q1@home.example> <{answer.external_id}>"
    assert f"+c{answer.conversation_id}." in sent["ReplyTo"]["Email"]


def from_elsewhere(**changed):
    """Ann answers from her work, to a mail that Mailjet named."""
    payload = mailjet()
    payload["Headers"] |= {
        "From": ["Ann <ann@work.example>"],
        "Message-ID": ["<a1@work.example>"],
        "In-Reply-To": ["<eb1f4c05.AAAA.BBBB@mailjet.com>"],
        **changed.pop("headers", {}),
    }
    return {**payload, "Sender": "ann@work.example", "From": "Ann <ann@work.example>", **changed}


def test_answer_to_mailjets_mail_finds_its_conversation_by_the_plus_address(api, answer):
    to = sent_to_mailjet(api)["ReplyTo"]["Email"]
    post(Connector.objects.get(), from_elsewhere(Recipient=to, headers={"To": [to]}), as_json=True)
    assert Message.objects.get(external_id="a1@work.example").conversation_id == answer.conversation_id


@pytest.mark.parametrize("is_named", [True, False])
def test_late_answer_to_mailjets_mail_finds_its_conversation_by_what_it_refers_to(api, answer, is_named):
    long_ago = timezone.now() - timedelta(days=90)
    Conversation.objects.update(status="resolved", resolved_at=long_ago, last_message_at=long_ago)
    # Mail programs put the References of the mail they answer, and its own name, into theirs (RFC 5322, 3.6.4).
    named = sent_to_mailjet(api)["Headers"]["References"].split()[-1] + " " if is_named else ""
    payload = mailjet()
    payload["Headers"] |= {
        "Message-ID": ["<late@home.example>"],
        "In-Reply-To": ["<eb1f4c05.AAAA.BBBB@mailjet.com>"],
        "References": [f"{named}<eb1f4c05.AAAA.BBBB@mailjet.com>"],
    }
    post(Connector.objects.get(), payload, as_json=True)
    joined = Message.objects.get(external_id="late@home.example").conversation_id == answer.conversation_id
    assert joined == is_named


def test_report_of_mailjet_names_the_mail_by_its_custom_id(api, answer):
    (row,) = mailjet_report(answer, "delivered")
    row |= {"CustomID": answer.external_id, "Payload": ""}
    assert report(Connector.objects.get(), "mailjet", [row]) == 200
    answer.refresh_from_db()
    assert answer.status == "delivered"


# -- Brevo


def with_file(token="tok/en=", name="photo.png"):
    payload = brevo()
    payload["items"][0]["Attachments"] = [
        {"Name": name, "ContentType": "image/png", "ContentLength": 4, "ContentID": "p1", "DownloadToken": token}
    ]
    return payload


def received(connector, **changed):
    assert post(connector, with_file(**changed), as_json=True) == 200
    return RawEvent.objects.get()


FILE = "/inbound/attachments/tok%2Fen%3D"


def test_file_of_a_mail_is_fetched_with_the_desks_key(mail, api):
    api.files[FILE] = (200, "image/png", b"\x89PNG")
    assert received(service(mail, "brevo", api_url=api.url)).state == "done"
    attachment = Message.objects.get().attachments.get()
    assert (attachment.name, attachment.content_type, attachment.file.read()) == ("photo.png", "image/png", b"\x89PNG")
    assert api.asked == [(FILE, "key")]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_file_that_is_gone_leaves_the_mail_and_a_line_in_its_place(mail, api, status):
    api.files[FILE] = (status, "application/json", b"{}")
    assert received(service(mail, "brevo", api_url=api.url)).state == "done"
    attachment = Message.objects.get().attachments.get()
    assert attachment.name == "photo.png.txt"
    assert "no longer has the file “photo.png”" in attachment.file.read().decode()


@pytest.mark.parametrize(
    ("status", "words"), [(500, "now (500)"), (429, "now (429)"), (401, "does not know the desk's key")]
)
def test_file_that_is_not_handed_out_now_is_asked_for_again_and_the_mail_is_there_once(mail, api, status, words):
    api.files[FILE] = (status, "application/json", b"{}")
    raw = received(service(mail, "brevo", api_url=api.url))
    assert raw.state == "kept"
    assert words in raw.error
    assert not Message.objects.exists()
    for _ in range(4):
        process(raw.pk)
    assert RawEvent.objects.get().state == "aside"
    api.files[FILE] = (200, "image/png", b"\x89PNG")
    assert replay(RawEvent.objects.get()).state == "done"
    assert Message.objects.get().attachments.get().name == "photo.png"


def test_api_that_is_gone_loses_no_mail(mail, api):
    api.shutdown()
    api.server_close()
    raw = received(service(mail, "brevo", api_url=api.url))
    assert raw.state == "kept"
    assert "does not hand out the file" in raw.error


def test_where_brevo_sends_us_on_the_key_stays_behind(mail, api):
    api.files |= {FILE: (302, f"{api.url}elsewhere", b""), "/elsewhere": (200, "image/png", b"\x89PNG")}
    assert received(service(mail, "brevo", api_url=api.url)).state == "done"
    assert api.asked == [(FILE, "key"), ("/elsewhere", None)]


def test_nobody_is_sent_on_into_our_own_network(mail, api, settings):
    settings.LOCAL = False
    api.files |= {FILE: (302, f"{api.url}secrets", b""), "/secrets": (200, "image/png", b"our secret")}
    raw = received(service(mail, "brevo", api_url=api.url))
    assert raw.state == "kept"
    assert set(api.asked) == {(FILE, "key")}


def test_token_cannot_leave_the_folder_of_files(mail, api):
    received(service(mail, "brevo", api_url=api.url), token="../../account?x=")
    assert [path for path, _ in api.asked] == ["/inbound/attachments/..%2F..%2Faccount%3Fx%3D"]


def test_file_that_never_ends_is_cut(mail, api, monkeypatch):
    monkeypatch.setattr("integrations.adapters.media.email.esp_files.LARGEST_BYTES", 1000)
    api.files[FILE] = (200, "image/png", b"x" * 2000)
    assert received(service(mail, "brevo", api_url=api.url)).state == "done"
    assert "larger than the desk takes" in Message.objects.get().attachments.get().file.read().decode()
