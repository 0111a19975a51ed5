"""Statements that are asked again and again are planned once a connection, and nothing is lost by trying that."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from conversations.models import Team
from deskapp import preparing

SLEEPS = "select count(*) from pg_prepared_statements where statement like %s"


@pytest.fixture
def prepares(monkeypatch):
    for name in ("_used", "_good", "_bad"):
        monkeypatch.setattr(preparing, name, type(getattr(preparing, name))())
    monkeypatch.setattr(preparing, "_is_on", True)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def ask(statement, values, times=preparing.AFTER + 3):
    for _time in range(times):
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            found = cursor.fetchall()
    return found


def plans(like):
    with connection.cursor() as cursor:
        cursor.execute("/* not tried */ select count(*) from pg_prepared_statements where statement like %s", [like])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_what_is_asked_often_is_planned_once(prepares):
    assert ask("select name from conversations_team where id = %s", [-1], preparing.AFTER) == []
    assert plans("select name from conversations_team%") == 0
    assert ask("select name from conversations_team where id = %s", [-1]) == []
    assert plans("select name from conversations_team where id = $1") == 1


@pytest.mark.django_db
def test_answers_are_the_same_by_names_and_in_lists(prepares):
    team = Team.objects.create(name="Night")
    wanted = {"ids": [team.pk, -1], "name": "Night"}
    assert ask("select id, name from conversations_team where id = any(%(ids)s) and name = %(name)s", wanted) == [
        (team.pk, "Night")
    ]
    assert plans("%where id = any($1) and name = $2") == 1
    for _time in range(preparing.AFTER + 3):
        assert list(Team.objects.filter(pk__in=[team.pk, -1]).values_list("name", flat=True)) == ["Night"]


@pytest.mark.django_db
def test_what_postgresql_does_not_understand_so_is_asked_as_before(prepares):
    team = Team.objects.create(name="Day")  # of this transaction: it is there after the trial
    assert ask("select %s || name, case when true then %s else %s end from conversations_team where id = %s",
               ["a", 1, None, team.pk])[0][0] == "aDay"  # fmt: skip
    assert ask("select coalesce(%s, %s), %s + now() from conversations_team where id = %s",
               [None, None, "1 day", team.pk])[0][0] is None  # fmt: skip
    assert Team.objects.get(pk=team.pk).name == "Day"


@pytest.mark.django_db
def test_other_types_of_values_are_other_statements(prepares):
    statement = "select %(since)s is null or now() > %(since)s from (values (1)) as one"
    assert ask(statement, {"since": "2020-01-01"}) == [(True,)]
    assert ask(statement, {"since": None}) == [(True,)]


@pytest.mark.django_db
def test_a_fault_is_the_statements_own_and_the_transaction_goes_on_as_it_would(prepares):
    ask("select name from conversations_team where id = %s", [-1])
    team = Team.objects.create(name="Once")
    statement = "insert into conversations_team (id, name, signature, assigns) values (%s, %s, '', true) returning id"
    for _time in range(preparing.AFTER + 3):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [team.pk, "Twice"])
        assert Team.objects.filter(pk=team.pk, name="Once").exists()


@pytest.mark.django_db(transaction=True)
def test_a_column_of_another_type_is_read_on(prepares):
    with connection.cursor() as cursor:
        cursor.execute("create table preparing_trial (id int, what int)")
        cursor.execute("insert into preparing_trial values (1, 2)")
    try:
        assert ask("select what from preparing_trial where id = %s", [1]) == [(2,)]
        with connection.cursor() as cursor:
            cursor.execute("alter table preparing_trial alter what type text")
        assert ask("select what from preparing_trial where id = %s", [1]) == [("2",)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table preparing_trial")


@pytest.mark.django_db
def test_it_begins_in_a_process_that_is_told_to(prepares, settings, monkeypatch):
    settings.DATABASE_PREPARES = False
    preparing.begin()
    ask("select name from conversations_team where id = %s", [-1])
    assert plans("select name from conversations_team%") == 0
