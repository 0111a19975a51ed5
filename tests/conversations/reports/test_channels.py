"""Channels and how well they work as one: each number as loops count it, and as many rows behind it."""

import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import (
    AuditEntry,
    Channel,
    ChannelRate,
    Conversation,
    Episode,
    Message,
    RepeatedQuestion,
    Switch,
    Work,
)
from conversations.outbound.compose import reply
from conversations.reports import episodes, work
from conversations.reports.channels.report import report as channels
from conversations.reports.channels.streams import BEGUN_AT, SWITCHES, WORK_AT
from conversations.reports.omnichannel.figures import Channel as Place
from conversations.reports.omnichannel.figures import Formula
from conversations.reports.omnichannel.report import report as omnichannel
from conversations.reports.sheets.looking import cells_of
from conversations.reports.sheets.sheet import Asked, Unit
from tests.conftest import from_ann
from tests.conversations.reports import service_house as house
from tests.conversations.reports.plain import DESK, Fact, check

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(mail, ada, linus, returns, billing):
    talk = house.build(mail, [ada, linus], [returns, billing], many=50)
    for number, row in enumerate(Episode.objects.exclude(outcome__in=["spam", "merged"]).order_by("began_at")):
        if number % 2:
            at = row.began_at + timedelta(minutes=7 * number)
            said = Message.objects.create(conversation=talk, kind="inbound", channel=mail, created_at=at)
            Switch.objects.create(
                episode=row, message=said, at=at, team=[returns, billing, None][number % 3], from_medium="chat",
                medium=["email", "sms"][number % 4 == 1], was_answered=number % 5 > 0, was_repeated=number % 3 == 0,
            )  # fmt: skip
    return talk


def asked(agent, **only):
    before = (house.BEGINS - timedelta(days=7), house.BEGINS)
    return Asked(agent, house.BEGINS, house.ENDS, DESK, "week", before, None, "", only)


def loops():
    for row in Switch.objects.all():
        numbers = {"switches": 1, "answered": int(row.was_answered), "repeated": int(row.was_repeated)}
        yield Fact(row.at, row.team_id or 0, row.medium, numbers, {"pair": f"{row.from_medium}>{row.medium}"})


def cells(report, of):
    return [cell for part in report.sheet(of).parts for cell in cells_of(part)]


def named(report, of, key):
    return next(cell for cell in cells(report, of) if cell.figure.key == key)


def test_switches_are_added_up_as_loops_count_them(talk, sam):
    assert check(SWITCHES, loops, asked(sam), until=datetime(2026, 4, 10, 15, tzinfo=UTC)) > 20


@pytest.mark.parametrize("report", [channels, omnichannel], ids=lambda report: report.key)
def test_every_number_is_as_many_rows(report, talk, sam):
    for medium in ("email", "chat"):
        ChannelRate.objects.create(medium=medium, per_conversation=2, per_hour=30, currency="EUR")
    count = 0
    of = asked(sam)
    for cell in cells(report, of):
        if cell.drill:
            rows = report.behind(of, dict(parse_qsl(cell.drill, keep_blank_values=True))).rows
            expected = cell.value if cell.figure.unit == Unit.COUNT else cell.rows
            assert expected is None or rows.count() == expected, (cell.figure.key, cell.drill)
            count += 1
    assert count > 12


def test_costs_are_the_rates_by_what_was_done(talk, sam):
    ChannelRate.objects.create(medium="email", per_conversation="1.5", per_hour=30, currency="EUR")
    of = asked(sam)
    begun = sum(
        row.medium == "email" and row.outcome not in ("spam", "merged") and of.begins <= row.began_at < of.ends
        for row in Episode.objects.all()
    )
    seconds = sum(
        row.seconds for row in Work.objects.all() if row.medium == "email" and of.begins <= row.hour < of.ends
    )
    costs = [cell for cell in cells(channels, of) if cell.figure.key == "cost" and cell.value is not None]
    assert [round(cell.value, 2) for cell in costs] == [round(begun * 1.5 + seconds / 120, 2)]
    each = named(channels, of, "cost_each")
    assert round(each.value, 4) == round(costs[0].value / begun, 4) and each.currency == "EUR"


