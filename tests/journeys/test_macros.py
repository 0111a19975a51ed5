"""Macros: one key does several things, one takes them back, and only those run them who may."""

import json
import re

import pytest

from conversations.actions.assigning import assign
from conversations.inbound.receive import receive
from conversations.models import AuditEntry, CannedReply, Conversation, Macro, Priority, Status, Tag
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail)).conversation


@pytest.fixture
def macro(returns, billing):
    found = Macro.objects.create(
        name="Refund it", usable_in=returns, priority=Priority.HIGH, to_me=True, note="Refund {customer}.",
        canned=CannedReply.objects.create(name="Refund", text="Dear {customer}, it is on its way."), resolves=True,
    )  # fmt: skip
    found.add_tags.add(Tag.objects.create(name="refund"))
    found.drop_tags.add(Tag.objects.create(name="new"))
    return found


def now(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def run(client, conversation, macro, **given):
    return client.post(f"/conversations/{conversation.pk}/macros/{macro.pk}/", given, headers={"HX-Request": "true"})


def undo(client, conversation, macro, answer):
    states = re.search(r'name="states" value="([^"]+)"', answer.content.decode())[1]
    return run(client, conversation, macro, _method="DELETE", states=states)


def test_one_key_does_it_all_and_one_takes_it_back(client, ada, conversation, macro):
    client.force_login(ada)
    conversation.tags.add(Tag.objects.get(name="new"))
    answer = run(client, conversation, macro)
    after = now(conversation)
    assert (after.status, after.priority, after.assignee) == (Status.RESOLVED, Priority.HIGH, ada)
    assert list(after.tags.values_list("name", flat=True)) == ["refund"]
    assert after.messages.get(kind="note").text == "Refund Ann."
    assert json.loads(answer["HX-Trigger"]) == {"composer:insert": {"html": "<p>Dear Ann, it is on its way.</p>"}}
    undo(client, conversation, macro, answer)
    before = now(conversation)
    assert (before.status, before.priority, before.assignee) == (Status.OPEN, Priority.NORMAL, None)
    assert list(before.tags.values_list("name", flat=True)) == ["new"]


def test_what_a_colleague_has_changed_since_is_left_as_it_is(client, ada, grace, conversation, macro):
    client.force_login(ada)
    answer = run(client, conversation, macro)
    assign(conversation, to=grace, by=grace)
    undo(client, conversation, macro, answer)
    assert (now(conversation).assignee, now(conversation).status) == (grace, Status.OPEN)


def test_a_forged_way_back_changes_nothing(client, ada, conversation, macro):
    client.force_login(ada)
    run(client, conversation, macro)
    answer = run(client, conversation, macro, _method="DELETE", states="made up")
    assert answer.status_code == 422 and now(conversation).status == Status.RESOLVED


def test_a_macro_of_another_team_is_not_there(client, linus, conversation, macro, billing):
    Conversation.objects.filter(pk=conversation.pk).update(team=billing)
    client.force_login(linus)
    assert run(client, conversation, macro).status_code == 404
    assert client.get(f"/macros/{macro.pk}/").status_code == 404


def test_the_list_behind_the_mark_offers_it(client, ada, conversation, macro):
    client.force_login(ada)
    page = client.get("/canned/insertable/", {"conversation": conversation.pk, "q": "refu"}).content.decode()
    assert f'data-post="/conversations/{conversation.pk}/macros/{macro.pk}/"' in page
    assert "assigns it to whoever runs it, solves it" in page


def form(**more):
    return {"name": "Solve", "usable_in": "", "resolves": "on", **more}


def test_an_admin_keeps_macros_and_the_log_says_so(client, root, returns):
    client.force_login(root)
    assert client.post("/macros/", form()).status_code == 302
    macro = Macro.objects.get()
    client.post(f"/macros/{macro.pk}/", form(name="Solved", usable_in=returns.pk))
    client.post(f"/macros/{macro.pk}/", {"_method": "DELETE"})
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["made", "changed", "removed"]
    assert not Macro.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"resolves": ""}, "It does nothing yet"),
        ({"snooze_hours": "3"}, "It cannot be solved and snoozed at once."),
        ({"name": " "}, "This field is required."),
        ({"snooze_hours": "-1"}, "greater than or equal to 1"),
    ],
    ids=["nothing", "both", "no name", "negative"],
)
def test_what_is_wrong_is_said(client, root, more, words):
    client.force_login(root)
    page = client.post("/macros/", form(**more))
    assert page.status_code == 422 and words in page.content.decode()
    assert not Macro.objects.exists()


def test_agents_make_them_for_their_own_teams_alone(client, ada, returns, billing):
    client.force_login(ada)
    assert client.post("/macros/", form()).status_code == 422
    assert client.post("/macros/", form(usable_in=billing.pk)).status_code == 422
    assert client.post("/macros/", form(usable_in=returns.pk, priority="0", resolves="")).status_code == 302
    assert Macro.objects.get().priority == Priority.LOW
