"""The rules that write first, as a supervisor makes them: from a list, in words, tried dry, and then on."""

import pytest
from django.utils import timezone

from conversations.models import AuditEntry, Message, OutreachRule
from conversations.outreach import running
from deskapp.models import OwnRole, Role
from tests.conversations.outreach.past import left
from tests.conversations.outreach.test_reaching import agrees

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Left carts", "kind": "cart", "value": "50", "since": "7", "wait_minutes": "0", "fallback": "mail",
    "rest_days": "7", "own_rest_days": "30", "daily_most": "20", "held_out": "5", "goal": "bought", "goal_days": "7",
    "language": "en",
}  # fmt: skip


@pytest.fixture
def chief(client, sam):
    client.force_login(sam)
    return client


def made(chief, **fields):
    answer = chief.post("/settings/outreach/new/", {**FORM, **fields})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return OutreachRule.objects.get()


def test_a_rule_is_made_of_a_list_tried_and_switched_on(chief, mail, monkeypatch):
    monkeypatch.setattr("conversations.outreach.judging.holds_out", lambda rule, customer: False)
    page = chief.get("/settings/outreach/new/?kind=cart&value=50&since=7").content.decode()
    assert 'name="value" value="50"' in page and 'name="since" value="7"' in page
    assert 'name="quiet_from" value="21:00"' in page and 'name="quiet_until" value="08:00"' in page
    one = made(chief)
    assert not one.is_active and one.filters == {"value": "50", "since": "7"} and "{product}" in one.words["en"]["text"]
    chief.post(f"/settings/outreach/{one.pk}/switch/", {"on": "yes"})
    assert not OutreachRule.objects.get().is_active
    left("ann", "c1", 2)
    left("bob", "c2", 2)
    left("eve", "c3", 2, total="20")
    agrees("ann")
    assert chief.post(f"/settings/outreach/{one.pk}/trial/").status_code == 302
    page = chief.get(f"/settings/outreach/{one.pk}/trial/").content.decode()
    assert "Would write to 1 customer now" in page and "you left Jacket in your cart" in page
    assert "Has not agreed to marketing there" in page and not Message.objects.exists()
    chief.post(f"/settings/outreach/{one.pk}/switch/", {"on": "yes"})
    assert OutreachRule.objects.get().is_active and running.go_round() == 1
    chief.post(f"/settings/outreach/{one.pk}/", {**FORM, "value": "10"})
    assert not OutreachRule.objects.get().is_active
    assert AuditEntry.objects.filter(kind="outreachrule").count() == 4
    assert "1 written to" in chief.get("/settings/outreach/").content.decode()


def test_words_are_checked_when_they_are_saved(chief):
    one = made(chief)
    OutreachRule.objects.update(tried_at=timezone.now(), is_active=True)
    address = f"/settings/outreach/{one.pk}/words/"
    answer = chief.post(address, {"language": "en", "subject": "Hi", "text": "Dear {customer}, {password}"})
    assert answer.status_code == 422 and "{password} says nothing here" in answer.content.decode()
    assert chief.post(address, {"language": "en", "subject": "", "text": ""}).status_code == 422
    assert chief.post(address, {"language": "no", "subject": "Hei", "text": "{product}"}).status_code == 302
    one.refresh_from_db()
    assert one.words["no"] == {"subject": "Hei", "text": "{product}"} and not one.is_active and one.tried_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("held_out", "0"),
        ("held_out", "80"),
        ("daily_most", "0"),
        ("goal_days", "0"),
        ("goal", "again"),
        ("quiet_from", "21:00"),
    ],
)
def test_what_makes_no_rule_is_refused(chief, field, value):
    assert chief.post("/settings/outreach/new/", {**FORM, field: value}).status_code == 422
    assert not OutreachRule.objects.exists()


def test_who_may_not_see_purchases_finds_no_rules(client, ada, sam):
    client.force_login(ada)
    assert client.get("/settings/outreach/").status_code == 404
    role = OwnRole.objects.create(name="Rules alone", permissions=["settings.automation"])
    sam.role, sam.own_role, sam.granted = Role.AGENT, role, role.permissions
    sam.save()
    client.force_login(sam)
    assert client.get("/settings/automation/").status_code == 200
    assert client.get("/settings/outreach/").status_code == 404
