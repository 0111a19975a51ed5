"""A customer calls: on the agent's screen while it rings, in the thread afterwards, called back where it was missed."""

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations.actions.merging import unmerge
from conversations.envelopes import CallReport, DeliveryReport, InboundAttachment
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.live import ringing, wire
from conversations.models import (
    Activity,
    Attachment,
    CallBack,
    Channel,
    Conversation,
    ConversationMerge,
    Delivery,
    Medium,
    Message,
)
from conversations.refreshing import refresh
from customers.identify import Handle
from customers.models import Claim, Identity, Profile
from integrations.adapters import base
from integrations.inbound.process import accept, process
from integrations.models import Connector
from integrations.outbound import deliver, dial
from tests.conftest import agent, from_ann
from tests.stories import with_a_past

pytestmark = pytest.mark.django_db
ANN, BOB = "+4791234567", "+4798765432"


class Calls:
    """A phone system that says `reports`, and connects what it is asked to."""

    reports = ()
    answer = DeliveryReport("sent", "out-1")

    def __init__(self):
        self.asked = []

    def understand(self, connector, raw):
        return [CallReport(**{**report, "channel_id": connector.channel_id}) for report in self.reports]

    def call(self, connector, call):
        self.asked.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def system(monkeypatch):
    made = Calls()
    for module in ("integrations.inbound.process", "integrations.outbound.dial", "integrations.outbound.deliver"):
        monkeypatch.setattr(f"{module}.adapter_named", lambda _name: made)
    return made


@pytest.fixture
def phone(returns):
    return Channel.objects.create(name="Returns line", medium=Medium.VOICE, address="+442079460000", team=returns)


@pytest.fixture
def connector(phone):
    return Connector.objects.create(name="Calls", adapter="calls", channel=phone)


@pytest.fixture(autouse=True)
def _nothing_rings():
    ringing._redis().delete(ringing._key())


@pytest.fixture
def ann(mail):
    handles = (Handle("email", "ann@home.example", "Ann Bell"), Handle("phone", ANN))
    return receive(from_ann(mail, "my jacket is too small", handles=handles, subject="Jacket")).conversation


@pytest.fixture
def at_41(ada):
    ada.extension = "41"
    ada.save()
    return ada


def told(phone, state, after=0, *, call="c1", number=ANN, at=None, **about):
    at = (at or timezone.now()) + timedelta(seconds=after)
    handles = (Handle("phone", number),) if number else ()
    return CallReport(phone.pk, call, about.pop("direction", "in"), state, at, handles, **about)


def rings(client):
    return client.get(reverse("ringing"), HTTP_HX_REQUEST="true").content.decode()


def committed(callbacks, act, *given, **named):
    with callbacks(execute=True):
        return act(*given, **named)


# while it rings


def test_who_starts_a_return_and_calls_is_on_the_screen_with_it(
    client, at_41, ann, phone, django_capture_on_commit_callbacks
):
    past = with_a_past(ann.customer)
    committed(django_capture_on_commit_callbacks, hear, told(phone, "ringing", agent="41"))
    client.force_login(at_41)
    shown = rings(client)
    order = past["shop"].orders.get()
    for words in (
        "Ann Bell is calling",
        ANN,
        "Jacket",
        "RT-2207",
        order.number,
        "my jacket is too small",
        "Returns line",
    ):
        assert words in shown
    assert reverse("conversation", args=[ann.pk]) in shown


def test_the_card_follows_the_call_and_goes_by_itself(
    client, at_41, grace, ann, phone, monkeypatch, django_capture_on_commit_callbacks
):
    grace.extension = "42"
    grace.save()
    client.force_login(at_41)
    committed(django_capture_on_commit_callbacks, hear, told(phone, "ringing", agent="41"))
    committed(django_capture_on_commit_callbacks, hear, told(phone, "answered", 3, agent="42"))
    assert "On the phone with Ann Bell" in rings(client) and "spoke with Grace Lind" in rings(client)
    committed(django_capture_on_commit_callbacks, hear, told(phone, "ended", 60, seconds=57))
    assert "Ann Bell called" in rings(client)
    now = ringing.time.time
    monkeypatch.setattr(ringing, "time", SimpleNamespace(time=lambda: now() + 20))
    assert "data-call" not in rings(client)


