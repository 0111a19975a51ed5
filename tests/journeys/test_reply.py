"""An agent's answer, from the composer to the outbox: once, undone, later, and not over a colleague's head."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Attachment, Delivery, Draft, Message, Status
from conversations.outbound.compose import reply
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


@pytest.fixture
def asked(mail):
    return receive(from_ann(mail, "Where is my parcel?", subject="Parcel"))


@pytest.fixture
def conversation(asked):
    return asked.conversation


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def form(conversation, mail, **fields):
    identity = conversation.customer.identities.get()
    newest = conversation.messages.order_by("-pk").first()
    return {
        "html": "<p>It comes <b>today</b>.</p>",
        "client_id": str(uuid4()),
        "channel": f"{mail.pk}:{identity.pk}",
        "last_seen": newest.pk,
        "quote": "1",
        **fields,
    }


def send(desk, conversation, data, **headers):
    return desk.post(f"/conversations/{conversation.pk}/replies/", data, **(headers or HTMX))


def test_a_reply_is_queued_for_the_seconds_of_undo(desk, conversation, mail, ada):
    answer = send(desk, conversation, form(conversation, mail))
    assert answer.status_code == 200
    message = conversation.messages.get(kind="outbound")
    assert (message.author, message.text, message.channel) == (ada, "It comes today.", mail)
    delivery = message.delivery
    assert delivery.status == "queued" and not delivery.cancel_on_reply
    assert 5 < (delivery.due_at - timezone.now()).total_seconds() <= 8
    assert b'class="toast"' in answer.content and f"/deliveries/{delivery.pk}/".encode() in answer.content
    conversation.refresh_from_db()
    assert conversation.waiting_since is None


def test_without_htmx_the_form_leads_back_to_the_conversation(desk, conversation, mail):
    data = {**form(conversation, mail), "html": "", "text": "Plain <words>\n\nand more"}
    answer = send(desk, conversation, data, HTTP_ACCEPT="text/html")
    assert answer.status_code == 302 and answer["Location"] == f"/conversations/{conversation.pk}/"
    assert conversation.messages.get(kind="outbound").text == "Plain <words>\n\nand more"


def test_a_double_click_is_one_message(desk, conversation, mail):
    data = form(conversation, mail)
    assert send(desk, conversation, data).status_code == 200
    assert send(desk, conversation, data).status_code == 200
    assert conversation.messages.filter(kind="outbound").count() == Delivery.objects.count() == 1


def test_undo_takes_it_back_and_the_words_return_to_the_composer(desk, conversation, asked, mail, ada):
    send(desk, conversation, form(conversation, mail, then="resolve"))
    conversation.refresh_from_db()
    assert conversation.status == Status.RESOLVED
    delivery = Delivery.objects.get()
    answer = desk.post(f"/deliveries/{delivery.pk}/", {"_method": "DELETE", "reopen": "1"}, **HTMX)
    assert answer.status_code == 200 and b"It comes &lt;b&gt;today" in answer.content
    delivery.refresh_from_db()
    conversation.refresh_from_db()
    assert delivery.status == "cancelled" and conversation.status == Status.OPEN
    assert conversation.waiting_since == asked.created_at
    assert Draft.objects.get(agent=ada, mode="reply").html == "<p>It comes <b>today</b>.</p>"


def test_undo_comes_too_late_once_a_worker_has_it(desk, conversation, mail):
    send(desk, conversation, form(conversation, mail))
    Delivery.objects.update(status="sending", tries=1)
    answer = desk.delete(f"/deliveries/{Delivery.objects.get().pk}/", **HTMX)
    assert "Too late" in answer.content.decode()
    assert Delivery.objects.get().status == "sending" and not Draft.objects.exists()


def test_send_later_waits_and_is_taken_back_when_the_customer_writes_first(desk, conversation, mail, ada):
    ada.timezone = "America/New_York"
    ada.save()
    later = (timezone.now() + timedelta(days=1)).replace(hour=14, minute=30, second=0, microsecond=0)
    answer = send(desk, conversation, form(conversation, mail, send_at=later.strftime("%Y-%m-%dT") + "09:30"))
    delivery = Delivery.objects.get()
    assert answer.status_code == 200 and delivery.cancel_on_reply
    assert delivery.due_at == later, "09:30 in New York in November is 14:30 UTC"
    receive(from_ann(mail, "It has arrived, thanks"))
    delivery.refresh_from_db()
    assert delivery.status == "cancelled" and delivery.error


def test_a_time_that_has_passed_is_refused_beside_the_field(desk, conversation, mail):
    answer = send(desk, conversation, form(conversation, mail, send_at="2020-01-01T10:00"))
    assert answer.status_code == 422 and b"That time has passed" in answer.content
    assert not Delivery.objects.exists()


def test_a_colleagues_fresh_answer_is_shown_before_mine_goes(desk, conversation, mail, grace):
    data = form(conversation, mail)
    theirs = reply(
        conversation,
        html="<p>Already on its way</p>",
        by=grace,
        channel=mail,
        identity=conversation.customer.identities.get(),
        client_id=uuid4(),
    )
    answer = send(desk, conversation, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Grace Lind has just replied" in page and "Already on its way" in page
    assert "It comes &lt;b&gt;today" in page, "my words are still there"
    assert data["client_id"] in page and list(conversation.messages.filter(kind="outbound")) == [theirs]
    assert send(desk, conversation, {**data, "anyway": "1"}).status_code == 200
    assert conversation.messages.filter(kind="outbound").count() == 2


def test_a_colleagues_answer_taken_back_stops_nobody(desk, conversation, mail, grace):
    data = form(conversation, mail)
    identity = conversation.customer.identities.get()
    reply(conversation, html="<p>Hm</p>", by=grace, channel=mail, identity=identity, client_id=uuid4())
    Delivery.objects.update(status="cancelled")
    assert send(desk, conversation, data).status_code == 200


def test_discarding_mine_leaves_an_empty_composer(desk, conversation, ada):
    Draft.objects.create(conversation=conversation, agent=ada, mode="reply", html="<p>Mine</p>")
    path = f"/conversations/{conversation.pk}/drafts/reply/"
    answer = desk.post(path, {"_method": "DELETE", "then": "composer"}, **HTMX)
    assert b'id="composer"' in answer.content and b"Mine" not in answer.content
    assert not Draft.objects.exists()


def test_copies_quote_and_signature_go_along_as_chosen(desk, conversation, mail):
    send(
        desk, conversation, form(conversation, mail, cc="Bob <bob@home.example>; cy@home.example", bcc="d@home.example")
    )
    details = conversation.messages.get(kind="outbound").details
    assert details["cc"] == ["Bob <bob@home.example>", "cy@home.example"] and details["bcc"] == ["d@home.example"]
    assert details["quote"] is True and details["signature"] is False


def test_a_wrong_copy_is_named_beside_its_field(desk, conversation, mail):
    answer = send(desk, conversation, form(conversation, mail, cc="bob at home"))
    assert answer.status_code == 422 and "“bob at home” is not an email address." in answer.content.decode()


def test_an_empty_reply_is_refused(desk, conversation, mail):
    answer = send(desk, conversation, form(conversation, mail, html="<p><br></p>"))
    assert answer.status_code == 422 and b"Write something first." in answer.content


def test_nothing_that_runs_leaves_the_composer(desk, conversation, mail):
    send(desk, conversation, form(conversation, mail, html='<p onclick="x()">Hi<script>x()</script></p>'))
    assert conversation.messages.get(kind="outbound").html == "<p>Hi</p>"


def test_an_address_of_another_customer_cannot_be_written_to(desk, conversation, mail):
    other = receive(from_ann(mail, "Hi", address="cy@else.example"))
    answer = send(desk, conversation, form(conversation, mail, channel=f"{mail.pk}:{other.identity_id}"))
    assert answer.status_code == 422 and not Delivery.objects.exists()


def test_who_may_not_see_the_conversation_finds_nothing(client, conversation, mail, linus):
    client.force_login(linus)
    for path in ("replies", "notes", "drafts/reply", "closure", "assignment", "splits", "merges"):
        assert client.post(f"/conversations/{conversation.pk}/{path}/", form(conversation, mail)).status_code == 404
    assert not Delivery.objects.exists()


def test_a_pasted_picture_goes_along_inline(desk, conversation, mail, ada):
    chip = desk.post("/files/", {"upload": SimpleUploadedFile("a.png", PIXEL, "image/png"), "mode": "reply"})
    picture = Attachment.objects.get()
    assert chip.status_code == 201 and f'data-image="/files/{picture.pk}/"' in chip.content.decode()
    send(desk, conversation, form(conversation, mail, html=f'<p>Look <img src="/files/{picture.pk}/" alt="a"></p>'))
    message = conversation.messages.get(kind="outbound")
    picture.refresh_from_db()
    assert picture.message == message and picture.is_inline
    assert f'src="cid:{picture.content_id}"' in message.html


def test_files_of_others_are_neither_seen_nor_sent(desk, conversation, mail, grace):
    hers = Attachment(uploaded_by=grace, name="secret.png", content_type="image/png", size=3)
    hers.file.save("x", ContentFile(b"abc"))
    assert desk.get(f"/files/{hers.pk}/").status_code == 404
    assert desk.delete(f"/files/{hers.pk}/").status_code == 404
    send(desk, conversation, form(conversation, mail, file=str(hers.pk), html=f'<p>x<img src="/files/{hers.pk}/"></p>'))
    hers.refresh_from_db()
    assert hers.message is None


def test_a_file_that_lies_about_being_a_picture_is_never_shown_as_one(desk):
    desk.post("/files/", {"upload": SimpleUploadedFile("a.png", b"<svg onload=x()>", "image/png")})
    answer = desk.get(f"/files/{Attachment.objects.get().pk}/")
    assert answer["Content-Type"] == "application/octet-stream" and "attachment" in answer["Content-Disposition"]


def test_a_dropped_file_is_gone_but_not_what_a_message_still_holds(desk, conversation, mail):
    desk.post("/files/", {"upload": SimpleUploadedFile("a.txt", b"hello", "text/plain")})
    kept = Attachment.objects.get()
    send(desk, conversation, form(conversation, mail, file=str(kept.pk)))
    desk.delete(f"/deliveries/{Delivery.objects.get().pk}/", **HTMX)
    copy = Attachment.objects.get(message=None)
    assert copy.file.name == kept.file.name
    assert desk.delete(f"/files/{copy.pk}/").status_code == 200
    assert kept.file.storage.exists(kept.file.name)


def test_retry_is_a_new_attempt_of_what_failed(desk, conversation, mail):
    send(desk, conversation, form(conversation, mail))
    Delivery.objects.update(status="failed", tries=3, error="No such box")
    assert desk.post(f"/deliveries/{Delivery.objects.get().pk}/attempts/", **HTMX).status_code == 200
    again = Delivery.objects.get()
    assert (again.status, again.tries, again.error) == ("queued", 1, "")  # tried before: too late to take it back


def test_a_note_has_an_address_of_its_own_and_no_delivery(desk, conversation):
    answer = desk.post(
        f"/conversations/{conversation.pk}/notes/", {"html": "<p>Between us</p>", "client_id": str(uuid4())}, **HTMX
    )
    assert answer.status_code == 200 and not Delivery.objects.exists()
    assert Message.objects.get(kind="note").channel is None
