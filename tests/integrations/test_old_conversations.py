"""Old conversations: from a table, a mailbox and other desks; they keep their dates and state, wake nobody, come once,
and go again."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core import mail as outbox
from django.urls import reverse

from conversations.actions.labels import prioritise
from conversations.inbound.receive import receive
from conversations.models import Attachment, Conversation, Delivery, Message
from customers.models import Customer, Identity
from integrations.imports import running
from tests.conftest import from_ann
from tests.integrations.test_imports import admin, brought_in, counts, told, undone, uploaded  # noqa: F401

pytestmark = pytest.mark.django_db

TABLE = """ticket,created_at,email,name,from,body,subject,status,visibility
7,2021-03-04 10:00,ann@home.example,Ann Bell,customer,Where is zanzibar?,My parcel,solved,public
7,2021-03-04 11:30,,,ada@desk.example,On its way,,,public
7,2021-03-04 11:31,,,agent,She sounds cross,,,private
8,2022-05-06 09:00,bob@home.example,Bob,in,Still waiting,No answer,open,
9,yesterday,eve@home.example,Eve,in,Hm,,open,
10,2022-05-06 09:00,,,in,Nobody,,open,
"""


def talks(admin, content, name, channel, **given):  # noqa: F811
    one = uploaded(admin, content, name)
    answer = told(admin, one, "run", channel=channel.pk, verified="yes", solved="yes", **given)
    assert answer.status_code == 302, answer.context["wrong"]
    return running.run(one.pk)


def test_a_table_of_messages_becomes_conversations_as_they_were(admin, mail, ada, told):  # noqa: F811
    one = uploaded(admin, TABLE, "old.csv")
    assert one.what == "conversations" and "channel" in admin.get(reverse("import", args=[one.pk])).context["lacking"]
    one = talks(admin, TABLE, "old.csv", mail)
    assert counts(one) == ("done", 2, 0, 2), list(one.rows.values_list("why", flat=True))
    solved = Conversation.objects.get(status="resolved")
    first, answer, note = solved.messages.order_by("created_at")
    assert (first.kind, first.text, answer.author, note.kind) == ("inbound", "Where is zanzibar?", ada, "note")
    assert solved.created_at == first.created_at == datetime(2021, 3, 4, 10, tzinfo=UTC)
    assert solved.resolved_at == solved.last_message_at == answer.created_at and solved.waiting_since is None
    waiting = Conversation.objects.get(status="open")
    assert waiting.waiting_since == waiting.messages.get().created_at and waiting.assignee is None
    assert not told and not outbox.outbox and not Delivery.objects.exists()  # nobody is woken, nothing is sent
    assert Message.objects.filter(search=SearchQuery("zanzibar", config="simple")).get() == first
    page = admin.get(reverse("conversation", args=[solved.pk]))
    assert page.status_code == 200 and b"She sounds cross" in page.content

    twin = talks(admin, TABLE, "old.csv", mail)
    assert counts(twin) == ("done", 0, 2, 2) and Message.objects.count() == 4
    later = receive(from_ann(mail, "It came", at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert later.conversation.customer == solved.customer and later.conversation != solved

    one = undone(admin, one)
    assert (one.state, one.stayed) == ("undone", 1)  # Ann writes with us today; her old talk goes all the same
    assert set(Conversation.objects.all()) == {later.conversation}
    assert list(Customer.objects.values_list("name", flat=True)) == ["Ann Bell"]


def test_a_conversation_that_was_worked_on_stays(admin, mail, root):  # noqa: F811
    one = talks(admin, TABLE, "old.csv", mail)
    prioritise(Conversation.objects.get(status="open"), priority=3, by=root)
    one = undone(admin, one)
    assert one.stayed == 1 and "worked on" in one.rows.get(state="stayed").why
    assert Conversation.objects.get().status == "open" and Customer.objects.get().name == "Bob"


MBOX = b"""From ann@home.example Thu Mar  4 10:00:00 2021
From: Ann Bell <ann@home.example>
To: support@hollinfell.example
Subject: A torn box
Date: Thu, 4 Mar 2021 10:00:00 +0000
Message-ID: <a1@home.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

The box is torn.
>From what I see, inside too.
--x
Content-Type: text/plain; name=list.txt
Content-Disposition: attachment; filename=list.txt

