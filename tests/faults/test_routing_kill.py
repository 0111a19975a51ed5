"""Real workers of routing, killed in the middle; Redis emptied; connections cut; two at once: each is given once."""

import threading

import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Count
from kombu import Connection
from redis import Redis

from conversations.actions.assigning import assign
from conversations.actions.change import NotPossibleError
from conversations.actions.pulling import pull_next
from conversations.inbound.receive import receive_each
from conversations.models import Activity, Conversation, RoutingDecision, Waiting
from conversations.routing import drain as draining
from conversations.routing.drain import drain
from conversations.tasks import look_through, route
from customers.identify import Handle
from tests.conftest import agent, from_ann
from tests.conversations.routing.desk import in_force, is_there
from tests.faults.servers import kill, until
from tests.journeys.test_concurrent_arrivals import all_at_once
from tests.journeys.test_locks import Other

pytestmark = pytest.mark.django_db(transaction=True)


def crowd(team, count, capacity):
    agents = [agent(f"Agent{number} X", team=team) for number in range(count)]
    for each in agents:
        each.capacity = capacity
        each.save()
    is_there(*agents)
    return agents


def arrive(channel, count):
    handles = [(Handle("email", f"p{number}@home.example", f"Person {number}"),) for number in range(count)]
    for start in range(0, count, 50):
        receive_each([from_ann(channel, handles=each) for each in handles[start : start + 50]])


def each_was_given_once(count, *, most):
    assert Conversation.objects.exclude(assignee=None).count() == count
    assert Activity.objects.filter(verb="routed").count() == count
    decisions = RoutingDecision.objects.filter(kind="agent")
    assert decisions.count() == decisions.values("conversation").distinct().count() == count
    loads = Conversation.objects.exclude(assignee=None).values_list("assignee").annotate(n=Count("pk"))
    assert max(load for _agent, load in loads) <= most


def test_worker_killed_in_the_middle_and_redis_emptied(mail, returns, redis, workers):
    in_force()
    crowd(returns, 10, 100)
    arrive(mail, 600)
    first = workers(("routing",))
    with Connection(f"redis+socket://{redis}") as broker:
        for _ in range(4):
            route.apply_async(connection=broker)
        until(lambda: Conversation.objects.exclude(assignee=None).exists())
        kill(first)
        assert Waiting.objects.exists(), "it was done before the worker was killed: the test showed nothing"
        Redis(unix_socket_path=str(redis)).flushall()
        workers(("routing",))
        for _ in range(2):  # two at once
            look_through.apply_async(connection=broker)
        until(lambda: not Waiting.objects.exists())
    each_was_given_once(600, most=100)


def test_connections_cut_in_the_middle_lose_nothing(mail, returns):
    in_force()
    crowd(returns, 5, 60)
    arrive(mail, 200)
    lost, cut = [], threading.Event()

    def work():
        for _again in range(40):
            try:
                drain(room=True)
            except (DatabaseError, InterfaceError) as error:
                lost.append(error)
                connection.close()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and len(lost) < 5:
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'"
            )
        cut.wait(0.05)
    for thread in threads:
        thread.join(120)
    assert lost, "no connection was cut: the test showed nothing"
    drain(room=True)
    each_was_given_once(200, most=60)


def test_four_workers_at_once_give_each_once_and_nobody_too_much(mail, returns):
    in_force()
    crowd(returns, 4, 10)
    arrive(mail, 60)
    all_at_once([lambda: drain(room=True)] * 4)
    drain(room=True)
    each_was_given_once(40, most=10)
    assert Waiting.objects.count() == 20


def test_agents_who_take_the_next_at_once_take_each_another(mail, returns):
    in_force()
    agents = crowd(returns, 6, 10)
    for each in agents:
        is_there(each, state="offline")
    arrive(mail, 5)
    drain(room=True)
    is_there(*agents)
    none = []

    def take(someone):
        try:
            pull_next(someone)
        except NotPossibleError:
            none.append(someone)

    all_at_once([lambda someone=someone: take(someone) for someone in agents])
    assert len(none) == 1
    given = Conversation.objects.exclude(assignee=None).values_list("assignee", flat=True)
    assert len(set(given)) == len(given) == 5


def test_what_an_agent_is_taking_at_this_moment_is_not_given_to_another(mail, returns, ada, grace, monkeypatch):
    in_force()
    is_there(grace)
    arrive(mail, 1)
    conversation = Conversation.objects.get()
    holds, go_on = threading.Event(), threading.Event()

    def takes():
        with transaction.atomic():
            assign(conversation, to=ada, by=ada)
            holds.set()
            assert go_on.wait(60)

    other = Other(takes)
    other.start()
    assert holds.wait(60)
    asked = []
    monkeypatch.setattr(draining.waiting, "ask_again", asked.append)
    assert drain(room=True) == 0 and asked, "what somebody holds is to be tried again"
    go_on.set()
    other.join(60)
    assert drain(room=True) == 0
    conversation.refresh_from_db()
    assert conversation.assignee == ada and not Waiting.objects.exists()
