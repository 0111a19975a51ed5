"""/settings/tags/ and /settings/skills/: counted, renamed, merged, deleted; and skills on an agent's page."""

import pytest
from django.urls import reverse

from conversations.actions.labels import tag
from conversations.actions.tags import merge_tags
from conversations.inbound.receive import receive
from conversations.models import AgentSkill, AuditEntry, Macro, SavedView, Skill, Tag
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_root(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def talks(mail):
    return [
        receive(from_ann(mail, f"No. {number}", address=f"ann{number}@home.example")).conversation
        for number in range(3)
    ]


def test_two_tags_become_one_and_hang_once(talks, ada):
    for talk in talks[:2]:
        gone = tag(talk, name="fragile", by=ada)
    for talk in talks[1:]:
        kept = tag(talk, name="breakable", by=ada)
    macro = Macro.objects.create(name="Mark")
    macro.add_tags.add(gone)
    macro.drop_tags.add(kept)
    view = SavedView.objects.create(owner=ada, name="Fragile", query="status=open&tag=fragile")
    assert merge_tags(gone, into=kept) == 2
    assert [list(talk.tags.values_list("name", flat=True)) for talk in talks] == [["breakable"]] * 3
    assert list(macro.add_tags.all()) == [kept] and not macro.drop_tags.exists()
    view.refresh_from_db()
    assert view.query == "status=open&tag=breakable" and not Tag.objects.filter(name="fragile").exists()


def test_the_page_counts_and_searches(as_root, talks, ada):
    for talk in talks:
        tag(talk, name="vip", by=ada)
    tag(talks[0], name="late", by=ada)
    page = as_root.get(reverse("tag_list")).content.decode()
    for name, count in (("vip", 3), ("late", 1)):
        assert f'<b>{name}</b></td><td class="num">{count}</td>' in page
    assert "vip" not in as_root.get(reverse("tag_list") + "?q=lat").content.decode().split("<table")[1]


def test_rename_merge_and_delete_are_said_and_written_down(as_root, talks, ada):
    one, other = tag(talks[0], name="one", by=ada), tag(talks[1], name="other", by=ada)
    as_root.post(reverse("tag", args=[one.pk]), {"name": "first"})
    assert AuditEntry.objects.latest("pk").before == {"name": "one"}
    answer = as_root.post(reverse("tag", args=[one.pk]), {"name": "Other"})
    assert answer.status_code == 422 and b"merge the two instead" in answer.content
    answer = as_root.post(reverse("tag_merge", args=[one.pk]), {"into": other.pk}, follow=True)
    assert b"It hung on 1 conversation." in answer.content
    assert as_root.post(reverse("tag_merge", args=[other.pk]), {"into": other.pk}).status_code == 422
    answer = as_root.delete(reverse("tag", args=[other.pk]), follow=True)
    assert b"It hung on 2 conversations." in answer.content and not Tag.objects.exists()
    assert AuditEntry.objects.latest("pk").verb == "removed"


def test_skills_are_kept_counted_and_given(as_root, ada, returns):
    as_root.post(reverse("skills"), {"name": "Boots"})
    assert as_root.post(reverse("skills"), {"name": "boots"}).status_code == 422
    boots = Skill.objects.get()
    data = {"name": ada.name, "role": "agent", "teams": [returns.pk], "refund_limit": 0, "languages": ["en", "no"],
            "answers_by": ["email"],
            "sees_purchases": "on", "sees_browsing": "on"}  # fmt: skip
    as_root.post(reverse("agent", args=[ada.pk]), {**data, f"skill-{boots.pk}": "4"})
    ada.refresh_from_db()
    assert (ada.languages, ada.media, AgentSkill.objects.get().level) == (["en", "no"], ["email"], 4)
    after = {"languages": ["en", "no"], "media": ["email"], "skills": ["Boots: 4"]}
    assert AuditEntry.objects.latest("pk").after == after
    page = as_root.get(reverse("skills")).content.decode()
    assert "Ada Okafor" in page and '<td class="num">1</td>' in page
    assert 'value="email" selected' in as_root.get(reverse("agent", args=[ada.pk])).content.decode()
    assert 'value="4" selected' in as_root.get(reverse("agent", args=[ada.pk])).content.decode()
    as_root.post(reverse("agent", args=[ada.pk]), {**data, f"skill-{boots.pk}": ""})
    assert not AgentSkill.objects.exists()
    as_root.delete(reverse("skill", args=[boots.pk]))
    assert not Skill.objects.exists()