def test_effectiveness_is_the_formula_of_the_field(talk, sam):
    of, found = asked(sam), defaultdict(lambda: defaultdict(int))
    for row in Episode.objects.exclude(outcome__in=["spam", "merged"]):
        if of.begins <= row.began_at < of.ends:
            found[row.medium]["touch"] += 1
            found[row.medium]["engaged"] += row.handler != "nobody"
    for row in Switch.objects.all():
        if of.begins <= row.at < of.ends:
            here = found[row.medium]
            here["touch"] += 1
            here["engaged"] += row.was_answered
            here["came"] += 1
            here["clean"] += not row.was_repeated
    clean, came = (sum(each[name] for each in found.values()) for name in ("clean", "came"))
    parts = [
        each["engaged"] * (each["clean"] / each["came"] if each["came"] else clean / came) for each in found.values()
    ]
    value = sum(parts) / sum(each["touch"] for each in found.values())
    cell = named(omnichannel, of, "effectiveness")
    assert cell.value == pytest.approx(value) and 0 < value < 1 and cell.rows == came


def test_without_a_switch_there_is_no_effectiveness_and_with_perfect_ones_it_is_whole():
    assert Formula({"email": Place(5, 5)}).effectiveness is None and Formula().effectiveness is None
    perfect = Formula({"email": Place(5, 5), "chat": Place(0, 0, 3, 3, 0)})
    assert perfect.effectiveness == 1.0


def test_a_switch_follows_from_what_was_said_and_goes_with_it(mail, chat, ada):
    first = receive(from_ann(mail, "zanzibar"))
    talk = first.conversation
    second = Message.objects.create(
        conversation=talk, kind="inbound", channel=chat, identity=first.identity, text="here I am",
        created_at=first.created_at + timedelta(microseconds=1),
    )  # fmt: skip
    answer = reply(talk, channel=mail, identity=first.identity, by=ada, client_id=uuid.uuid4(), html="<p>who?</p>")
    RepeatedQuestion.objects.create(message=answer, agent=ada, slot="order", where="message")
    episodes.refresh(Conversation.objects.get(pk=talk.pk))
    one = Switch.objects.get()
    assert (one.message, one.from_medium, one.medium, one.was_repeated) == (second, "email", "chat", True)
    RepeatedQuestion.objects.all().delete()
    episodes.refresh(Conversation.objects.get(pk=talk.pk))
    one.refresh_from_db()
    assert not one.was_repeated
    Conversation.objects.filter(pk=talk.pk).update(is_spam=True)
    episodes.refresh(Conversation.objects.get(pk=talk.pk))
    assert not Switch.objects.exists()


def test_an_admin_says_what_channels_cost_and_it_is_written_down(client, root, sam):
    client.force_login(sam)
    assert client.get(reverse("costs")).status_code == 404
    client.force_login(root)
    given = {"currency": "eur", "email-per_conversation": "0.5", "email-per_hour": "31"}
    assert client.post(reverse("costs"), {**given, "currency": "XXQ"}).status_code == 422
    assert client.post(reverse("costs"), given).status_code == 302
    rate = ChannelRate.objects.get()
    assert (rate.medium, str(rate.per_conversation), rate.currency) == ("email", "0.500", "EUR")
    assert client.post(reverse("costs"), {"currency": "EUR"}).status_code == 302
    assert not ChannelRate.objects.exists()
    assert list(AuditEntry.objects.filter(kind="channelrate").order_by("pk").values_list("verb", flat=True)) == [
        "made", "removed",
    ]  # fmt: skip


