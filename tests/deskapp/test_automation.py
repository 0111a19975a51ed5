"""The pages of automation: rules made, ordered, switched and tried; webhooks with their secret; questions asked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations import dry_runs, rules
from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.models import (
    AuditEntry,
    Channel,
    Closure,
    DryRun,
    Hours,
    Message,
    RequiredField,
    Rule,
    Webhook,
    WebhookCall,
)
from deskapp.models import OwnRole
from integrations import secrets
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, sam):
    client.force_login(sam)
    return client


def typed(name="Refunds", **more):
    return {
        "name": name, "event": "arrived", "unit": "hours", "is_active": "on",
        "when-match": "all", "when-row": ["0"],
        "when-0-ask": "words.has", "when-0-was": "words", "when-0-value": "refund*",
        "do-row": ["0", "1"], "do-0-do": "tag", "do-0-was": "tag", "do-0-value": "#refund",
        "do-1-do": "priority", "do-1-was": "priority", "do-1-value": "2",
        **more,
    }  # fmt: skip


def made(desk, **more):
    answer = desk.post(reverse("new_automation_rule"), typed(**more))
    assert answer.status_code == 302, answer.content.decode()
    return Rule.objects.latest("pk")


def test_a_rule_is_made_in_the_browser_and_written_down(desk):
    rule = made(desk)
    assert rule.conditions == {"match": "all", "rules": [{"field": "words", "is": "has", "value": ["refund*"]}]}
    assert rule.actions == [{"do": "tag", "value": "refund"}, {"do": "priority", "value": "2"}]
    assert (rule.is_active, rule.by.name) == (True, "Sam Reyes")
    assert AuditEntry.objects.get(kind="rule").verb == "made"
    page = desk.get(reverse("automation")).content.decode()
    assert (
        "When a conversation begins, and the words contain “refund*”: adds #refund, sets the priority to High." in page
    )


def test_a_rule_is_heard_as_soon_as_it_is_saved(desk):
    rules.forget()
    assert rules.listened() == frozenset()
    made(desk)
    assert rules.listened() == {"arrived"}


def test_a_button_of_the_builders_draws_the_form_anew_and_saves_nothing(desk):
    for button in ({"do-act": "add:"}, {"when-do": "add:"}, {"do-act": "remove:1"}):
        answer = desk.post(reverse("new_automation_rule"), typed(**button))
        assert answer.status_code == 200
    assert not Rule.objects.exists()
    rows = desk.post(reverse("automation_actions"), typed(**{"do-act": "add:"})).content.decode()
    assert rows.count('name="do-row"') == 3
    assert 'value="refund"' in rows


def test_another_action_empties_what_stood_beside_the_former_one(desk):
    rows = desk.post(reverse("automation_actions"), typed(**{"do-0-do": "note"})).content.decode()
    assert "refund</textarea>" not in rows
    assert "<textarea" in rows


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"do-row": []}, "It does nothing yet"),
        ({"do-1-value": "9"}, "is no longer there"),
        ({"do-1-do": "snooze", "do-1-was": "snooze", "do-1-value": "0"}, "Snooze for 1 to 2160 hours."),
        ({"when-0-value": ""}, "Fill in what"),
        ({"event": "waiting"}, "Say how long"),
        ({"event": "nonsense"}, "Select a valid choice"),
        ({"name": " "}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(desk, given, words):
    answer = desk.post(reverse("new_automation_rule"), typed(**given))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Rule.objects.exists()


def test_an_event_of_the_clock_has_its_time(desk):
    rule = made(desk, event="quiet", after="3", unit="days")
    assert rule.after_minutes == 3 * 1440
    assert "nothing was said, after our answer, for 3 days" in desk.get(reverse("automation")).content.decode()
    desk.post(reverse("automation_rule", args=[rule.pk]), typed())
    rule.refresh_from_db()
    assert (rule.event, rule.after_minutes) == ("arrived", None)


def test_rules_change_places_and_keep_the_focus(desk):
    first, second, third = (made(desk, name=name) for name in ("One", "Two", "Three"))
    answer = desk.post(reverse("automation_place", args=[third.pk]), {"to": "up"})
    assert answer["Location"].endswith(f"?moved={third.pk}&to=up")
    order = list(Rule.objects.order_by("place").values_list("name", flat=True))
    assert order == ["One", "Three", "Two"]
    assert desk.get(answer["Location"]).content.decode().count("autofocus>↑") == 1
    desk.post(reverse("automation_place", args=[first.pk]), {"to": "up"})
    assert Rule.objects.order_by("place").first() == first


def test_a_rule_is_switched_off_and_deleted(desk):
    rule = made(desk)
    desk.post(reverse("automation_switch", args=[rule.pk]), {"on": "no"})
    rule.refresh_from_db()
    assert not rule.is_active
    desk.post(reverse("automation_rule", args=[rule.pk]), {"_method": "DELETE"})
    assert not Rule.objects.exists()
    assert list(AuditEntry.objects.filter(kind="rule").order_by("pk").values_list("verb", flat=True)) == [
        "made", "changed", "removed",
    ]  # fmt: skip


def test_automation_is_not_for_every_agent(client, ada):
    client.force_login(ada)
    rule = Rule.objects.create(name="One", event="arrived", actions=[])
    names = ["automation", "new_automation_rule", "automation_log", "webhooks", "required_fields"]
    for path in [*map(reverse, names), reverse("automation_rule", args=[rule.pk])]:
        assert client.get(path).status_code == 404


def test_a_dry_run_says_where_it_would_have_acted_and_touches_nothing(desk, mail, ada):
    asked = receive(from_ann(mail, "refund please")).conversation
    other = receive(from_ann(mail, "hello", address="bo@home.example")).conversation
    rule = made(desk, is_active="")
    answer = desk.post(reverse("dry_runs", args=[rule.pk]), {"days": "7"})
    one = DryRun.objects.get()
    assert answer["Location"] == reverse("dry_run", args=[one.pk])
    before = [list(type(each).objects.filter(pk=each.pk).values()) for each in (asked, other)]
    done = dry_runs.run(one.pk)
    assert (done.state, done.done, done.hits, done.misses) == ("done", 2, 1, {"condition:words": 1})
    assert [list(type(each).objects.filter(pk=each.pk).values()) for each in (asked, other)] == before
    assert not asked.tags.exists()
    assert not asked.activities.exists()
    page = desk.get(reverse("dry_run", args=[one.pk])).content.decode()
    assert reverse("conversation", args=[asked.pk]) in page
    assert reverse("conversation", args=[other.pk]) not in page
    assert 'value="100"' in page
    assert "every 1s" not in page


def test_a_webhook_has_a_secret_that_is_shown_once_and_kept_sealed(desk, settings):
    settings.LOCAL = True
    answer = desk.post(reverse("webhooks"), {"name": "Stock", "url": "http://127.0.0.1:1/in", "is_active": "on"})
    one = Webhook.objects.get()
    secret = secrets.unseal(bytes(one.sealed))["signing_secret"]
    assert secret in desk.get(answer["Location"]).content.decode()
    assert secret not in desk.get(answer["Location"]).content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))
    desk.post(reverse("webhook_secret", args=[one.pk]))
    one.refresh_from_db()
    assert secrets.unseal(bytes(one.sealed))["signing_secret"] != secret


@pytest.mark.parametrize("url", ["http://127.0.0.1/in", "http://10.0.0.7/in", "http://[::1]/in", "ftp://example.org/"])
def test_a_webhook_leads_to_public_addresses_only(desk, settings, url):
    settings.LOCAL = False
    answer = desk.post(reverse("webhooks"), {"name": "Inside", "url": url, "is_active": "on"})
    assert answer.status_code == 422
    assert not Webhook.objects.exists()


def test_a_call_that_was_given_up_is_tried_again_by_hand(desk, mail):
    conversation = receive(from_ann(mail)).conversation
    hook = Webhook.objects.create(name="Stock", url="https://example.org/")
    call = WebhookCall.objects.create(webhook=hook, conversation=conversation, state="failed", tries=9, error="500")
    assert "500" in desk.get(reverse("webhook", args=[hook.pk])).content.decode()
    desk.post(reverse("webhook_call", args=[call.pk]))
    call.refresh_from_db()
    assert (call.state, call.tries) == ("queued", 0)


def test_a_question_is_made_changed_and_deleted(desk, returns):
    given = {"name": "Outcome", "kind": "choice", "lines": "Refunded\nReplaced\n\nRefunded", "team": str(returns.pk)}
    desk.post(reverse("required_fields"), {**given, "is_active": "on"})
    one = RequiredField.objects.get()
    assert (one.options, one.team) == (["Refunded", "Replaced"], returns)
    assert "Refunded, Replaced" in desk.get(reverse("required_fields")).content.decode()
    answer = desk.post(reverse("required_field", args=[one.pk]), {**given, "lines": "One"})
    assert answer.status_code == 422
    desk.post(reverse("required_field", args=[one.pk]), {"_method": "DELETE"})
    assert not RequiredField.objects.exists()


def test_a_dry_run_goes_by_the_hours_and_the_words_of_that_moment(desk, mail):
    """Of three words in one conversation, the second was said when nobody was there."""
    closed = timezone.now() - timedelta(days=2)
    office = Hours.objects.create(name="Office", zone="UTC", is_default=True, week={})
    Closure.objects.create(hours=office, day=closed.date(), reason="Stocktaking")
    for at, text in ((closed - timedelta(hours=30), "one"), (closed, "two"), (closed + timedelta(hours=30), "three")):
        receive(from_ann(mail, text, at=at))
    hold = [{"field": "words", "is": "has", "value": ["two"]}, {"field": "open", "is": "no"}]
    rule = Rule.objects.create(
        name="Night", event="wrote", conditions={"rules": hold}, actions=[{"do": "tag", "value": "night"}]
    )
    one = dry_runs.run(dry_runs.start(rule, days=7, by=None).pk)
    assert [hit.at for hit in one.found.all()] == [closed]
    assert (one.done, one.misses) == (2, {"condition:open": 1})


@pytest.mark.parametrize(("event", "hits"), [("waiting", 1), ("quiet", 1), ("answered", 1), ("resolved", 1)])
def test_a_dry_run_knows_the_moments_of_each_kind_of_event(desk, mail, ada, event, hits):
    now = timezone.now()
    conversation = receive(from_ann(mail, "Hello", at=now - timedelta(hours=9))).conversation
    receive(from_ann(mail, "Hello?", at=now - timedelta(hours=8)))
    Message.objects.create(conversation=conversation, kind="outbound", author=ada, created_at=now - timedelta(hours=5))
    resolve(conversation, by=ada)
    minutes = 120 if event in ("waiting", "quiet") else None
    rule = Rule.objects.create(name="One", event=event, after_minutes=minutes, actions=[{"do": "resolve", "value": ""}])
    one = dry_runs.run(dry_runs.start(rule, days=1, by=None).pk)
    assert one.hits == hits


def test_a_dry_run_that_is_stopped_or_dies_is_not_lost(desk, mail):
    for number in range(3):
        receive(from_ann(mail, address=f"a{number}@home.example"))
    rule = Rule.objects.create(name="One", event="arrived", actions=[{"do": "resolve", "value": ""}])
    one = dry_runs.start(rule, days=1, by=None)
    assert (dry_runs.due(), dry_runs.start(rule, days=7, by=None)) == ([one.pk], one)
    desk.post(reverse("dry_run_stop", args=[one.pk]))
    assert (dry_runs.run(one.pk).state, dry_runs.due()) == ("stopped", [])


def test_a_dry_run_goes_by_the_mood_of_that_moment(desk, mail):
    now = timezone.now()
    receive(from_ann(mail, "This is terrible, I am furious and disappointed!", at=now - timedelta(hours=3)))
    receive(from_ann(mail, "Thank you so much, wonderful help, I am happy.", at=now - timedelta(hours=2)))
    receive(from_ann(mail, "Now it is awful again, I am very angry!", at=now - timedelta(hours=1)))
    hold = {"rules": [{"field": "mood", "is": "below", "value": 0}]}
    rule = Rule.objects.create(name="One", event="wrote", conditions=hold, actions=[{"do": "resolve", "value": ""}])
    one = dry_runs.run(dry_runs.start(rule, days=1, by=None).pk)
    assert (one.done, one.hits, one.misses) == (2, 1, {"condition:mood": 1})


def test_a_dry_run_that_breaks_ends_and_says_so(desk, mail):
    receive(from_ann(mail))
    rule = Rule.objects.create(name="One", event="arrived", actions=[{"do": "resolve", "value": ""}])
    one = dry_runs.start(rule, days=1, by=None)
    one.body["conditions"] = {"rules": [{"field": "no longer asked", "is": "is", "value": ["x"]}]}
    one.save()
    one = dry_runs.run(one.pk)
    assert (one.state, dry_runs.due()) == ("stopped", []) and "KeyError" in one.error
    assert one.error in desk.get(reverse("dry_run", args=[one.pk])).content.decode()


def test_the_calls_of_a_webhook_are_those_of_conversations_that_one_may_see(client, desk, ada, mail, billing):
    """Ada makes rules, and is in Returns alone."""
    ada.own_role = OwnRole.objects.create(name="Maker", permissions=["settings.automation"])
    ada.granted = ["settings.automation"]
    ada.save()
    bills = Channel.objects.create(name="Bills", medium="email", address="bills@desk.example", team=billing)
    theirs = receive(from_ann(bills, address="bob@home.example")).conversation
    hook = Webhook.objects.create(name="Stock", url="https://example.org/")
    call = WebhookCall.objects.create(webhook=hook, conversation=theirs, state="failed", tries=9, error="500")
    assert f"#{theirs.pk}<" in desk.get(reverse("webhook", args=[hook.pk])).content.decode()
    client.force_login(ada)
    page = client.get(reverse("webhook", args=[hook.pk]))
    assert page.status_code == 200 and f"#{theirs.pk}<" not in page.content.decode()
    assert client.post(reverse("webhook_call", args=[call.pk])).status_code == 404


def test_what_somebody_spent_is_told_by_no_log_and_no_dry_run_to_whom_purchases_are_not_shown(desk, sam, mail):
    conversation = receive(from_ann(mail)).conversation
    spent = {"rules": [{"field": "value", "is": "below", "value": 1000}]}
    rule = Rule.objects.create(name="Poor", event="arrived", conditions=spent, actions=[{"do": "tag", "value": "x"}])
    why = {"code": "condition", "about": {"rule": spent["rules"][0], "known": "4321"}}
    rule.runs.create(rule_name="Poor", conversation=conversation, event="arrived", outcome="not", why=why)
    one = dry_runs.run(dry_runs.start(rule, days=1, by=sam).pk)
    pages = [f"{reverse('automation_log')}?outcome=all", reverse("dry_run", args=[one.pk])]
    seen = "".join(desk.get(page).content.decode() for page in pages)
    assert "It was 4321" in seen and seen.count("Ann Bell") == 2 and one.hits == 1
    sam.sees_purchases = False
    sam.save()
    seen = "".join(desk.get(page).content.decode() for page in pages)
    assert "4321" not in seen and seen.count("Ann Bell") == 1 and "Not so: spent so far is below 1000." in seen
