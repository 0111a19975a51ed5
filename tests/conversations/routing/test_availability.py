"""Who is there: what agents say, what their sockets tell, and what becomes of their work when they go."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import ConnectionError as RedisConnectionError

from conversations.actions.states import resolve
from conversations.inbound.receive import receive
from conversations.live import sockets
from conversations.models import Activity, AgentState, Conversation, RoutingDecision, Waiting
from conversations.routing import availability
from conversations.routing.drain import drain
from conversations.tasks import look_round
from customers.identify import Handle
from deskapp.accounts import members
from tests.conftest import from_ann
from tests.conversations.routing.desk import in_force, is_there

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Sockets are counted by a clock that tests set forward; Redis has heard of everybody since long."""

    class Clock:
        ahead = 0.0

    monkeypatch.setattr(sockets.time, "time", lambda: time.monotonic() + 1_700_000_000 + Clock.ahead)
    sockets._redis().delete(sockets._key(), sockets._lately(), sockets._counting())
    sockets.present()
    Clock.ahead = 200.0
    yield Clock
    sockets._redis().delete(sockets._key(), sockets._lately(), sockets._counting())


def state(agent):
    return AgentState.objects.get(agent=agent, until=None).state


def chats(channel, *numbers):
    for number in numbers:
        handle = Handle("visitor", f"v{number}", f"Visitor {number}")
        receive(from_ann(channel, handles=(handle,)))


def test_who_opens_the_desk_is_online_and_gets_what_waits(mail, ada, clock):
    in_force()
    conversation = receive(from_ann(mail)).conversation
    drain(room=False)
    availability.came(ada.pk)
    assert state(ada) == "online" and drain(room=True) == 1
    conversation.refresh_from_db()
    assert conversation.assignee == ada


def test_who_said_that_they_are_off_line_stays_so_in_a_new_tab(ada):
    availability.choose(ada, "offline")
    availability.came(ada.pk)
    assert state(ada) == "offline"


def test_a_reload_changes_nothing(ada, clock):
    availability.came(ada.pk)
    sockets.opened("one", ada.pk)
    sockets.closed("one", ada.pk)
    clock.ahead += 5
    look_round()
    sockets.opened("two", ada.pk)
    availability.came(ada.pk)
    assert AgentState.objects.count() == 1 and state(ada) == "online"


def test_of_several_tabs_the_last_one_counts(ada, clock):
    availability.came(ada.pk)
    sockets.opened("one", ada.pk)
    sockets.opened("two", ada.pk)
    sockets.closed("one", ada.pk)
    clock.ahead += sockets.GRACE + 1
    look_round()
    assert state(ada) == "online"
    sockets.closed("two", ada.pk)
    clock.ahead += sockets.GRACE + 1
    look_round()
    assert state(ada) == "offline"


def test_a_browser_that_crashed_is_missed(ada, clock):
    availability.came(ada.pk)
    sockets.opened("one", ada.pk)
    clock.ahead += sockets.OPEN_FOR + 1
    look_round()
    gone = AgentState.objects.get(until=None)
    assert (gone.state, gone.is_chosen) == ("offline", False)
    availability.came(ada.pk)
    assert state(ada) == "online"


def test_an_emptied_redis_sends_nobody_home(ada, clock):
    availability.came(ada.pk)
    sockets.opened("one", ada.pk)
    sockets._redis().delete(sockets._key(), sockets._lately(), sockets._counting())
    look_round()
    assert state(ada) == "online"
    clock.ahead += 30
    sockets.opened("one", ada.pk)  # the next word of her browser
    clock.ahead += 62
    look_round()
    assert state(ada) == "online"


def test_without_redis_nobody_is_thought_gone(ada, monkeypatch):
    availability.came(ada.pk)

    def refuses(*_args, **_kwargs):
        raise RedisConnectionError("gone")

    monkeypatch.setattr(sockets._redis().__class__, "pipeline", refuses)
    look_round()
    assert state(ada) == "online"


def test_why_one_is_away_is_kept_with_the_time(client, ada):
    client.force_login(ada)
    address = reverse("presence")
    assert client.post(address, {"presence": "online"}).status_code == 302
    client.post(address, {"presence": "away", "reason": "lunch"})
    client.post(address, {"presence": "online", "reason": "lunch"})
    rows = AgentState.objects.order_by("pk")
    assert [(row.state, row.reason) for row in rows] == [("online", ""), ("away", "lunch"), ("online", "")]
    assert [row.until is None for row in rows] == [False, False, True]
    ada.refresh_from_db()
    assert (ada.presence, ada.presence_reason) == ("online", "")


@pytest.mark.parametrize("said", [{"presence": "asleep"}, {"presence": "away", "reason": "a long story"}, {}])
def test_odd_states_are_refused(client, ada, said):
    client.force_login(ada)
    assert client.post(reverse("presence"), said).status_code == 422
    assert not AgentState.objects.exists()


def test_who_goes_away_gives_their_chats_back_at_once_and_keeps_their_mail(mail, chat, ada, grace):
    in_force()
    is_there(ada)
    receive(from_ann(mail))
    chats(chat, 1)
    drain(room=False)
    is_there(grace)
    availability.choose(ada, "away", reason="lunch")
    assert Waiting.objects.get().trigger == "left"
    drain(room=True)
    by_medium = {each.channel: each.assignee for each in Conversation.objects.all()}
    assert by_medium == {"email": ada, "chat": grace}
    assert Activity.objects.get(verb="declined").reason == "went away: Lunch"


def test_a_chat_left_unanswered_goes_to_another(chat, ada, grace):
    in_force(silent_after={"chat": 3.0})
    is_there(ada)
    chats(chat, 1)
    drain(room=False)
    is_there(grace)
    look_round()
    assert Conversation.objects.get().assignee == ada
    long_ago = timezone.now() - timedelta(minutes=4)
    Conversation.objects.update(waiting_since=long_ago)
    look_round()
    assert Conversation.objects.get().assignee == ada  # she has had it for a moment only
    RoutingDecision.objects.update(created_at=long_ago)
    look_round()
    assert Conversation.objects.get().assignee == grace
    assert RoutingDecision.objects.order_by("-pk").first().trigger == "silent"


def test_who_frees_room_gets_the_next_of_the_queue(mail, ada):
    in_force()
    ada.capacity = 1
    ada.save()
    is_there(ada)
    for number in range(2):
        receive(from_ann(mail, handles=(Handle("email", f"p{number}@home.example", ""),)))
    assert drain(room=False) == 1
    resolve(Conversation.objects.get(assignee=ada), by=ada)
    assert drain(room=True) == 1 and not Waiting.objects.exists()


def test_who_no_longer_works_here_has_nothing(mail, ada, grace, root):
    in_force()
    is_there(ada)
    receive(from_ann(mail))
    drain(room=False)
    is_there(grace)
    members.deactivate(ada, to=None, by=root)
    assert state(ada) == "offline" and drain(room=True) == 1
    assert Conversation.objects.get().assignee == grace


def test_the_rail_asks_why_one_is_away(ada):
    client = Client()
    client.force_login(ada)
    page = client.get(reverse("inbox_view", args=["mine"])).content.decode()
    assert 'name="reason"' in page and "Lunch" in page