def test_a_call_at_no_known_line_is_for_the_team_of_the_number(
    client, ada, grace, linus, ann, phone, told_to, django_capture_on_commit_callbacks
):
    committed(django_capture_on_commit_callbacks, hear, told(phone, "ringing", agent="queue-7"))
    assert told_to("desk.call") == {f"desk.agent.{one.pk}" for one in (ada, grace)}
    for someone, sees in ((ada, True), (grace, True), (linus, False)):
        client.force_login(someone)
        assert ("data-call" in rings(client)) is sees


@pytest.fixture
def told_to(monkeypatch):
    frames = []
    monkeypatch.setattr(wire, "listened_to", set)
    monkeypatch.setattr(wire, "put", frames.extend)
    return lambda kind: {group for group, frame in frames if frame["type"] == kind}


def test_of_another_teams_customer_only_the_number_is_shown(
    client, ada, billing, ann, phone, django_capture_on_commit_callbacks
):
    Conversation.objects.filter(pk=ann.pk).update(team=billing)
    committed(django_capture_on_commit_callbacks, hear, told(phone, "ringing"))
    client.force_login(ada)
    shown = rings(client)
    assert ANN in shown and "Ann Bell" not in shown and "Jacket" not in shown


def test_nothing_is_asked_of_the_database_while_nothing_rings(client, ada):
    client.force_login(ada)
    rings(client)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rings(client)
    assert not [query for query in asked if "conversations_message" in query["sql"]]


# in the thread


def test_a_report_comes_in_by_the_door_and_its_recording_is_fetched(
    client, ada, ann, connector, system, django_capture_on_commit_callbacks, monkeypatch
):
    queued = []
    monkeypatch.setattr("integrations.inbound.process.queue_file", lambda pk, channel: queued.append(pk))
    sound = InboundAttachment("call.mp3", "audio/mpeg", 0, source={"url": "https://calls.invalid/1"})
    common = {"call_id": "c1", "direction": "in", "handles": (Handle("phone", ANN),)}
    now = timezone.now()
    system.reports = (
        {**common, "state": "ended", "at": now, "seconds": 61, "agent": "41"},
        {**common, "state": "recording", "at": now, "recording": sound},
    )
    raw, _new = accept(connector, external_id="1", body=b"{}")
    raw = committed(django_capture_on_commit_callbacks, process, raw.pk)
    assert raw.state == "done" and raw.message.conversation == ann
    assert queued == [Attachment.objects.get().pk]
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    assert "Ann Bell called" in page and "1 min 1 s" in page and "Recording: on its way" in page


def test_a_recording_is_played_whole_or_from_the_middle(client, ada, ann, phone):
    message = hear(told(phone, "ended", seconds=9, transcript="Is there a shop that has one?", language="en"))
    file = Attachment(message=message, name="call.mp3", content_type="audio/mpeg", size=10)
    file.file.save("x", ContentFile(b"0123456789"))
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    where = reverse("file", args=[file.pk])
    assert f'<audio controls preload="none" src="{where}"' in page and "Is there a shop that has one?" in page
    whole, part = client.get(where), client.get(where, HTTP_RANGE="bytes=4-6")
    assert b"".join(whole.streaming_content) == b"0123456789" and whole["Content-Type"] == "audio/mpeg"
    assert b"".join(part.streaming_content) == b"456" and part["Content-Range"] == "bytes 4-6/10"
    assert part.status_code == 206 and client.get(where, HTTP_RANGE="bytes=40-").status_code == 416
    assert b"".join(client.get(where, HTTP_RANGE="bytes=-2").streaming_content) == b"89"
    assert client.get(where + "?download")["Content-Type"] == "application/octet-stream"


