"""The audit log: settings write themselves down, the page tells it field by field, and only who may sees it."""

import pytest
from django.urls import reverse

from conversations import audit
from conversations.models import AuditEntry, CannedReply
from customers.models import Segment
from deskapp.accounts.audit_log import AT_ONCE, lines_of
from deskapp.models import User
from integrations.models import Connector

SERVER = {"host": "127.0.0.1", "port": "1", "security": "none"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


def newest():
    return AuditEntry.objects.order_by("-pk").first()


def agent_data(**more):
    return {"name": "Ada Okafor", "role": "agent", "refund_limit": "0", "extension": "", **more}


def test_what_is_done_to_an_agent_and_a_team(as_root, ada, returns):
    as_root.post(reverse("agent", args=[ada.pk]), agent_data(role="supervisor", teams=[returns.pk]))
    assert (newest().by_name, newest().before["role"], newest().after["role"]) == ("Rosa Admin", "agent", "supervisor")
    as_root.post(reverse("agent_activity", args=[ada.pk]), {"active": "no"})
    assert newest().after == {"is_active": False} and "0" in newest().note
    as_root.post(reverse("agent_activity", args=[ada.pk]), {"active": "yes"})
    assert newest().after == {"is_active": True}
    as_root.post(reverse("team", args=[returns.pk]), {"name": "Repairs", "signature": ""})
    assert (newest().kind, newest().before["name"], newest().after["name"]) == ("team", "Returns", "Repairs")


def test_an_invitation_is_written_down_without_a_password(as_root, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        as_root.post(reverse("invitation"), agent_data(email="new@desk.example", name="Nia"))
    made = AuditEntry.objects.filter(kind="user").order_by("pk").first()
    assert (made.verb, made.label) == ("made", "Nia") and made.after["password"] in ("", audit.MASKED)


def test_words_segments_and_retention(as_root):
    as_root.post(reverse("canned_replies"), {"name": "Hello", "text": "Good day"})
    assert (newest().kind, newest().verb) == ("cannedreply", "made")
    canned = CannedReply.objects.get()
    as_root.delete(reverse("canned_reply", args=[canned.pk]))
    assert newest().verb == "removed"
    rules = {"name": "Big", "match": "all", "ask": "value.over", "value": "100"}
    as_root.post(reverse("new_segment"), rules)
    assert (newest().kind, newest().label) == ("segment", "Big") and Segment.objects.count() == 1
    as_root.post(reverse("privacy"), {"kind": "anything"})
    assert newest().kind == "segment"


def test_a_connector_from_draft_to_end_keeps_no_secret(as_root):
    as_root.post(reverse("new_connector"), {"adapter": "imap"})
    assert (newest().kind, newest().verb) == ("connector", "made")
    one = Connector.objects.get()
    given = {"name": "Mail", "address": "a@hollinfell.example", "set-username": "a", "set-password": "verysecret"}
    given |= {"set-auth": "password", "set-folder": "INBOX", "set-start": "all"}
    given |= {f"set-{kind}_{what}": value for kind in ("imap", "smtp") for what, value in SERVER.items()}
    assert as_root.post(reverse("connector", args=[one.pk]), given).status_code == 302
    assert AuditEntry.objects.filter(kind="channel", verb="made").get().label
    as_root.delete(reverse("connector_connection", args=[one.pk]))
    assert newest().kind == "connector" and newest().after["is_active"] is False
    kept = str(list(AuditEntry.objects.values_list("before", "after", "note")))
    assert "verysecret" not in kept


def test_a_secret_in_the_place_of_another_is_told_and_not_shown(root, mail):
    one = Connector(name="Mail", adapter="imap", channel=mail)
    one.secrets = {"password": "before that"}
    one.save()
    with audit.watched(root, one):
        one.secrets = {"password": "after that"}
        one.save()
    assert newest().after["secrets"] == "password" and "after that" not in str(newest().after)


def test_pause_and_resume(as_root, mail):
    one = Connector.objects.create(name="Mail", adapter="imap", channel=mail)
    as_root.post(reverse("connector_pause", args=[one.pk]))
    assert newest().after["paused_by"] == "Rosa Admin"
    as_root.delete(reverse("connector_pause", args=[one.pk]))
    assert newest().before["paused_by"] == "Rosa Admin"


def test_the_page_finds_by_words_person_and_kind(as_root, root, sam, returns, billing):
    with audit.watched(root, returns):
        returns.name = "Repairs"
        returns.save()
    with audit.watched(sam, billing):
        billing.delete()
    page = reverse("audit_log")
    text = as_root.get(page).content.decode()
    assert "Repairs" in text and "Billing" in text and "<del" in text
    for query, shown, hidden in [
        ("q=repairs", "Repairs", "Billing"),
        (f"by={sam.pk}", "Billing", "Repairs"),
        ("kind=macro", "Nothing of this", "Repairs"),
        ("by=desk", "Nothing of this", "Repairs"),
    ]:
        text = as_root.get(f"{page}?{query}").content.decode()
        assert shown in text and f'<b dir="auto">{hidden}' not in text


def test_it_goes_on_where_the_page_before_ended(as_root, root, returns):
    for number in range(AT_ONCE + 3):
        audit.record(root, returns, before={"name": str(number)}, after={"name": "x"})
    first = as_root.get(reverse("audit_log"))
    second = as_root.get(reverse("audit_log") + f"?after={first.context['next']}")
    seen = [told.entry.pk for answer in (first, second) for told in answer.context["found"]]
    assert len(seen) == len(set(seen)) == AT_ONCE + 3 and not second.context["next"]


@pytest.mark.parametrize(("before", "after", "said"), [
    ({"settings": {"a": 1, "b": [["09:00", "17:00"]]}}, {"settings": {"a": 1, "b": []}},
     [("Settings: b", "09:00–17:00", "–")]),
    ({"is_active": True}, {"is_active": False}, [("Active", "yes", "no")]),
    ({"error": ""}, {"error": None}, []),
])  # fmt: skip
def test_a_change_is_told_field_by_field(before, after, said):
    entry = AuditEntry(kind="connector", before=before, after=after)
    assert [(line.name, line.before, line.after) for line in lines_of(entry)] == said


def test_nobody_else_has_the_page(client, sam, ada):
    for someone in (sam, ada):
        client.force_login(someone)
        assert client.get(reverse("audit_log")).status_code == 404
    assert User.objects.filter(role="admin").count() == 0