one, two
--x--

From ada@desk.example Thu Mar  4 11:00:00 2021
From: Support <support@hollinfell.example>
To: ann@home.example
Subject: Re: A torn box
Date: Thu, 4 Mar 2021 11:00:00 +0000
Message-ID: <b1@hollinfell.example>
In-Reply-To: <a1@home.example>

A new one is on its way.

From bad Thu Mar  4 11:00:00 2021
From: nobody
Subject: \xff\xfe broken

No date, no sender \x00.
From MAILER-DAEMON Thu Mar  4 11:00:00 2021
This line only looks like the beginning of a mail.

From future@x Thu Mar  4 11:00:00 2021
From: f@home.example
Date: Thu, 4 Mar 2199 11:00:00 +0000

It is from the future.
"""


def test_a_mailbox_file_becomes_threads(admin, mail):  # noqa: F811
    one = talks(admin, MBOX, "old.mbox", mail)
    assert counts(one) == ("done", 2, 0, 2), list(one.rows.values_list("number", "why"))
    talk = Conversation.objects.get()
    asked, answered = talk.messages.order_by("created_at")
    assert (asked.kind, answered.kind, talk.status) == ("inbound", "outbound", "resolved")
    assert "\nFrom what I see" in asked.text and answered.details["elsewhere"]
    assert Attachment.objects.get().name == "list.txt" and talk.resolved_at == answered.created_at
    assert counts(talks(admin, MBOX, "old.mbox", mail)) == ("done", 0, 2, 2)
    undone(admin, one)
    assert not Conversation.objects.exists() and not Customer.objects.exists() and not Attachment.objects.exists()


USERS = [
    {"id": 11, "name": "Ann Bell", "email": "ann@home.example", "role": "end-user", "phone": "+4791234567"},
    {"id": 12, "name": "Ada", "email": "ada@desk.example", "role": "agent"},
    {"id": 13, "name": "Carl", "email": "carl@home.example", "role": "end-user"},
]
ZENDESK = {
    "tickets": [
        {
            "id": 35, "subject": "Too small", "status": "closed", "priority": "high", "tags": ["shoes", "return"],
            "requester_id": 11, "created_at": "2020-01-02T03:04:05Z", "description": "My shoes",
            "comments": [
                {"id": 1, "author_id": 11, "public": True, "plain_body": "My shoes pinch",
                 "created_at": "2020-01-02T03:04:05Z", "attachments": [{"file_name": "shoe.png"}]},
                {"id": 2, "author_id": 12, "public": False, "body": "Again", "created_at": "2020-01-02T04:00:00Z"},
                {"id": 3, "author_id": 12, "public": True, "body": "Send them", "created_at": "2020-01-02T05:00:00Z"},
                {"id": 4, "author_id": 13, "public": True, "body": "I am cc", "created_at": "2020-01-02T06:00:00Z"},
            ],
        },
        {"id": 36, "subject": "Alone", "status": "open", "requester_id": 13, "description": "Hello there",
         "created_at": "2020-02-02T03:04:05Z", "comments": []},
        {"id": 37, "subject": "Whose?", "status": "open", "requester_id": 99, "description": "x",
         "created_at": "2020-02-02T03:04:05Z"},
    ],
    "users": USERS, "count": 3, "end_of_stream": True,
}  # fmt: skip
CHATWOOT = {
    "data": {
        "meta": {"all_count": 1},
        "payload": [
            {
                "id": 5, "account_id": 1, "inbox_id": 2, "status": "resolved", "labels": ["vip"],
                "meta": {"sender": {"name": "Ann Bell", "email": "ann@home.example", "phone_number": "+4791234567"}},
                "messages": [
                    {"id": 1, "content": "Hi", "message_type": 0, "created_at": 1577934245, "private": False},
                    {"id": 2, "content": "Ada resolved it", "message_type": 2, "created_at": 1577934249},
                    {"id": 3, "content": "Hello", "message_type": 1, "created_at": 1577934248,
                     "sender": {"email": "ada@desk.example", "type": "user"}},
                ],
            }
        ],
    }
}  # fmt: skip
ZAMMAD = [
    {
        "id": 3, "number": "22001", "title": "A lamp", "state_id": 4, "customer_id": 6, "customer": "ann@home.example",
        "created_at": "2021-11-03T11:51:13.759Z",
        "articles": [
            {"id": 3, "from": "Ann Bell <ann@home.example>", "sender": "Customer", "internal": False,
             "body": "It is<br>dark", "content_type": "text/html", "created_at": "2021-11-03T11:51:13.790Z"},
            {"id": 4, "from": "Ada <ada@desk.example>", "sender": "Agent", "internal": True, "body": "Bulb?",
             "content_type": "text/plain", "created_at": "2021-11-03T12:51:13.790Z"},
        ],
    }
]  # fmt: skip


def test_a_zendesk_export_comes_in_with_its_states_and_writers(admin, mail, ada):  # noqa: F811
    one = talks(admin, json.dumps(ZENDESK), "tickets.json", mail)
    assert counts(one) == ("done", 2, 0, 1) and one.total == 3
    ticket = Conversation.objects.get(subject="Too small")
    assert (ticket.status, ticket.priority, ticket.customer.name) == ("resolved", 2, "Ann Bell")
    assert {tag.name for tag in ticket.tags.all()} == {"shoes", "return"}
    asked, note, answer, copied = ticket.messages.order_by("created_at")
    assert "shoe.png" in asked.text and (note.kind, answer.author) == ("note", ada)
    assert copied.identity.customer.name == "Carl"
    assert Conversation.objects.get(subject="Alone").messages.get().text == "Hello there"
    lines = "\n".join(json.dumps({**each, "requester": USERS[0]}) for each in ZENDESK["tickets"][:2])
    assert counts(talks(admin, lines, "tickets.ndjson", mail)) == ("done", 0, 2, 0)
    one = undone(admin, one)
    assert list(one.rows.filter(state="stayed").values_list("why", flat=True)) == []
    assert not Customer.objects.exists() and not Identity.objects.exists()


@pytest.mark.parametrize(("export", "texts"), [(CHATWOOT, ["Hi", "Hello"]), (ZAMMAD, ["It is\ndark", "Bulb?"])],
                         ids=["chatwoot", "zammad"])  # fmt: skip
def test_other_desks(admin, mail, ada, export, texts):  # noqa: F811
    one = talks(admin, json.dumps(export), "export.json", mail)
    assert counts(one) == ("done", 1, 0, 0), list(one.rows.values_list("why", flat=True))
    talk = Conversation.objects.get()
    assert [each.text for each in talk.messages.order_by("created_at")] == texts and talk.status == "resolved"
    assert talk.messages.order_by("created_at").last().author == ada and talk.customer.name == "Ann Bell"
    assert counts(talks(admin, json.dumps(export), "export.json", mail)) == ("done", 0, 1, 0)


def test_hostile_exports(admin, mail):  # noqa: F811
    assert "no conversation" in uploaded(admin, '{"hello": [1, 2, {"deep": []}]}', "x.json")
    assert "JSON" in uploaded(admin, "[" * 100_000, "deep.json")
    odd = {"tickets": [{"id": {"x": 1}, "subject": ["a"], "status": 7, "requester_id": 11, "comments": [{"id": 1}]},
                       {**ZENDESK["tickets"][1], "subject": "\x00\ud800", "comments": "none", "tags": "a"}],
           "users": USERS}  # fmt: skip
    one = talks(admin, json.dumps(odd), "odd.json", mail)
    assert counts(one) == ("done", 1, 0, 1)


def test_dates_are_read_as_they_are_written(admin, mail):  # noqa: F811
    days = ["03/04/2021 14:30", "3.4.2021 14:30:00", "2021-04-03T14:30:00+00:00", "1617460200", "1617460200000",
            "Sat, 03 Apr 2021 14:30:00 +0000"]  # fmt: skip
    rows = "".join(f'{n},"{day}",a{n}@home.example,in,Hi\n' for n, day in enumerate(days))
    one = talks(admin, "ticket,date,email,from,body\n" + rows, "dates.csv", mail)
    found = set(Message.objects.values_list("created_at", flat=True))
    assert one.made == 6 and all(abs(at - datetime(2021, 4, 3, 14, tzinfo=UTC)) < timedelta(hours=1) for at in found)