def test_what_was_said_is_written_on_the_card_once_and_found(client, ada, ann, phone):
    message = hear(told(phone, "ended", 60, seconds=9))
    client.force_login(ada)
    for _twice in range(2):
        where = reverse("said_in_call", args=[message.pk])
        answer = client.post(where, {"text": "Wants it by zanzibar"}, HTTP_HX_REQUEST="true")
    assert answer.content.decode().count("Wants it by zanzibar") == 1
    message.refresh_from_db()
    assert message.text == "Wants it by zanzibar" and len(message.details["call"]["notes"]) == 1
    assert Conversation.objects.get(pk=ann.pk).snippet == "Called, 9 s · Wants it by zanzibar"
    found = client.get(reverse("search"), {"q": "zanzibar"}).content.decode()
    assert "Ann Bell" in found
    told_anew = hear(told(phone, "transcript", 90, transcript="Hello."))
    assert told_anew.text == "Wants it by zanzibar\n\nHello."


def test_a_thread_asks_as_much_of_the_database_for_ten_calls_as_for_one(client, ada, ann, phone):
    client.force_login(ada)
    counts = []
    for first, last in ((0, 1), (1, 10)):
        for number in range(first, last):
            hear(told(phone, "ended", number * 60, call=f"c{number}", seconds=5))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("conversation", args=[ann.pk])).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# whose call it was


@pytest.fixture
def shared(ann, phone, mail):
    """A call of a number that is Ann's, and Bob says that it is his."""
    bob = receive(from_ann(mail, "hello", address="bob@home.example")).conversation
    Claim.objects.create(customer=bob.customer, kind="phone", value=ANN, source="order HF-7")
    return hear(told(phone, "missed")), bob


