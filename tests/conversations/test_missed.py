"""What a list missed before its socket listened: just that, just for who may see it, and also what was under way."""

import threading
import time

import pytest
from django.db import connection, transaction

from conversations.inbound.receive import receive
from conversations.live import missed
from conversations.models import Activity, Channel
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db(transaction=True)


def stamp_of_a_quiet_server():
    """A transaction anywhere on the server that began before ours makes a stamp older: other tests run beside this."""
    own = connection.cursor()
    for _try in range(1200):
        own.execute("select pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())")
        if own.fetchone()[0]:
            return missed.stamp()
        time.sleep(0.05)
    raise AssertionError("the server was never without another transaction")


def test_only_what_changed_since_is_told(mail):
    old, other = receive(from_ann(mail)), receive(from_ann(mail, address="bob@home.example"))
    known = stamp_of_a_quiet_server()
    assert missed.since(known) == []
    new = receive(from_ann(mail, address="cy@home.example"))
    Activity.objects.create(conversation=other.conversation, verb=Activity.Verb.RESOLVED)
    assert sorted(missed.since(known)) == sorted([other.conversation_id, new.conversation_id])
    assert old.conversation_id not in missed.since(known) and missed.since(stamp_of_a_quiet_server()) == []


def test_what_was_not_committed_yet_when_the_list_was_drawn_is_told(mail):
    """Although a later number was known by then."""
    first = receive(from_ann(mail)).conversation
    written, drawn = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            Activity.objects.create(conversation=first, verb=Activity.Verb.RESOLVED)
            written.set()
            assert drawn.wait(60)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(60)
    Activity.objects.create(
        conversation=receive(from_ann(mail, address="bob@home.example")).conversation, verb=Activity.Verb.RESOLVED
    )
    known = missed.stamp()
    drawn.set()
    writer.join(60)
    assert first.pk in missed.since(known)


def test_rows_are_for_those_who_may_see_them(client, ada, mail, billing):
    client.force_login(ada)
    receive(from_ann(mail, address="old@home.example"))  # numbers go on where earlier tests left them
    known = stamp_of_a_quiet_server()
    assert client.get(f"/changed/?since={known}").status_code == 204
    ours = receive(from_ann(mail)).conversation_id
    bills = Channel.objects.create(name="Bills", medium="email", address="bills@desk.example", team=billing)
    theirs = receive(from_ann(bills, address="bob@home.example"))
    page = client.get(f"/changed/?since={known}").content.decode()
    assert f'id="row-{ours}"' in page and f"row-{theirs.conversation_id}" not in page


@pytest.mark.parametrize("stamp", ["", "1-2", "1-2-x", "9" * 30 + "-1-1", "1-1-1' or true"])
def test_a_stamp_that_is_none_has_the_list_asked_for_anew(client, ada, stamp):
    client.force_login(ada)
    assert client.get("/changed/", {"since": stamp}).status_code == 205


def test_too_much_has_the_list_asked_for_anew(client, ada, mail, monkeypatch):
    client.force_login(ada)
    monkeypatch.setattr(missed, "MOST", 2)
    known = missed.stamp()
    for number in range(3):
        receive(from_ann(mail, address=f"{number}@home.example"))
    assert client.get(f"/changed/?since={known}").status_code == 205


def test_a_stamp_that_lies_far_back_has_nobody_look_through_all_that_was_ever_said(mail, monkeypatch):
    """With a transaction of one's own making no row would be told, and every one be looked at."""
    monkeypatch.setattr(missed, "TAKEN", 0)
    monkeypatch.setattr(missed, "FURTHEST", 3)
    receive(from_ann(mail))
    known = missed.stamp()
    first = receive(from_ann(mail)).conversation_id
    assert missed.since(known) == [first]
    for _message in range(2):
        receive(from_ann(mail))
    assert missed.since(known) is None
