"""Roles of one's own: a set of permissions, given on the agent's page, and obeyed wherever a right is asked for."""

from decimal import Decimal

import pytest
from django.urls import reverse

from conversations.actions.orders import limit_of
from conversations.canned_words import changeable_by
from conversations.inbound.receive import receive
from conversations.models import AuditEntry, CannedReply, Conversation
from deskapp.models import OwnRole, User
from deskapp.permissions import BUILT_IN, NAMES, PERMISSIONS
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


def given(as_root, agent, *permissions, name="Night shift"):
    as_root.post(reverse("new_role"), {"name": name, "permissions": permissions})
    role = OwnRole.objects.get(name=name)
    data = {"name": agent.name, "role": f"role-{role.pk}", "sees_purchases": "on", "sees_browsing": "on"}
    as_root.post(reverse("agent", args=[agent.pk]), {**data, "teams": agent.teams.values_list("pk", flat=True)})
    return User.objects.get(pk=agent.pk)


def test_the_built_in_roles_may_what_they_could_before(ada, sam, root):
    assert [someone.may("teams.all") for someone in (ada, sam, root)] == [False, True, True]
    assert [someone.may("segments.change") for someone in (ada, sam, root)] == [False, True, True]
    assert [someone.may("customers.erase") for someone in (ada, sam, root)] == [False, False, True]
    assert [someone.may("settings.connectors") for someone in (ada, sam, root)] == [False, False, True]
    assert all(someone.may("purchases.see") for someone in (ada, sam, root))
    sam.sees_purchases = False
    assert not sam.may("purchases.see")
    assert BUILT_IN["admin"] == NAMES and len(NAMES) == len(PERMISSIONS)


def test_a_role_opens_its_pages_and_no_other(as_root, client, ada):
    agent = given(as_root, ada, "settings.hours", "settings.tags")
    assert (agent.role, agent.role_name, agent.is_admin) == ("agent", "Night shift", False)
    client.force_login(agent)
    for name in ("hours_list", "tag_list"):
        assert client.get(reverse(name)).status_code == 200
    for name in ("agents", "teams", "roles", "connectors", "privacy", "audit_log", "skills", "invitation", "imports"):
        assert client.get(reverse(name)).status_code == 404
    assert client.get(reverse("settings")).url == reverse("hours_list")
    page = client.get(reverse("hours_list")).content.decode()
    assert reverse("tag_list") in page and f'href="{reverse("audit_log")}"' not in page


def test_who_has_no_page_of_the_settings_has_no_settings(client, ada):
    client.force_login(ada)
    assert client.get(reverse("settings")).status_code == 404


def test_it_decides_on_teams_money_words_and_sight(as_root, ada, linus, mail):
    receive(from_ann(mail, "to Returns"))
    assert not Conversation.objects.visible_to(linus).exists()
    agent = given(as_root, linus, "teams.all", "refunds.limitless", "words.share")
    assert Conversation.objects.visible_to(agent).exists()
    assert limit_of(agent) is None and limit_of(ada) == Decimal(0)
    CannedReply.objects.create(name="Hello", text="Hello")
    assert changeable_by(agent).exists() and not changeable_by(ada).exists()
    assert not agent.sees_purchases and not agent.sees_browsing  # which the role does not have


def test_export_and_erasing_of_a_customer(as_root, client, ada, mail):
    customer = receive(from_ann(mail, "hello")).conversation.customer
    agent = given(as_root, ada, "customers.export", "purchases.see", "browsing.see")
    client.force_login(agent)
    assert client.get(reverse("customer_export", args=[customer.pk])).status_code == 200
    assert client.get(reverse("customer_erase", args=[customer.pk])).status_code == 404


def test_a_change_of_a_role_reaches_who_has_it(as_root, ada):
    agent = given(as_root, ada, "settings.tags")
    role = agent.own_role
    as_root.post(reverse("role", args=[role.pk]), {"name": "Nights", "permissions": ["purchases.see"]})
    agent = User.objects.get(pk=ada.pk)
    assert agent.sees_purchases and not agent.may("settings.tags") and agent.role_name == "Nights"
    assert AuditEntry.objects.latest("pk").after == {"name": "Nights", "permissions": ["purchases.see"]}


def test_it_is_deleted_only_when_nobody_has_it(as_root, ada):
    role = given(as_root, ada, "settings.tags").own_role
    answer = as_root.delete(reverse("role", args=[role.pk]), follow=True)
    assert b"give them another first" in answer.content and OwnRole.objects.exists()
    as_root.post(reverse("agent", args=[ada.pk]), {"name": ada.name, "role": "supervisor"})
    agent = User.objects.get(pk=ada.pk)
    assert agent.own_role is None and agent.may("teams.all") and not agent.may("settings.tags")
    as_root.delete(reverse("role", args=[role.pk]))
    assert not OwnRole.objects.exists()


def test_names_are_not_given_twice(as_root):
    as_root.post(reverse("new_role"), {"name": "Nights"})
    for name in ("nights", "Admin"):
        assert as_root.post(reverse("new_role"), {"name": name}).status_code == 422


def test_the_list_says_in_sentences_who_may_what(as_root):
    page = as_root.get(reverse("roles")).content.decode()
    assert all(str(each.says) in page.replace("&#x27;", "'") for each in PERMISSIONS)
    assert "Reads who changed what." in as_root.get(reverse("roles") + "?q=audit").content.decode()