def test_it_is_asked_who_calls_and_the_call_goes_into_their_thread(client, ada, ann, shared):
    call, bob = shared
    assert call.conversation not in (ann, bob)
    client.force_login(ada)
    page = client.get(reverse("conversation", args=[call.conversation_id])).content.decode()
    assert "Who is calling?" in page
    where = reverse("caller", args=[call.pk])
    asked = client.get(where, HTTP_HX_REQUEST="true").content.decode()
    assert "proven to be theirs" in asked and "order HF-7" in asked
    answer = client.post(where, {"customer": f"customer:{bob.customer_id}"}, HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"] == f"{reverse('conversation', args=[bob.pk])}#message-{call.pk}"
    call.refresh_from_db()
    bob.refresh_from_db()
    assert call.conversation == bob and "asks" not in call.details["call"]
    assert Identity.objects.get(kind="phone", value=ANN).customer == ann.customer
    assert CallBack.objects.get(done_at=None).conversation == bob and bob.call_back_at
    assert Activity.objects.filter(verb="caller", conversation=bob).exists()
    unmerge(ConversationMerge.objects.get(), by=ada)
    call.refresh_from_db()
    assert call.conversation != bob and CallBack.objects.get(done_at=None).conversation == call.conversation


def test_only_that_call_goes_where_others_came_from_the_number(client, ada, ann, shared, phone):
    call, bob = shared
    other = hear(told(phone, "missed", 60, call="c2"))
    client.force_login(ada)
    client.post(reverse("caller", args=[call.pk]), {"customer": f"customer:{ann.customer_id}"})
    call.refresh_from_db()
    other.refresh_from_db()
    assert call.conversation == ann and other.conversation not in (ann, bob)
    assert call.conversation.customer == ann.customer


def test_a_number_that_nobody_has_proven_becomes_theirs_when_an_agent_says_so(client, ada, mail, phone):
    bob = receive(from_ann(mail, "hello", address="bob@home.example")).conversation
    Claim.objects.create(customer=bob.customer, kind="phone", value=BOB)
    call = hear(told(phone, "ended", seconds=5, number=BOB))
    client.force_login(ada)
    client.post(reverse("caller", args=[call.pk]), {"customer": f"customer:{bob.customer_id}", "theirs": "1"})
    assert Identity.objects.get(kind="phone", value=BOB).customer == bob.customer
    again = hear(told(phone, "ringing", 60, number=BOB, call="c2"))
    assert again.conversation == bob and "asks" not in again.details["call"]


def test_who_calls_is_named_by_their_address_too_and_a_wrong_one_is_refused(client, ada, ann, phone):
    call = hear(told(phone, "ended", seconds=5, number=""))
    client.force_login(ada)
    where = reverse("caller", args=[call.pk])
    refused = client.post(where, {"customer": "nobody@home.example"}, HTTP_HX_REQUEST="true")
    assert refused.status_code == 422 and "Nobody has that address." in refused.content.decode()
    client.post(where, {"customer": "ann@home.example"})
    call.refresh_from_db()
    assert call.conversation == ann


# what is owed


def test_a_missed_call_stands_in_the_rail_the_row_and_at_the_head_until_it_is_done(client, ada, ann, phone):
    client.force_login(ada)
    assert "Call back" not in client.get(reverse("inbox_view", args=["all"])).content.decode()
    hear(told(phone, "missed"))
    listed = client.get(reverse("inbox_view", args=["to_ring"])).content.decode()
    assert f'id="row-{ann.pk}"' in listed and "To be called back" in listed and 'data-view="to_ring"' in listed
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    assert 'aria-label="Call back"' in page and f"tel:{ANN}" in page
    owed = CallBack.objects.get()
    answer = client.post(reverse("call_back", args=[owed.pk]), {"outcome": "Reached her"}, HTTP_HX_REQUEST="true")
    assert "banner" not in answer.content.decode()
    owed.refresh_from_db()
    assert (owed.done_by, owed.outcome) == (ada, "Reached her")
    assert Activity.objects.get(verb="called_back").reason == "Reached her"
    assert "To be called back" not in client.get(reverse("inbox_view", args=["all"])).content.decode()


def test_an_agent_notes_that_they_asked_for_it(client, ada, ann):
    number = Identity.objects.get(kind="phone")
    client.force_login(ada)
    said = {"identity": number.pk, "due": "2030-01-02T09:00", "note": "After nine"}
    for status in (200, 422):
        answer = client.post(reverse("call_backs", args=[ann.pk]), said, HTTP_HX_REQUEST="true")
        assert answer.status_code == status
    owed = CallBack.objects.get()
    assert owed.note == "After nine" and owed.due_at.year == 2030
    assert client.post(reverse("call_backs", args=[ann.pk]), {"identity": "x"}).status_code == 422


# click to call


def placed(client, conversation, key=None):
    said = {"identity": Identity.objects.get(kind="phone").pk, "key": str(key or uuid.uuid4())}
    return client.post(reverse("place_call", args=[conversation.pk]), said, HTTP_HX_REQUEST="true")


def test_a_click_rings_the_agent_then_the_customer_once(client, at_41, ann, phone, connector, system):
    client.force_login(at_41)
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    assert reverse("place_call", args=[ann.pk]) in page and "tel:" not in page
    key = uuid.uuid4()
    for _twice in range(2):
        assert placed(client, ann, key).status_code == 200
    call = Message.objects.get(kind="call")
    assert "about to ring your phone" in client.get(reverse("conversation", args=[ann.pk])).content.decode()
    deliver.deliver(call.delivery.pk)
    (asked,) = system.asked
    assert (asked.agent, asked.to, asked.ours, asked.key) == ("41", ANN, phone.address, str(key))
    call.refresh_from_db()
    assert call.external_id == "out-1" and call.delivery.status == "sent"
    assert "your phone rings first" in client.get(reverse("conversation", args=[ann.pk])).content.decode()
    for state in ("ringing", "answered"):
        hear(told(phone, state, call="out-1", direction="out", agent="41"))
    hear(told(phone, "ended", 60, call="out-1", direction="out", seconds=50))
    (call,) = Message.objects.filter(kind="call")
    assert call.details["call"]["state"] == "ended" and call.author == at_41
    assert "Called Ann Bell" in client.get(reverse("conversation", args=[ann.pk])).content.decode()


@pytest.mark.parametrize("is_keyed", [True, False], ids=["by its key", "by its name alone"])
def test_reports_that_are_quicker_than_the_answer_are_of_the_same_call(
    client, at_41, ann, phone, connector, system, is_keyed
):
    client.force_login(at_41)
    placed(client, ann)
    call = Message.objects.get(kind="call")
    key = str(call.client_id) if is_keyed else ""
    hear(told(phone, "ringing", call="out-1", direction="out", agent="41", key=key))
    deliver.deliver(call.delivery.pk)
    hear(told(phone, "answered", 5, call="out-1", direction="out", agent="41"))
    (only,) = Message.objects.filter(kind="call")
    assert only.pk == call.pk and only.external_id == "out-1" and only.details["call"]["state"] == "answered"


def test_what_the_provider_says_against_it_stands_on_the_card_and_is_not_tried_again(
    client, at_41, ann, phone, connector, system
):
    system.answer = base.AdapterError("The provider does not know this extension.")
    client.force_login(at_41)
    placed(client, ann)
    call = Message.objects.get(kind="call")
    deliver.deliver(call.delivery.pk)
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    assert "Not placed." in page and "The provider does not know this extension." in page
    assert Delivery.objects.get().status == "failed" and not Activity.objects.filter(verb="failed").exists()
    assert deliver.due() == []
    system.answer = DeliveryReport("sent", "out-2")
    for _twice in range(2):
        placed(client, ann, call.client_id)  # the same button again: another call, once
        if not system.asked[1:]:
            deliver.deliver(Delivery.objects.get(status="queued").pk)
    assert Message.objects.filter(kind="call").count() == 2


def test_a_call_that_could_not_be_placed_in_time_rings_nobody(client, at_41, ann, phone, connector, system):
    client.force_login(at_41)
    placed(client, ann)
    Message.objects.filter(kind="call").update(created_at=timezone.now() - dial.LATE * 2)
    deliver.deliver(Delivery.objects.get().pk)
    assert not system.asked and Delivery.objects.get().error == "It could not be placed in time."


def test_where_no_line_can_connect_it_is_a_link_for_ones_own_phone(client, ada, ann, phone, connector, system):
    client.force_login(ada)  # who has no extension
    page = client.get(reverse("conversation", args=[ann.pk])).content.decode()
    assert f'href="tel:{ANN}"' in page and reverse("place_call", args=[ann.pk]) not in page
    assert placed(client, ann).status_code == 422 and not Message.objects.filter(kind="call").exists()


def test_an_extension_is_one_agents_alone(client, at_41, root):
    other = agent("Noor Haddad")
    client.force_login(root)
    said = {"name": other.name, "role": "agent", "extension": "41", "refund_limit": "0"}
    answer = client.post(reverse("agent", args=[other.pk]), said)
    assert answer.status_code == 422 and "already has this extension" in answer.content.decode()
    assert client.post(reverse("agent", args=[other.pk]), said | {"extension": "43"}).status_code == 302
    other.refresh_from_db()
    assert other.extension == "43"
    client.force_login(other)
    mine = client.get(reverse("me")).content.decode()
    assert 'name="extension" value="43"' in mine


def test_an_agent_takes_no_line_by_themselves(client, ada):
    """Whoever's line rings is called into the conversation: another team's line would show them that team's talks."""
    client.force_login(ada)
    said = {"name": ada.name, "extension": "+441632960999", "locale": "en", "timezone": "UTC", "theme": "auto"}
    assert client.post(reverse("me"), said).status_code == 302
    ada.refresh_from_db()
    assert (ada.extension, ada.timezone) == ("", "UTC")


def test_calls_count_among_a_customers_habits(ann, phone):
    for number in range(3):
        hear(told(phone, "ended", number, call=f"c{number}", seconds=5))
    refresh()
    assert Profile.objects.get(customer=ann.customer).preferred_medium == "voice"
