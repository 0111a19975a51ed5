"""What a replay says: figures side by side, a sentence, a chart, who goes elsewhere; which days can be asked for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Conversation, Replay, ReplayChange, RoutingPolicy
from conversations.routing import kept, what_if
from conversations.routing.facts import Decision, Outcome, Reason
from conversations.routing.figures import AgentFigures, Figures, TeamFigures, Turn
from conversations.routing.written import plain
from customers.models import Customer
from deskapp.models import OwnRole, User
from tests.conversations.routing.desk import in_force

pytestmark = pytest.mark.django_db


def figures(team, agent, *, wait, same, late=0.03, busiest=0.9):
    teams = (TeamFigures(team.pk, 60, wait, 2 * wait, late),)
    load = AgentFigures(agent.pk, 30, busiest)
    return Figures(60, 0, 1, wait, 2 * wait, same, 0.1, late, 0.05, 0.1, load, teams, (load,))


@pytest.fixture
def done(ada, returns, billing):
    """Sixty conversations, of which ten go from Ada to nobody."""
    holds = in_force(Outcome(team=returns.pk))
    draft = in_force(Outcome(team=billing.pk), number=2, state="draft")
    sides = [plain(figures(returns, ada, wait=190, same=0.41)), plain(figures(returns, ada, wait=215, same=0.58))]
    since = timezone.now() - timedelta(days=3)
    made = Replay.objects.create(
        policy=draft, baseline=holds, before=holds.body, after=draft.body, since=since, until=since + timedelta(days=2),
        state="done", total=60, done=60, differing=10, figures=dict(zip(("before", "after"), sides, strict=True)),
    )  # fmt: skip
    reasons = (Reason("otherwise"), Reason("belongs", {"team": "Returns"}), Reason("only_one"))
    was = Turn("agent", ada.pk, returns.pk, 190.0, Decision("agent", ada.pk, returns.pk, reasons=reasons))
    full = Decision("team", None, billing.pk, reasons=(Reason("nobody_full", {"team": "Billing"}),))
    would = Turn("team", None, billing.pk, None, full)
    for place in range(10):
        row = Conversation.objects.create(customer=Customer.objects.create(name=f"Ann {place}"), team=returns)
        ReplayChange.objects.create(
            replay=made, conversation=row, at=since + timedelta(minutes=place), before=plain(was), after=plain(would),
            is_direct=place > 1,
        )  # fmt: skip
    return made


def test_figures_stand_side_by_side_with_what_is_better(done, returns, ada):
    before, after = figures(returns, ada, wait=190, same=0.41), figures(returns, ada, wait=215, same=0.58)
    rows = {row.label: row for row in what_if.compared(before, after, {ada.pk: "Ada"})}
    same, wait = rows["Same agent as before"], rows["Median wait"]
    assert (same.before, same.after, same.change, same.direction, same.grade) == ("41%", "58%", "17", "up", "good")
    assert (wait.before, wait.after, wait.change, wait.direction, wait.grade) == ("3:10", "3:35", "0:25", "up", "bad")
    assert (rows["Late"].after, rows["Late"].change) == ("3.0%", "")
    assert rows["Busiest agent: Ada"].after == "90%"
    assert what_if.callout(before, after, done) == (
        "More people meet the agent they know, 0:25 slower.", "10 of 60 conversations go elsewhere.",
    )  # fmt: skip
    done.differing = 0
    assert what_if.callout(before, before, done)[0] == "No difference."


def test_chart_has_a_place_for_each_team(returns, ada):
    before, after = figures(returns, ada, wait=190, same=0.4), figures(returns, ada, wait=215, same=0.4)
    drawn = what_if.chart(before, after, {returns.pk: "Returns"})
    (team,) = drawn.teams
    assert what_if.LEFT < team.x_before < team.x_after < what_if.RIGHT
    assert [label for _x, label in drawn.ticks] == ["0", "1", "2", "3", "4"]
    assert team.before == ["3:10", "6:20", "3.0%"]
    assert what_if.chart(Figures(0, 0, 0, *[None] * 8), after, {}).teams


def test_changes_follow_page_by_page_each_with_both_reasons(done, root):
    seen, after = [], ""
    for _page in range(2):
        page = what_if.changes(done, root, after=after)
        seen += page.rows
        after = page.after
    assert [each.who for each in seen] == [f"Ann {place}" for place in (*range(2, 10), 0, 1)]
    assert after == ""
    assert (
        seen[0].before == "Ada after 3:10, because no rule says otherwise than Returns and nobody else could take it."
    )
    assert seen[0].after == "The queue of Billing: nobody had room."


def test_page_shows_the_newest_and_the_list_of_them(client, sam, done):
    client.force_login(sam)
    words = client.get("/routing/").content.decode()
    for said in ("More people meet the agent they know", "3:35", "Ann 2", "What the draft changes", "Discard draft"):
        assert said in words
    for how in ({}, {"HTTP_HX_REQUEST": "true"}):
        assert b"Ann 5" in client.get(f"/routing/replays/{done.pk}/changes/", **how).content
    assert client.get(f"/routing/replays/{done.pk}/").url == f"/routing/?replay={done.pk}"


def test_whom_one_may_not_see_is_not_in_the_list(client, linus, done):
    linus.own_role = OwnRole.objects.create(name="Reader", permissions=["routing.see"])
    linus.save()
    client.force_login(User.objects.get(pk=linus.pk))
    assert b"Ann" not in client.get(f"/routing/replays/{done.pk}/changes/").content
    draft = RoutingPolicy.objects.get(state="draft")
    assert client.post("/routing/replays/", {"policy": draft.pk, "period": "yesterday"}).status_code == 404
    assert b"Discard draft" not in client.get("/routing/").content


PERIODS = {
    "yesterday": ({"period": "yesterday"}, 1),
    "week": ({"period": "week"}, 7),
    "own days": ({"period": "custom", "since": "2026-03-02", "until": "2026-03-04"}, 3),
}
WRONG = {
    "no day": {"period": "custom", "since": "", "until": "2026-03-04"},
    "no such day": {"period": "custom", "since": "2026-02-31", "until": "2026-03-04"},
    "backwards": {"period": "custom", "since": "2026-03-05", "until": "2026-03-04"},
    "to come": {"period": "custom", "since": "2999-03-05", "until": "2999-03-06"},
    "too many": {"period": "custom", "since": "2020-03-05", "until": "2026-03-04"},
    "no period": {"period": "ever"},
    "no rules": {"policy": "x"},
}


@pytest.mark.parametrize("name", PERIODS)
def test_days_are_whole_ones_by_the_clock_of_who_asks(client, sam, returns, name):
    version = in_force(Outcome(team=returns.pk))
    data, days = PERIODS[name]
    sam.timezone = "Pacific/Auckland"
    sam.save()
    client.force_login(sam)
    answer = client.post("/routing/replays/", {"policy": version.pk, **data})
    made = Replay.objects.get()
    assert answer.url == f"/routing/?replay={made.pk}"
    assert abs((made.until - made.since) - timedelta(days=days)) <= timedelta(hours=1)  # clocks may be changed
    assert kept.read_policy(made.after, number=1) == kept.policy_of(version)
    assert b"choose other days" in client.get(answer.url).content


@pytest.mark.parametrize("name", WRONG)
def test_days_that_cannot_be_are_refused_with_a_word(client, sam, returns, name):
    version = in_force(Outcome(team=returns.pk))
    client.force_login(sam)
    for how in ({"HTTP_HX_REQUEST": "true"}, {}):
        answer = client.post("/routing/replays/", {"policy": version.pk, "period": "yesterday", **WRONG[name]}, **how)
        assert answer.status_code == 422 and b'role="alert"' in answer.content
    assert not Replay.objects.exists()


def test_queries_do_not_grow_with_changes(client, sam, done):
    client.force_login(sam)
    where = (f"/routing/replays/{done.pk}/", f"/routing/replays/{done.pk}/changes/")
    client.get("/routing/")

    def asked():
        found = []
        for each in where:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(each, HTTP_HX_REQUEST="true").status_code == 200
            found.append(len(queries))
        return found

    ReplayChange.objects.filter(conversation__customer__name__in=["Ann 4", "Ann 5", "Ann 6", "Ann 7"]).delete()
    few = asked()
    for change in ReplayChange.objects.all():
        change.pk = None
        change.save()
    assert asked() == few
    assert few[1] <= 12


def test_only_a_few_are_replayed_at_once(client, sam, done):
    client.force_login(sam)
    asked = {"policy": done.policy_id, "period": "yesterday"}
    for _place in range(3):
        Replay.objects.create(since=done.since, until=done.until)
    answer = client.post("/routing/replays/", asked)
    assert (answer.status_code, Replay.objects.count()) == (422, 4)
    assert "Enough is being replayed now" in answer.content.decode()
    Replay.objects.filter(state="running").update(created_at=timezone.now() - timedelta(hours=3))
    assert client.post("/routing/replays/", asked).status_code == 302
