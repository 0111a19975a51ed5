"""The live board: its numbers, the rows behind each of them, its alerts, who may see what, and how often it is read."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.actions.lending import end_due, lend
from conversations.envelopes import CallReport
from conversations.inbound.calls import hear
from conversations.inbound.receive import receive
from conversations.models import AgentState, AlertLimit, Channel, Conversation, Deadline, Loan, Status
from conversations.reports import board, open_now, today
from conversations.routing import availability
from customers.identify import Handle
from tests.conftest import from_ann
from tests.conversations.reports.test_satisfaction import answers
from tests.conversations.surveys.asked import survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_anew():
    cache.clear()


def waiting(channel, name, **fields):
    conversation = receive(from_ann(channel, "Hello", address=f"{name}@home.example")).conversation
    Conversation.objects.filter(pk=conversation.pk).update(**fields)
    return conversation


@pytest.fixture
def busy(mail, billing, ada, linus):
    """In Returns three wait: one is late, one due soon and at risk; Ada has one of them. In Billing one waits."""
    now = timezone.now()
    late = waiting(mail, "late", due_at=now - timedelta(minutes=4), is_late=True, assignee=ada)
    soon = waiting(mail, "soon", due_at=now + timedelta(minutes=9), at_risk_at=now - timedelta(minutes=1))
    calm = waiting(mail, "calm", due_at=now + timedelta(hours=3))
    other = waiting(mail, "other", team=billing)
    waiting(mail, "solved", status=Status.RESOLVED, due_at=now - timedelta(hours=1))
    availability.choose(ada, "online")
    availability.choose(linus, "away", reason="lunch")
    return {"late": late, "soon": soon, "calm": calm, "other": other}


def shown(client, query=""):
    return client.get(f"/live/{query}").context["shown"]


def test_each_number_is_the_count_of_its_rows(client, sam, busy, returns):
    client.force_login(sam)
    page = client.get("/live/").content.decode()
    links = re.findall(r'<a href="(/live/rows/[^"]+)"[^>]*>(\d+)(?: open)?</a>', page)
    assert len(links) > 20
    for href, number in links:
        answer = client.get(href.replace("&amp;", "&"))
        assert answer.context["found"].total == int(number) == len(answer.context["found"].rows), href
    wanted = {"waiting": "4", "soon": "1"}
    assert {each.key: each.value for each in shown(client).figures if each.key in wanted} == wanted


def test_a_team_is_shown_alone(client, sam, busy, returns, billing):
    client.force_login(sam)
    assert [queue.name for queue in shown(client, f"?team={billing.pk}").queues] == ["Billing"]
    figures = {each.key: each.value for each in shown(client, f"?team={returns.pk}").figures}
    assert (figures["waiting"], figures["overdue"], figures["soon"]) == ("3", "4 min", "1")
    assert client.get("/live/?team=999999").status_code == 404


def test_agents_are_shown_with_state_reason_and_load(client, sam, busy, ada, linus):
    client.force_login(sam)
    found = {each.here.agent: each for each in shown(client).colleagues}
    assert (found[ada.pk].here.load, found[ada.pk].here.open) == (1.0, 1)
    assert found[linus.pk].says.startswith("Away: Lunch")


def test_who_may_not_watch_finds_no_board(client, ada, busy):
    client.force_login(ada)
    for path in ("/live/", "/live/rows/waiting/", f"/live/agents/{ada.pk}/", "/live/limits/"):
        assert client.get(path).status_code == 404


def test_a_watcher_of_one_team_sees_that_team_alone(client, linus, busy, returns, billing, ada):
    type(linus).objects.filter(pk=linus.pk).update(own_role=_role("live.see"), granted=["live.see"])
    client.force_login(linus)
    page = client.get("/live/")
    assert [queue.name for queue in page.context["shown"].queues] == ["Billing"]
    assert b"Returns" not in page.content and b"late@home" not in page.content and b"Ada" not in page.content
    assert client.get(f"/live/?team={returns.pk}").status_code == 404
    assert client.get(f"/live/rows/waiting/?team={returns.pk}").status_code == 404
    assert client.get("/live/rows/waiting/").context["found"].total == 1
    assert client.get(f"/live/agents/{ada.pk}/").status_code == 404
    assert client.post("/live/loans/", {"agent": linus.pk, "team": returns.pk}).status_code == 404


def _role(*permissions):
    from deskapp.models import OwnRole

    return OwnRole.objects.create(name="Watcher", permissions=list(permissions))


def test_many_watchers_ask_the_database_once(client, sam, root, busy):
    with CaptureQueriesContext(
        connection,
    ) as first:
        board.shared()
    assert len(first) <= board.MOST_QUERIES_ANEW
    with CaptureQueriesContext(connection) as again:
        board.shared()
    assert len(again) == 0
    board.forget()
    with CaptureQueriesContext(connection) as second:
        board.shared()
    assert len(second) <= board.MOST_QUERIES


def test_what_is_late_says_who_could_take_it(client, sam, busy, ada, grace):
    availability.choose(grace, "online")
    Conversation.objects.filter(pk=busy["late"].pk).update(assignee=None)
    client.force_login(sam)
    alert = next(each for each in shown(client).alerts if each.key == f"late-{busy['late'].pk}")
    assert "4 min late" in alert.title and "has room" in alert.says
    assert not alert.give.anyway
    answer = client.post(f"/conversations/{busy['late'].pk}/assignment/", {"agent": alert.give.agent, "next": "/live/"})
    assert (answer.status_code, answer.url) == (302, "/live/")
    busy["late"].refresh_from_db()
    assert busy["late"].assignee_id == alert.give.agent


def test_only_one_who_reads_the_language_and_is_full(client, sam, busy, ada, grace):
    availability.choose(grace, "online")
    type(ada).objects.filter(pk=ada.pk).update(languages=["ja"], capacity=1)
    type(grace).objects.filter(pk=grace.pk).update(languages=["en"])
    Conversation.objects.filter(pk=busy["late"].pk).update(assignee=None, language="ja")
    Conversation.objects.filter(pk=busy["calm"].pk).update(assignee=ada)
    client.force_login(sam)
    alert = next(each for each in shown(client).alerts if each.key.startswith("late-"))
    assert alert.says == "Only Ada Okafor reads Japanese, and is full."
    assert alert.give.anyway and alert.give.agent == ada.pk


def test_a_full_team_is_lent_somebody_until_midnight(client, sam, busy, ada, linus, returns, billing):
    availability.choose(linus, "online")
    type(ada).objects.filter(pk=ada.pk).update(capacity=1)
    client.force_login(sam)
    alert = next(each for each in shown(client).alerts if each.key == f"full-{returns.pk}")
    assert (alert.title, alert.lend.agent, alert.lend.from_team) == ("Returns is full.", linus.pk, "Billing")
    client.post("/live/loans/", {"agent": linus.pk, "team": returns.pk})
    assert linus.teams.filter(pk=returns.pk).exists()
    loan = Loan.objects.get()
    assert b"End the loan" in client.get("/live/").content
    client.post(f"/live/loans/{loan.pk}/", {"_method": "DELETE"})
    assert not linus.teams.filter(pk=returns.pk).exists()


def test_a_loan_ends_by_itself(sam, linus, returns):
    lend(linus, to=returns, by=sam, until=timezone.now() + timedelta(hours=1))
    assert end_due() == 0
    Loan.objects.update(until=timezone.now())
    assert end_due() == 1 and not linus.teams.filter(pk=returns.pk).exists()


def test_admins_say_from_where_on_an_alert_calls(client, root, sam, busy):
    client.force_login(root)
    form = client.get("/live/limits/")
    data = {}
    for line in form.context["lines"]:
        data |= {f"{line.prefix}-is_on": "on", f"{line.prefix}-limit": line.instance.limit}
    assert client.post("/live/limits/", {**data, "late-limit": "5"}).status_code == 302
    assert AlertLimit.objects.get().limit == 5
    assert not [each for each in shown(client).alerts if each.key.startswith("late")]
    assert client.post("/live/limits/", {**data, "late-limit": "no"}).status_code == 422
    client.force_login(sam)
    assert client.get("/live/limits/").status_code == 404


def test_first_replies_are_compared_with_the_same_day_of_last_week(client, sam, mail, returns, busy):
    now = timezone.now()
    for number, (at, took) in enumerate([(now, 100), (now, 220), (now - timedelta(days=7), 195)]):
        since = at - timedelta(seconds=took + number)
        Deadline.objects.create(
            conversation=busy["calm"], kind="first", team=returns, since=since, done_at=at, is_met=took < 200, took=took
        )
    client.force_login(sam)
    figures = {each.key: each for each in shown(client).figures}
    assert figures["first"].value == "2 min 40 s" and figures["first"].says.startswith("35 s faster than last ")
    assert (figures["service"].value, figures["service"].says) == ("50 %", "1 of 2 answers")


def test_missed_calls_and_chats_that_left_are_counted(client, sam, chat, returns):
    line = Channel.objects.create(name="Line", medium="voice", address="+442079460000", team=returns)
    hear(CallReport(line.pk, "c1", "in", "missed", timezone.now(), (Handle("phone", "+4791234567"),)))
    receive(from_ann(chat, "Anybody?", handles=(Handle("visitor", "v1"),)))
    client.force_login(sam)
    gave_up = shown(client).gave_up
    assert (gave_up.calls, gave_up.chats) == (1, 1)


def test_the_chart_knows_what_is_usual(client, sam, mail, returns):
    """Four weeks of one conversation in the half hour that runs."""
    now = timezone.now()
    for week in range(1, 5):
        waiting(mail, f"w{week}", created_at=now - timedelta(days=7 * week), status=Status.RESOLVED)
    waiting(mail, "first", created_at=now - timedelta(days=40), status=Status.RESOLVED)
    waiting(mail, "today")
    client.force_login(sam)
    column = shown(client).chart.columns[-1]
    assert (column.total, column.usual) == (1, 1.0)


def test_time_in_each_state_is_told_day_by_day(client, sam, ada):
    now = timezone.now()
    AgentState.objects.create(
        agent=ada,
        state="away",
        reason="lunch",
        since=now - timedelta(days=1, minutes=30),
        until=now - timedelta(days=1),
    )
    client.force_login(sam)
    page = client.get(f"/live/agents/{ada.pk}/")
    reasons = {reason: much for day in page.context["days"] for reason, much in day.reasons}
    assert sum((much for much in reasons.values()), timedelta()) <= timedelta(minutes=30) and set(reasons) == {"lunch"}


def test_the_wall_has_no_rail_and_no_buttons(client, sam, busy):
    client.force_login(sam)
    page = client.get("/live/?wall").content.decode()
    assert 'class="rail"' not in page and 'id="board"' in page and "<button" not in page.split('id="board"')[1]


INDEXES = {
    open_now._PILES: "conversation_",  # which of those of open ones is the planner's choice
    open_now._LATE: "conversation_due",
    today._BEGUN: "conversation_begun",
    today._BEGUN_BEFORE: "conversation_begun",
    today._ANSWERS: "deadline_newest",
    today._WAITED_BEFORE: "deadline_newest",
}


def test_no_number_is_read_by_walking_the_whole_table(a_long_past):
    now = timezone.now()
    values = {"at": now, "soon": now, "since": now - timedelta(hours=6), "until": now, "slot": 1800}
    values |= {"starts": [now - timedelta(days=7)], "ends": [now - timedelta(days=6)], "moments": [now]}
    for sql, index in INDEXES.items():
        with connection.cursor() as cursor:
            cursor.execute("explain " + sql, {name: value for name, value in values.items() if f"%({name})s" in sql})
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert index in plan and "Seq Scan" not in plan, plan


@pytest.fixture
def a_long_past(mail):
    """Three years of solved conversations, one every half day or so, and what is open is little of it."""
    customer, now = waiting(mail, "ann").customer, timezone.now()
    made = Conversation.objects.bulk_create(
        Conversation(
            customer=customer, status=Status.OPEN if number < 20 else Status.RESOLVED, is_late=number < 5,
            created_at=now - timedelta(hours=9 * number), last_message_at=now - timedelta(hours=9 * number),
            due_at=now + timedelta(hours=number - 5),
        )
        for number in range(4000)
    )  # fmt: skip
    Deadline.objects.bulk_create(
        Deadline(
            conversation=each, kind="first", since=each.created_at, done_at=each.created_at + timedelta(minutes=9),
            is_met=True, took=540,
        )
        for each in made
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("analyze conversations_conversation, conversations_deadline")


def test_a_low_score_calls_until_somebody_has_looked_at_it(client, sam, mail, returns):
    client.force_login(sam)
    (low,) = answers(survey(), receive(from_ann(mail)).conversation, [1], team=returns, medium="email")
    low.comment = "Three days for a no."
    low.save()
    (alert,) = [each for each in shown(client).alerts if each.key.startswith("rated")]
    assert alert.title.endswith("gave 1 of 5.") and "Three days" in alert.says
    page = client.get(f"/satisfaction/answers/?{alert.answers}")
    assert [each.pk for each in page.context["answers"]] == [low.pk]
    client.post(f"/satisfaction/answers/{low.pk}/review/", {"tags": "wait"})
    cache.clear()
    assert not [each for each in shown(client).alerts if each.key.startswith("rated")]
