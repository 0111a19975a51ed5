"""Each form of the settings says what is wrong as one types, by the rules by which it is saved; nothing is stored."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conversations.models import AuditEntry, CannedReply, Hours, Macro, Skill, Tag, Team
from customers.models import RetentionRule
from deskapp.models import OwnRole, User
from integrations.models import Import

pytestmark = pytest.mark.django_db


@pytest.fixture
def typing(client, root):
    client.force_login(root)

    def typing(page, touched, *args, **given):
        answer = client.post(reverse(page, args=args), given, headers={"as-typed": touched})
        assert answer.status_code == 200, answer
        assert AuditEntry.objects.count() == 0
        return dict(re.findall(r'data-field="([^"]*)"[^>]*>([^<]*)<', answer.content.decode()))

    return typing


def test_only_touched_fields_are_spoken_of_and_nothing_is_kept(typing, returns):
    assert typing("new_team", "name", name="Returns") == {"name": "There is a team of this name already.", "": ""}
    assert typing("new_team", "name", name="Repairs") == {"name": "", "": ""}
    assert typing("new_team", "signature", name="Returns", signature="Bye")["signature"] == ""
    assert Team.objects.count() == 1


def test_agents(typing, root, ada):
    said = typing("invitation", "email name", email=ada.email, name="")
    assert "already has this address" in said["email"] and said["name"]
    assert "valid email" in typing("invitation", "email", email="nobody at home")["email"]
    User.objects.filter(pk=ada.pk).update(extension="31")
    assert "already has this extension" in typing("invitation", "extension", extension="31")["extension"]
    assert typing("agent", "extension", ada.pk, extension="31", name="Ada")["extension"] == ""
    assert typing("agent", "refund_limit", ada.pk, refund_limit="-1")["refund_limit"]
    assert "already has this extension" in typing("me", "extension", extension="31")["extension"]
    assert User.objects.count() == 2


def test_lists_of_words(typing, db):
    OwnRole.objects.create(name="Night shift")
    Skill.objects.create(name="Norwegian")
    tag = Tag.objects.create(name="vip")
    assert "role of this name" in typing("new_role", "name", name="night  shift")["name"]
    assert "role of this name" in typing("new_role", "name", name="Admin")["name"]
    assert "skill of this name" in typing("skills", "name", name="norwegian")["name"]
    assert "tag of this name" in typing("tag_list", "name", name="#VIP")["name"]
    assert typing("tag", "name", tag.pk, name="VIP")["name"] == ""
    Tag.objects.create(name="early")
    assert "merge the two" in typing("tag", "name", tag.pk, name="early")["name"]
    assert typing("tag_list", "name", name="")["name"] == "A tag needs a name."
    assert (Tag.objects.count(), Skill.objects.count(), OwnRole.objects.count()) == (2, 1, 1)


def test_replies_and_macros(typing, returns):
    canned = CannedReply.objects.create(name="Hello", text="Hello!")
    assert typing("canned_replies", "name text", name="Bye", text="")["text"]
    assert typing("canned_reply", "text", canned.pk, name="Hello", text="")["text"]
    assert "does nothing yet" in typing("macros", "name", name="Close")[""]
    said = typing("macros", "snooze_hours", name="Close", resolves="on", snooze_hours="3")
    assert "cannot be solved and snoozed" in said["snooze_hours"] and said[""] == ""
    assert (CannedReply.objects.count(), Macro.objects.count()) == (1, 0)


def test_retention_and_days_of_our_own(typing, db):
    assert "36500" in typing("privacy", "days", kind="events", days="99999")["days"]
    assert not RetentionRule.objects.filter(days=99999).exists()
    hours = Hours.objects.create(name="Office")
    assert typing("closures", "day", hours.pk, day="2026-13-01")["day"]
    assert "opens" in typing("closures", "opens", hours.pk, day="2026-12-24", opens="14:00", closes="09:00")[""]


def test_what_the_columns_of_an_import_mean(typing, client):
    file = SimpleUploadedFile("people.csv", b"name,email,city\nAnn,ann@home.example,Oslo\n")
    client.post(reverse("imports"), {"file": file})
    one = Import.objects.get()
    AuditEntry.objects.all().delete()
    assert "which column" in typing("import", "column-1", one.pk, **{"column-0": "name", "column-1": ""})[""]
    twice = {"column-0": "name", "column-1": "email", "column-2": "name"}
    assert "cannot both be this: Name" in typing("import", "column-2", one.pk, **twice)[""]
    assert typing("import", "column-1", one.pk, **{"column-0": "name", "column-1": "email"})[""] == ""
    one.refresh_from_db()
    assert one.mapping == {"0": "name", "1": "email", "2": "city"} and one.state == "draft"


@pytest.mark.parametrize("page", ["canned_replies", "imports", "privacy", "agents", "teams", "roles", "skills",
    "tag_list", "macros", "hours_list", "audit_log", "connectors", "new_connector", "connector_events",
    "branding_list"])  # fmt: skip
def test_each_list_is_searched_and_says_when_nothing_is_found(client, root, page):
    client.force_login(root)
    answer = client.get(reverse(page), {"q": "zanzibar"})
    assert answer.status_code == 200 and 'name="q"' in answer.content.decode()