def test_an_address_with_rates_of_its_own_costs_by_those_and_the_channel_all_of_it(talk, sam, mail, returns):
    other = Channel.objects.create(name="Repairs", medium="email", address="repairs@hollinfell.example", team=returns)
    for rows in (Episode.objects.filter(medium="email"), Work.objects.filter(medium="email")):
        for number, row in enumerate(rows.order_by("pk")):
            type(row).objects.filter(pk=row.pk).update(channel=[mail, other, other, None][number % 4])
    ChannelRate.objects.create(medium="email", per_conversation="1.5", per_hour=30, currency="EUR")
    ChannelRate.objects.create(medium="email", channel=other, per_conversation=4, per_hour=60, currency="EUR")
    of = asked(sam)

    def plainly(channels_):
        begun = [
            row for row in Episode.objects.exclude(outcome__in=["spam", "merged"])
            if row.medium == "email" and row.channel in channels_ and of.begins <= row.began_at < of.ends
        ]  # fmt: skip
        worked = sum(
            row.seconds for row in Work.objects.all()
            if row.medium == "email" and row.channel in channels_ and of.begins <= row.hour < of.ends
        )  # fmt: skip
        each, hour = (4, 60) if other in channels_ else (1.5, 30)
        return len(begun), len(begun) * each + worked * hour / 3600

    own, rest = plainly([other]), plainly([mail, None])
    table = next(part for part in channels.sheet(of).parts if part.title == "Cost by address")
    assert [str(row.label) for row in table.rows] == ["Email: Repairs", "Email: all others"]
    for row, (many, paid) in zip(table.rows, (own, rest), strict=True):
        begun, cost, each = row.cells
        assert (begun.value, round(cost.value, 4)) == (many, round(paid, 4)) and many > 3
        assert each.value == pytest.approx(paid / many)
        assert channels.behind(of, dict(parse_qsl(begun.drill))).rows.count() == many
    whole = next(row for row in channels.sheet(of).parts[1].rows if row.label == "Email")
    assert next(cell.value for cell in whole.cells if cell.figure.key == "cost") == pytest.approx(own[1] + rest[1])
    ChannelRate.objects.filter(channel=None).delete()
    whole = next(row for row in channels.sheet(of).parts[1].rows if row.label == "Email")
    alone = next(cell for cell in whole.cells if cell.figure.key == "cost")
    assert (alone.value, alone.rows, alone.drill) == (pytest.approx(own[1]), own[0], "")
    assert "Cost by address" not in [part.title for part in channels.sheet(replace(of, medium="chat")).parts]


@pytest.mark.parametrize("stream", [BEGUN_AT, WORK_AT], ids=lambda stream: stream.name)
def test_what_is_done_by_address_is_added_up_as_loops_count_it(stream, talk, sam, mail):
    Episode.objects.filter(medium="email").update(channel=mail)
    Work.objects.filter(medium="email").update(channel=mail)

    def begun_at():
        for row in Episode.objects.exclude(channel=None).exclude(outcome__in=["spam", "merged"]):
            yield Fact(row.began_at, row.team_id or 0, row.medium, {"episodes": 1}, {"address": str(mail.pk)})

    def work_at():
        for row in Work.objects.exclude(channel=None):
            numbers = {"seconds_sum": row.seconds}
            yield Fact(row.hour, row.team_id or 0, row.medium, numbers, {"address": str(mail.pk)})

    loop = {"begun_at": begun_at, "work_at": work_at}[stream.name]
    assert check(stream, loop, asked(sam), until=datetime(2026, 4, 10, 15, tzinfo=UTC)) > 20


def test_an_episode_and_the_work_at_it_know_the_address_of_their_words(mail, chat, ada):
    first = receive(from_ann(mail, "zanzibar"))
    assert Episode.objects.get().channel == mail
    at = first.created_at + timedelta(seconds=1)
    later = {"conversation": first.conversation, "identity": first.identity, "created_at": at}
    Message.objects.create(kind="inbound", channel=chat, text="here I am", **later)
    talk = Conversation.objects.get(pk=first.conversation_id)
    talk.media = ["email", "chat"]
    talk.save(update_fields=["media"])
    Episode.objects.update(channel=None)  # as it was before this was kept
    episodes.refresh(talk)
    assert Episode.objects.get().channel == mail
    hour = at.replace(minute=0, second=0, microsecond=0)
    assert work.put({(hour, ada.pk, talk.pk): 60}) == 1
    assert (Work.objects.get().medium, Work.objects.get().channel) == ("chat", chat)


def test_an_admin_says_what_one_of_several_addresses_costs(client, root, mail, chat):
    client.force_login(root)
    assert f"email-{mail.pk}-per_hour" not in client.get(reverse("costs")).content.decode()  # the only one
    other = Channel.objects.create(name="Repairs", medium="email", address="repairs@hollinfell.example")
    given = {"currency": "EUR", "email-per_hour": "31", f"email-{other.pk}-per_conversation": "0.5"}
    assert client.post(reverse("costs"), given).status_code == 302
    rates = {rate.channel: (str(rate.per_conversation), str(rate.per_hour)) for rate in ChannelRate.objects.all()}
    assert rates == {None: ("0.000", "31.000"), other: ("0.500", "0.000")}
    page = client.get(reverse("costs")).content.decode()
    assert "Email: Repairs, per hour of an agent" in page and f"chat-{chat.pk}-per_hour" not in page
    assert client.post(reverse("costs"), {"currency": "EUR", "email-per_hour": "31"}).status_code == 302
    assert ChannelRate.objects.get().channel is None
