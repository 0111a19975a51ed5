"""What an admin may and nobody else sees: agents, teams, channels; and what a change does to those it is about."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from conversations.live import groups, wire
from conversations.models import Conversation, PushSubscription, Team
from customers.models import Customer
from deskapp.models import User
from tests.conftest import PASSWORD

PAGES = ["agents/", "agents/invitation/", "teams/", "teams/new/", "connectors/"]


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def kicked(monkeypatch):
    """The groups that were told to look again."""
    told = []
    monkeypatch.setattr(
        wire, "put", lambda frames: told.extend(group for group, frame in frames if frame["type"] == "desk.kick")
    )
    return told


@pytest.mark.parametrize("path", PAGES)
def test_settings_do_not_exist_for_others(client, ada, sam, path):
    for someone in (ada, sam):
        client.force_login(someone)
        assert client.get(f"/settings/{path}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_settings_open_for_admins(admin, mail, path):
    assert admin.get(f"/settings/{path}").status_code == 200


def test_a_stranger_is_sent_to_the_door(client, db):
    assert client.get("/settings/agents/").headers["Location"].startswith("/accounts/login/")


def test_agents_are_found_by_name_and_address(admin, ada, linus):
    page = admin.get("/settings/agents/", {"q": "okaf"}).content.decode()
    assert "ada@desk.example" in page and "linus@desk.example" not in page
    assert "has “zzz” in it" in admin.get("/settings/agents/", {"q": "zzz"}).content.decode()


def test_an_address_is_invited_once(admin, ada):
    answer = admin.post("/settings/agents/invitation/", {"email": "ADA@desk.example", "name": "A", "role": "agent"})
    assert answer.status_code == 422 and "already has this address" in answer.content.decode()


def test_a_new_team_is_seen_at_once(admin, ada, billing, kicked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/settings/agents/{ada.pk}/", {"name": ada.name, "role": "agent", "teams": [billing.pk]})
    assert list(ada.teams.all()) == [billing]
    assert groups.of_agent(ada.pk) in kicked


def test_a_new_role_ends_the_sessions(admin, ada, django_capture_on_commit_callbacks):
    cache.clear()
    hers = Client()
    hers.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/settings/agents/{ada.pk}/", {"name": ada.name, "role": "supervisor", "teams": []})
    assert hers.get("/me/").status_code == 302
    assert not UserSession.objects.filter(user=ada).exists()


def test_who_leaves_hands_over_and_is_signed_out(admin, ada, billing, kicked, django_capture_on_commit_callbacks):
    cache.clear()
    hers = Client()
    hers.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    PushSubscription.objects.create(agent=ada, endpoint="https://push.example/1", p256dh="p", auth="a")
    ann = Customer.objects.create(name="Ann")
    open_one = Conversation.objects.create(customer=ann, assignee=ada)
    solved = Conversation.objects.create(customer=ann, assignee=ada, status="resolved")
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/settings/agents/{ada.pk}/activity/", {"active": "no", "team": billing.pk})
    open_one.refresh_from_db()
    solved.refresh_from_db()
    assert (open_one.assignee, open_one.team, solved.assignee) == (None, billing, ada)
    assert hers.get("/me/").status_code == 302
    assert not PushSubscription.objects.exists()
    assert groups.of_agent(ada.pk) in kicked
    hers.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    assert hers.get("/me/").status_code == 302
    admin.post(f"/settings/agents/{ada.pk}/activity/", {"active": "yes"})
    assert User.objects.get(pk=ada.pk).is_active


def test_the_last_admin_stays(admin, root):
    assert admin.post(f"/settings/agents/{root.pk}/", {"name": "R", "role": "agent"}).status_code == 422
    admin.post(f"/settings/agents/{root.pk}/activity/", {"active": "no"})
    root.refresh_from_db()
    assert root.is_active and root.is_admin


def test_a_team_is_made_and_its_members_look_again(admin, ada, linus, kicked, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        admin.post("/settings/teams/new/", {"name": "Repairs", "members": [ada.pk, linus.pk], "signature": "Yours"})
    repairs = Team.objects.get(name="Repairs")
    assert {groups.of_agent(ada.pk), groups.of_agent(linus.pk)} <= set(kicked)
    kicked.clear()
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/settings/teams/{repairs.pk}/", {"name": "Mending", "members": [ada.pk]})
    assert kicked == [groups.of_agent(linus.pk)]
    assert admin.post("/settings/teams/new/", {"name": "Mending"}).status_code == 422
