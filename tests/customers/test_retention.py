"""Retention: each kind drops what is old and nothing else; trying it touches nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from conversations.models import Attachment, Conversation, Message, Status
from customers import retention
from customers.models import Cart, Customer, Event, EventKey, Identity, RetentionRule, Visit
from integrations.models import Connector, RawEvent

pytestmark = pytest.mark.django_db
NOW = timezone.now()
OLD = NOW - timedelta(days=4000)


@pytest.fixture
def ann():
    return Identity.objects.create(customer=Customer.objects.create(name="Ann"), kind="email", value="a@home.example")


@pytest.fixture
def everything(ann):
    """Of each kind one that is old and one that is new."""
    connector = Connector.objects.create(name="Shop", adapter="imap")
    for at, name in ((OLD, "old"), (NOW, "new")):
        visit = Visit.objects.create(identity=ann, source=1, started_at=at, ended_at=at)
        Event.objects.create(
            identity=ann, visit=visit, name="Page Viewed", category="behavioural", occurred_at=at, is_folded=True
        )
        Event.objects.create(identity=ann, visit=visit, name="Cart Updated", category="behavioural", occurred_at=at)
        Cart.objects.create(identity=ann, source=1, external_id=name, changed_at=at)
        Cart.objects.create(identity=ann, source=1, external_id=f"{name}-bought", status="ordered", changed_at=at)
        EventKey.objects.create(source=1, external_id=name, received_at=at)
        for text, more in (("spam", {"is_spam": True}), ("solved", {"status": Status.RESOLVED}), ("open", {})):
            conversation = Conversation.objects.create(customer=ann.customer, last_message_at=at, **more)
            Message.objects.create(conversation=conversation, kind="inbound", text=f"{name} {text}", created_at=at)
        for state in ("done", "aside"):
            raw = RawEvent.objects.create(connector=connector, external_id=f"{name}-{state}", body=b"x", state=state)
            RawEvent.objects.filter(pk=raw.pk).update(received_at=at)


def switch_on(*kinds):
    for kind in retention.KINDS.values():
        RetentionRule.objects.create(kind=kind.name, days=365, is_on=kind.name in kinds)


def said():
    return set(Message.objects.values_list("text", flat=True))


def test_trying_counts_and_touches_nothing(everything):
    counted = {verdict.kind.name: verdict.rows for verdict in retention.tried()}
    assert counted["visits"] == counted["carts"] == counted["keys"] == counted["spam"] == counted["raw"] == 1
    assert Visit.objects.count() == 2 and len(said()) == 6
    out = StringIO()
    call_command("retain", "--dry-run", stdout=out)
    assert "spam: 1 rows" in out.getvalue() and len(said()) == 6


@pytest.mark.parametrize(
    "kind, left",
    [
        ("visits", lambda: (Visit.objects.count(), Event.objects.count()) == (1, 3)),
        ("carts", lambda: Cart.objects.count() == 3),
        ("keys", lambda: EventKey.objects.count() == 1),
        ("spam", lambda: "old spam" not in said() and len(said()) == 5),
        ("solved", lambda: "old solved" not in said() and len(said()) == 5),
        ("raw", lambda: RawEvent.objects.count() == 4 and RawEvent.objects.filter(body=b"x").count() == 3),
    ],
)
def test_a_rule_drops_what_is_old_of_its_kind_only(everything, kind, left):
    switch_on(kind)
    assert retention.carry_out() == {kind: 1}
    assert left()
    assert retention.carry_out() == {kind: 0}
    assert RetentionRule.objects.get(kind=kind).dropped == 1


def test_rules_that_are_off_do_nothing(everything):
    switch_on()
    assert retention.carry_out() == {} and len(said()) == 6


def test_what_nobody_has_set_goes_by_the_proposal(everything):
    dropped = retention.carry_out()
    assert dropped["spam"] == 1 and "solved" not in dropped and "originals" not in dropped


def test_bytes_that_a_newer_message_shares_stay(everything, django_capture_on_commit_callbacks):
    """An answer that is written anew holds the files of the one before."""
    solved = Conversation.objects.filter(status=Status.RESOLVED)
    messages = [Message.objects.get(conversation=each) for each in solved.order_by("last_message_at")]
    old = Attachment(message=messages[0], name="a.txt", size=3)
    old.file.save("a", ContentFile(b"abc"))
    Attachment.objects.filter(pk=old.pk).update(created_at=OLD)
    new = Attachment.objects.create(message=messages[1], name="a.txt", size=3, file=old.file.name)
    switch_on("files")
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.carry_out() == {"files": 1}
    assert new.file.storage.exists(new.file.name)
    Attachment.objects.update(created_at=OLD)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.carry_out() == {"files": 1}
    assert not new.file.storage.exists(new.file.name)
