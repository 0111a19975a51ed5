"""One conversation on the page: its timeline, its foldings, its states, and catching up."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations import timeline
from conversations.envelopes import DeliveryReport, Segment
from conversations.inbound.receive import receive
from conversations.models import (
    Activity,
    Attachment,
    Conversation,
    Delivery,
    Draft,
    Mention,
    Message,
    MessageEdit,
    ReadMark,
    Tag,
)
from conversations.opening import opened
from conversations.outbound.compose import note, reply
from conversations.outbound.outbox import settle
from customers.models import Claim
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada)
    return client


def page(client, conversation, **query):
    response = client.get(f"/conversations/{conversation.pk}/", query)
    assert response.status_code == 200
    return response.content.decode()


def ids(html):
    return re.findall(r'id="((?:message|activity)-\d+)"', html)


def test_what_was_said_and_what_happened_stand_in_order_of_time(signed_in, ada, mail):
    now = timezone.now()
    first = receive(from_ann(mail, "One", at=now - timedelta(hours=3)))
    happened = Activity.objects.create(
        conversation=first.conversation, verb="assigned", by=ada, to="Ada", created_at=now - timedelta(hours=2)
    )
    second = receive(from_ann(mail, "Two", at=now - timedelta(hours=1)))
    expected = [f"message-{first.pk}", f"activity-{happened.pk}", f"message-{second.pk}"]
    assert ids(page(signed_in, first.conversation)) == expected


def test_a_long_thread_is_read_backwards_without_gap_or_repeat(ada, mail):
    moment = timezone.now()
    conversation = receive(from_ann(mail, "First", at=moment - timedelta(days=1))).conversation
    for number in range(70):  # all at the same moment, as an import leaves them
        Message.objects.create(conversation=conversation, kind="inbound", text=f"{number}", created_at=moment)
        Activity.objects.create(conversation=conversation, verb="tagged", created_at=moment)
    seen, before = [], ""
    while True:
        part = timeline.newest(conversation, before=before)
        seen = [timeline.order(event) for event in part.events] + seen
        before = part.before
        if not before:
            break
    assert len(seen) == 141 and seen == sorted(set(seen))


def test_the_thread_asks_the_same_queries_for_two_messages_and_for_forty(signed_in, mail):
    taken = []
    for many in (2, 38):
        for number in range(many):
            message = receive(from_ann(mail, f"{many} {number}"))
        page(signed_in, message.conversation)
        with CaptureQueriesContext(connection) as queries:
            page(signed_in, message.conversation)
        taken.append(len(queries))
    assert taken[0] == taken[1]


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
@pytest.mark.parametrize("many", [5, 200])
def test_a_thread_takes_at_most_twelve_queries_and_sixty_kilobytes(many, headers, signed_in, ada, mail):
    conversation = receive(from_ann(mail)).conversation
    conversation.tags.add(Tag.objects.create(name="vip"))
    conversation.participants.create(email="bob@home.example")
    moment = timezone.now()
    for number in range(many - 1):
        Message.objects.create(conversation=conversation, kind="inbound", text=f"{number}", created_at=moment)
    where = f"/conversations/{conversation.pk}/"
    signed_in.get(where)
    with CaptureQueriesContext(connection) as queries:
        answer = signed_in.get(where, **headers)
    html = answer.content.decode()
    assert len(queries) <= 12 and f">{many - 2}<" in html and "vip" in html and "bob@home.example" in html
    assert many > 5 or len(answer.content) <= 60_000


def test_what_few_threads_have_is_asked_for_where_it_is(signed_in, ada, mail):
    first = receive(from_ann(mail, "My lamp is broken."))
    conversation = first.conversation
    other = Conversation.objects.create(customer=conversation.customer, subject="The other lamp")
    Claim.objects.create(customer=conversation.customer, kind="email", value="ann@work.example", source="chat")
    Draft.objects.create(conversation=conversation, agent=ada, mode="reply", html="<p>Half an answer</p>")
    file = Attachment(message=first, name="lamp.png", content_type="image/png", size=3)
    file.file.save("lamp.png", ContentFile(b"abc"))
    remark = note(conversation, html="<p>New wording</p>", by=ada, client_id=uuid.uuid4())
    MessageEdit.objects.create(message=remark, text="Old wording", by=ada)
    html = page(signed_in, conversation)
    for shown in ("lamp.png", "Old wording", "Half an answer", "ann@work.example", f"/conversations/{other.pk}/"):
        assert shown in html


def test_a_part_of_the_timeline_takes_at_most_twelve_queries(signed_in, mail):
    conversation = receive(from_ann(mail)).conversation
    with CaptureQueriesContext(connection) as queries:
        page(signed_in, conversation, before="")
    assert len(queries) <= 12


def test_quotes_and_signature_fold_and_words_between_them_stay(signed_in, mail):
    parts = (Segment("said", "Yes to this:"), Segment("quote", "> a large?"), Segment("said", "But in moss."),
             Segment("signature", "Ann Bell, Home"))  # fmt: skip
    html = page(signed_in, receive(from_ann(mail, "Yes to this: But in moss.", segments=parts)).conversation)
    shown = re.sub(r'<details class="fold">.*?</details>', "", html, flags=re.DOTALL)
    assert "Yes to this:" in shown and "But in moss." in shown
    assert "a large?" not in shown and "a large?" in html and "Ann Bell, Home" in html
    assert html.index("Yes to this:") < html.index("a large?") < html.index("But in moss.")


def test_foreign_markup_is_words(signed_in, mail):
    html = page(signed_in, receive(from_ann(mail, "<script>alert(1)</script>", subject="<b>x")).conversation)
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html and "<b>x" not in html


def test_a_failed_delivery_shows_its_reason_and_a_way_to_try_again(signed_in, ada, mail):
    inbound = receive(from_ann(mail))
    said = reply(inbound.conversation, html="<p>Hi</p>", by=ada, channel=mail, identity=inbound.identity,
                 client_id=uuid.uuid4())  # fmt: skip
    settle(said.delivery, DeliveryReport(Delivery.Status.FAILED, error="Their mailbox is full."))
    html = page(signed_in, inbound.conversation)
    assert 'data-state="failed"' in html and "Their mailbox is full." in html
    assert f'action="/deliveries/{said.delivery.pk}/attempts/"' in html


def test_an_unverified_sender_and_an_automatic_reply_are_marked(signed_in, mail):
    html = page(signed_in, receive(from_ann(mail, is_automatic=True, is_unverified=True)).conversation)
    assert "Sender not verified" in html and "Automatic" in html


def test_catching_up_brings_what_is_new_and_what_changed_and_nothing_else(signed_in, ada, mail):
    first = receive(from_ann(mail, "Before"))
    said = reply(first.conversation, html="<p>Hi</p>", by=ada, channel=mail, identity=first.identity,
                 client_id=uuid.uuid4())  # fmt: skip
    known = timeline.stamp(first.conversation)
    assert ids(page(signed_in, first.conversation, since=known)) == []
    later = receive(from_ann(mail, "After"))
    settle(said.delivery, DeliveryReport(Delivery.Status.SENT))
    assert set(ids(page(signed_in, first.conversation, since=known))) == {f"message-{said.pk}", f"message-{later.pk}"}


def test_opening_marks_read_and_clears_mentions(signed_in, ada, grace, mail):
    conversation = receive(from_ann(mail)).conversation
    note(conversation, html="<p>@Ada</p>", by=grace, client_id=uuid.uuid4(), mentions=[ada])
    page(signed_in, conversation)
    assert ReadMark.objects.filter(conversation=conversation, agent=ada).count() == 1
    assert not Mention.objects.filter(agent=ada, read_at=None).exists()
    assert rows_in(signed_in, "mentions") == []


def rows_in(client, view):
    return [row.pk for row in client.get(f"/inbox/{view}/").context["rows"]]


def test_htmx_gets_the_thread_alone_and_a_browser_the_page(signed_in, mail):
    conversation = receive(from_ann(mail)).conversation
    fragment = signed_in.get(f"/conversations/{conversation.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype" not in fragment and 'id="timeline"' in fragment and 'hx-swap-oob="outerHTML"' in fragment
    assert "<!doctype" in page(signed_in, conversation)


def test_a_mails_html_is_framed_with_a_policy_that_loads_and_runs_nothing(signed_in, mail):
    message = receive(
        from_ann(mail, html='<p onclick="x()">Hi<script>alert(1)</script><img src="https://e.example/p.png">')
    )
    closed = signed_in.get(f"/messages/{message.pk}/html/")
    policy = closed["Content-Security-Policy"]
    assert (
        "default-src 'none'" in policy
        and "sandbox" in policy
        and "https:" not in policy.split("img-src")[1].split(";")[0]
    )
    assert b"<script" not in closed.content and b"onclick" not in closed.content
    assert closed["X-Frame-Options"] == "SAMEORIGIN"
    opened = signed_in.get(f"/messages/{message.pk}/html/?images=1")["Content-Security-Policy"]
    assert "https:" in opened.split("img-src")[1].split(";")[0] and "script-src" not in opened


def test_inline_pictures_come_with_a_signature_and_not_without(signed_in, client, mail):
    message = receive(from_ann(mail, html='<p><img src="cid:pic@x"><img src="cid:gone@x"></p>'))
    file = Attachment(
        message=message, name="p.png", content_type="image/png", size=4, content_id="pic@x", is_inline=True
    )
    file.file.save("p", ContentFile(b"\x89PNG"))
    html = signed_in.get(f"/messages/{message.pk}/html/").content.decode()
    address = re.search(r'src="http://testserver(/pictures/[^"]+)"', html)[1]
    assert "cid:" not in html
    client.logout()  # the sandboxed frame sends no cookie
    assert client.get(address).status_code == 200
    assert client.get(address.replace(f"/{file.pk}:", f"/{file.pk + 1}:")).status_code == 404


def test_what_one_query_brought_along_is_what_the_rows_say(ada, mail):
    """PostgreSQL orders the keys of JSON its own way; each must end in its own column."""
    conversation = receive(from_ann(mail)).conversation
    Claim.objects.create(customer=conversation.customer, kind="phone", value="+441539", source="typed")
    conversation.tags.add(Tag.objects.create(name="vip"))
    conversation.participants.create(email="bo@home.example", name="Bo")
    known = opened(ada, conversation.pk, among=Conversation.objects.visible_to(ada))
    theirs = list(known.conversation.customer.identities.all())
    for shown, rows in (
        (theirs, conversation.customer.identities),
        (known.claims, conversation.customer.claims),
        (known.tags, conversation.tags),
        (known.participants, conversation.participants),
    ):
        assert shown
        for one, row in zip(shown, rows.order_by("pk"), strict=True):
            loaded = {name: value for name, value in vars(one).items() if not name.startswith("_")}
            assert loaded and loaded == {name: getattr(row, name) for name in loaded}


@pytest.mark.parametrize("html", ["", "<p>Hello</p>"])
def test_the_original_of_every_mail_can_be_downloaded(signed_in, mail, html):
    said = receive(from_ann(mail, "Hello", html=html))
    page = signed_in.get(f"/conversations/{said.conversation_id}/").content.decode()
    assert re.search(rf'href="/messages/{said.pk}/original/" download', page)
