"""Reading decisions: the list, one in full, why in the thread, another opinion with its reason; and least sight."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.keyset import cursor_of
from conversations.models import Activity, Conversation, RoutingDecision
from conversations.routing import decisions, drain
from conversations.routing.explained import behind, explained
from conversations.routing.facts import Outcome, Rule
from conversations.routing.teaching import hints
from conversations.routing.waiting import enqueue
from customers.models import Customer
from deskapp.models import OwnRole, User
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ada, grace, returns, billing):
    """Two agents of Returns are there; what is about money goes to Returns, the rest to Billing."""
    is_there(ada, grace)
    about = {"match": "all", "rules": [{"field": "words", "is": "has", "value": ["money"]}]}
    return in_force(Outcome(team=billing.pk), rules=(Rule("money", "About money", about, Outcome(team=returns.pk)),))


def routed(number, subject="money"):
    made = []
    for place in range(number):
        customer = Customer.objects.create(name=f"Ann {place}")
        row = Conversation.objects.create(
            customer=customer, subject=subject, media=["email"], waiting_since=timezone.now()
        )
        enqueue(row, "arrived")
        made.append(row)
    drain.drain(room=False)
    return made


@pytest.fixture
def chief(root):
    return root


def test_list_says_who_to_whom_and_why(client, chief, desk):
    routed(1)
    client.force_login(chief)
    page = client.get("/routing/")
    row = RoutingDecision.objects.get()
    assert page.status_code == 200
    assert row.agent is not None
    words = page.content.decode()
    assert f"<bdi>Ann 0</bdi> to <bdi>{row.agent.short_name}</bdi>" in words
    assert "Returns. About money" in words
    assert "“About money” belongs to Returns" in words.replace("&quot;", '"')


def test_one_in_full_has_every_candidate_with_reasons_and_is_made_again(chief, desk, ada, grace, linus):
    is_there(grace, state="away")
    (conversation,) = routed(1)
    row = decisions.seen_by(chief).get()
    one = explained(row, chief)
    assert one.is_same is True
    assert {each.name for each in one.candidates} == {str(ada), str(grace)}
    chosen, other = one.candidates
    assert chosen.is_chosen and chosen.score > 0 and sum(chosen.parts) == pytest.approx(chosen.score, abs=0.1)
    assert other.score is None and other.out == ["Away"]
    assert one.outside == User.objects.filter(is_active=True).count() - 2
    row.matter["words"] = "something else"
    assert explained(row, chief).is_same is False


def test_lists_by_kind(client, chief, desk, ada, returns, billing):
    routed(2)
    routed(1, "weather")  # nobody of Billing is there: a fallback
    changed = RoutingDecision.objects.order_by("pk").first()
    RoutingDecision.objects.filter(pk=changed.pk).update(changed_at=timezone.now(), changed_by=ada)
    assert len(decisions.page(chief, "all").lines) == 3
    assert [line.row.pk for line in decisions.page(chief, "changed").lines] == [changed.pk]
    assert [line.row.is_fallback for line in decisions.page(chief, "fallback").lines] == [True]
    assert decisions.page(chief, "unsure").lines == []
    assert decisions.today(chief) == {"decided": 3, "changed": 1}


def test_pages_follow_without_gap_or_double(chief, desk, monkeypatch):
    monkeypatch.setattr(decisions, "PAGE", 3)
    routed(8)
    seen, before = [], ""
    for _page in range(3):
        page = decisions.page(chief, "all", before=before)
        seen += [line.row.pk for line in page.lines]
        before = page.older
    assert len(seen) == len(set(seen)) == 8 and before == ""


def test_news_are_what_came_since_and_what_was_changed(client, chief, desk, ada):
    old = routed(1)[0].decisions.get()
    RoutingDecision.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=1))
    new = routed(1)[0].decisions.get()
    edge = cursor_of(RoutingDecision.objects.get(pk=new.pk), "created_at")
    assert [line.row.pk for line in decisions.news(chief, "all", after=edge)] == [new.pk]
    assert [line.row.pk for line in decisions.news(chief, "all", after=edge, also=old.pk)] == [new.pk, old.pk]
    client.force_login(chief)
    answer = client.get("/routing/", {"after": edge}, HTTP_HX_REQUEST="true").content.decode()
    assert f'id="decision-{new.pk}"' in answer and f'id="decision-{old.pk}"' not in answer


def test_who_may_not_see_a_conversation_sees_no_decision_of_it(client, desk, linus, ada):
    linus.own_role = OwnRole.objects.create(name="Reader", permissions=["routing.see"])
    linus.save()
    (conversation,) = routed(1)
    row = conversation.decisions.get()
    client.force_login(User.objects.get(pk=linus.pk))
    assert b"Ann 0" not in client.get("/routing/").content
    for where in (f"/routing/decisions/{row.pk}/", f"/activities/{conversation.activities.get().pk}/why/"):
        assert client.get(where).status_code == 404
    assert client.post(f"/routing/decisions/{row.pk}/override/", {"to": f"agent:{ada.pk}"}).status_code == 404
    assert decisions.news(User.objects.get(pk=linus.pk), "all", after="", also=row.pk) == []


def test_who_has_no_permission_finds_no_page(client, ada, desk):
    client.force_login(ada)
    assert client.get("/routing/").status_code == 404


def test_why_in_the_thread_tells_every_agent_who_sees_it(client, ada, desk):
    (conversation,) = routed(1)
    line = conversation.activities.get(verb=Activity.Verb.ROUTED)
    client.force_login(ada)
    assert f"/activities/{line.pk}/why/" in client.get(f"/conversations/{conversation.pk}/").content.decode()
    for how in ({"HTTP_HX_REQUEST": "true"}, {}):
        words = client.get(f"/activities/{line.pk}/why/", **how).content.decode()
        assert "“About money” belongs to Returns" in words and "Who could have taken it" in words


def test_each_line_tells_of_its_own_choice(desk, ada, grace):
    (conversation,) = routed(1)
    first = conversation.decisions.get()
    conversation.refresh_from_db()
    other = grace if conversation.assignee == ada else ada
    Conversation.objects.filter(pk=conversation.pk).update(assignee=None)
    is_there(conversation.assignee, state="away")
    enqueue(conversation, "left")
    drain.drain(room=False)
    lines = list(conversation.activities.filter(verb=Activity.Verb.ROUTED).order_by("pk"))
    assert [behind(line).agent for line in lines] == [first.agent, other]


def test_what_was_bought_is_for_those_who_may_see_it(client, chief, desk):
    (conversation,) = routed(1)
    row = conversation.decisions.get()
    row.matter["tier"] = "Platinum"
    assert "Platinum" in str(explained(row, chief).facts)
    chief.sees_purchases = False
    assert "Platinum" not in str(explained(row, chief).facts)


def test_another_opinion_is_kept_with_its_reason_and_counted_by_rule(client, chief, desk, linus, billing):
    client.force_login(chief)
    for conversation in routed(2):
        row = conversation.decisions.get()
        data = {"to": f"team:{billing.pk}", "because": "team"}
        assert client.post(f"/routing/decisions/{row.pk}/override/", data).status_code == 302
        row.refresh_from_db()
        assert (row.changed_by, row.changed_team, row.changed_reason) == (chief, billing, "Wrong team")
        conversation.refresh_from_db()
        assert conversation.team == billing
    (hint,) = hints(chief, desk)
    assert (hint.name, hint.times) == ("About money", 2)
    assert hint.says == "Moved away from Returns 2 times this week, mostly to Billing: “Wrong team”"
    assert "Moved away from Returns 2 times this week" in client.get("/routing/").content.decode()


@pytest.mark.parametrize("wrong", ["nobody", "no reason", "there already", "gone since", "unknown"])
def test_other_opinion_that_cannot_be_says_why(client, chief, desk, ada, grace, linus, wrong):
    (conversation,) = routed(1)
    row = conversation.decisions.get()
    data = {"to": f"agent:{linus.pk}", "because": "load"}
    if wrong == "nobody":
        data["to"] = ""
    elif wrong == "no reason":
        data["because"] = ""
    elif wrong == "there already":
        data["to"] = f"agent:{row.agent_id}"
    elif wrong == "unknown":
        data["to"] = "agent:x"
    else:
        RoutingDecision.objects.create(conversation=conversation, trigger="replied", kind="team")
    client.force_login(chief)
    for how in ({"HTTP_HX_REQUEST": "true"}, {}):
        answer = client.post(f"/routing/decisions/{row.pk}/override/", data, **how)
        assert answer.status_code == 422 and b'role="alert"' in answer.content
    row.refresh_from_db()
    assert row.changed_at is None


def queries(client, where, **how):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(where, **how).status_code == 200
    return len(asked)


def test_queries_do_not_grow_with_decisions(client, chief, desk):
    client.force_login(chief)
    first = routed(3)[0].decisions.get()
    where = (
        "/routing/",
        f"/routing/decisions/{first.pk}/",
        f"/activities/{first.conversation.activities.get().pk}/why/",
    )
    client.get("/routing/")
    few = [queries(client, each) for each in where]
    rows = queries(client, "/routing/?before=2999-01-01T00:00:00%2B00:00~1", HTTP_HX_REQUEST="true")
    routed(12)
    assert [queries(client, each) for each in where] == few
    assert queries(client, "/routing/?before=2999-01-01T00:00:00%2B00:00~1", HTTP_HX_REQUEST="true") == rows <= 5
    assert few[0] <= 32
