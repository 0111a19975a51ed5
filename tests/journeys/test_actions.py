"""The verbs over HTTP: as fragments with an undo, as plain forms, refused beside the field, and on many rows."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import CannedReply, Conversation, SavedView, Status, Tag
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail, "Where is my parcel?")).conversation


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def act(desk, conversation, what, data=None, **headers):
    return desk.post(f"/conversations/{conversation.pk}/{what}/", data or {}, **(headers or HTMX))


def fresh(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def test_resolve_answers_with_buttons_panel_and_an_undo_that_works(desk, conversation):
    answer = act(desk, conversation, "closure")
    page = answer.content.decode()
    assert 'id="conversation-actions"' in page and 'id="conversation-panel"' in page and 'class="toast"' in page
    assert json.loads(answer["HX-Trigger"]) == {"conversation:resolved": {"id": conversation.pk}}
    assert fresh(conversation).status == Status.RESOLVED
    act(desk, conversation, "closure", {"_method": "DELETE"})
    assert fresh(conversation).status == Status.OPEN
    act(desk, conversation, "closure")
    desk.delete(f"/conversations/{conversation.pk}/closure/")
    assert fresh(conversation).status == Status.OPEN


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("assign", 'name="to"'),
        ("snooze", 'name="until"'),
        ("more", 'name="priority"'),
        ("joining", 'id="split-form"'),
        ("tags", 'value="vip"'),
    ],
)
def test_a_menu_comes_when_it_is_opened_and_has_a_page_without_script(name, held, desk, conversation):
    Tag.objects.create(name="vip")
    where = f"/conversations/{conversation.pk}/menus/{name}/"
    assert held not in desk.get(f"/conversations/{conversation.pk}/", **HTMX).content.decode()
    part, whole = desk.get(where, **HTMX).content.decode(), desk.get(where).content.decode()
    assert held in part and "<html" not in part
    assert held in whole and "<html" in whole
    assert desk.get(f"/conversations/{conversation.pk}/menus/nonsense/").status_code == 404


def test_a_refused_menu_comes_open_with_its_reason(desk, conversation):
    for what, data in (("snooze", {"until": "x"}), ("assignment", {"to": "agent:0"}), ("priority", {"priority": "9"})):
        html = act(desk, conversation, what, data).content.decode()
        opened = re.search(r'<details class="menu[^"]*" open>.*?</details>', html, re.DOTALL)
        assert opened and "<small" in opened[0] and "hx-get" not in opened[0]


def test_a_plain_form_leads_back_and_never_elsewhere(desk, conversation):
    answer = act(desk, conversation, "closure", {"next": "https://evil.example/"}, HTTP_ACCEPT="text/html")
    assert answer.status_code == 302 and answer["Location"] == f"/conversations/{conversation.pk}/"


def test_snooze_reads_the_agents_clock_and_refuses_the_past(desk, conversation, ada):
    ada.timezone = "Asia/Tokyo"
    ada.save()
    day = (timezone.now() + timedelta(days=2)).date()
    act(desk, conversation, "snooze", {"until": f"{day}T09:00"})
    assert fresh(conversation).snoozed_until.isoformat() == f"{day}T00:00:00+00:00"
    for wrong in ("", "soon", "2020-01-01T09:00"):
        answer = act(desk, conversation, "snooze", {"until": wrong})
        assert answer.status_code == 422 and 'aria-invalid="true"' in answer.content.decode()


def test_assign_to_me_and_back_by_the_toast(desk, conversation, ada, grace):
    act(desk, conversation, "assignment", {"to": f"agent:{grace.pk}"})
    assert fresh(conversation).assignee == grace
    page = act(desk, conversation, "assignment", {"to": "", "agent": "me"}).content.decode()
    assert fresh(conversation).assignee == ada
    assert f'name="agent" value="{grace.pk}"' in page
    act(desk, conversation, "assignment", {"agent": str(grace.pk), "team": str(conversation.team_id)})
    assert fresh(conversation).assignee == grace
    assert act(desk, conversation, "assignment", {"to": "agent:999999"}).status_code == 422


def test_what_goes_out_of_sight_leads_home(desk, conversation, billing):
    answer = act(desk, conversation, "assignment", {"to": f"team:{billing.pk}"})
    assert answer["HX-Redirect"] == "/" and fresh(conversation).team == billing
    assert act(desk, conversation, "closure").status_code == 404


def test_tags_priority_subject_spam_and_follow(desk, conversation, ada):
    act(desk, conversation, "tags", {"name": "vip"})
    mark = conversation.tags.get()
    act(desk, conversation, f"tags/{mark.pk}", {"_method": "DELETE"})
    assert not conversation.tags.exists()
    assert act(desk, conversation, "tags", {"name": ""}).status_code == 422
    act(desk, conversation, "priority", {"priority": "3"})
    assert act(desk, conversation, "priority", {"priority": "9"}).status_code == 422
    act(desk, conversation, "subject", {"subject": "Parcel"})
    act(desk, conversation, "following")
    assert conversation.follows.get().agent == ada
    act(desk, conversation, "spam", {"block": "sender"})
    now = fresh(conversation)
    assert (now.priority, now.subject, now.is_spam) == (3, "Parcel", True)


def test_split_then_merge_then_apart(desk, conversation, mail):
    second = receive(from_ann(mail, "And my invoice?"))
    act(desk, conversation, "splits", {"message": second.pk})
    other = Conversation.objects.exclude(pk=conversation.pk).get()
    answer = act(desk, other, "merges", {"into": f"#{conversation.pk}"})
    assert answer["HX-Redirect"] == f"/conversations/{conversation.pk}/"
    assert fresh(other).merged_into == conversation
    entry = answer.context["toast"].undo
    assert desk.post(entry, {"_method": "DELETE"}, **HTMX).status_code == 200
    assert fresh(other).merged_into is None and other.messages.get() == second
    assert act(desk, other, "merges", {"into": "999999"}).status_code == 422
    assert act(desk, other, "splits").status_code == 422


def test_merging_into_what_one_may_not_see_finds_nothing(desk, conversation, billing):
    hidden = Conversation.objects.create(customer=conversation.customer, team=billing)
    assert act(desk, conversation, "merges", {"into": hidden.pk}).status_code == 422
    assert fresh(conversation).merged_into is None


def test_people_in_copy_and_whose_it_is(desk, conversation, mail):
    act(desk, conversation, "participants", {"email": "bob@home.example"})
    assert conversation.participants.exists()
    assert act(desk, conversation, "participants", {"email": "bob"}).status_code == 422
    act(desk, conversation, "participants", {"email": "bob@home.example", "_method": "DELETE"})
    assert not conversation.participants.exists()
    cy = receive(from_ann(mail, "Hi", address="cy@else.example")).conversation.customer
    ann = conversation.customer
    act(desk, conversation, "customer", {"customer": "cy@else.example", "scope": "conversation"})
    assert fresh(conversation).customer == cy
    act(desk, conversation, "customer", {"customer": f"customer:{ann.pk}"})
    assert fresh(conversation).customer == ann
    answer = act(desk, conversation, "customer", {"customer": "cy@else.example", "scope": "all"})
    assert fresh(conversation).customer == cy
    desk.post(answer.context["toast"].undo, {"_method": "DELETE"}, **HTMX)
    assert fresh(conversation).customer == ann
    assert act(desk, conversation, "customer", {"customer": "nobody@x.example"}).status_code == 422


def test_bulk_changes_what_one_may_see_and_counts_it(desk, conversation, mail, billing, ada):
    mine = [receive(from_ann(mail, "Hi", address=f"p{n}@x.example")).conversation.pk for n in range(3)]
    hidden = Conversation.objects.create(customer=conversation.customer, team=billing)
    answer = desk.post("/conversations/bulk/", {"conversation": [*mine, hidden.pk], "do": "resolve"}, **HTMX)
    assert "3 conversations changed." in answer.content.decode()
    assert Conversation.objects.filter(status="resolved").count() == 3
    desk.post("/conversations/bulk/", {"conversation": mine, "do": "assign", "to": "me"})
    desk.post("/conversations/bulk/", {"conversation": mine, "do": "tag", "tag": "vip"})
    assert Conversation.objects.filter(assignee=ada, tags__name="vip").count() == 3
    for wrong in ({"do": "dance"}, {"do": "resolve", "conversation": []}, {"do": "snooze", "until": "x"}):
        assert desk.post("/conversations/bulk/", {"conversation": mine, **wrong}, **HTMX).status_code == 422


def test_the_palette_knows_verbs_people_places_and_hides_the_rest(desk, client, conversation, ada, grace, linus):
    def page(q="", opened=conversation.pk):
        return client.get("/palette/", {"q": q, "conversation": opened}).content.decode()

    assert "With Ann Bell" in page() and 'data-press="e"' in page()
    assert f'data-value="agent:{grace.pk}"' in page("grace")
    assert f'data-href="/conversations/{conversation.pk}/"' in page("bell")
    assert "Canned replies" in page("canned")
    client.force_login(linus)
    assert "Ann Bell" not in page("bell")


def test_canned_replies_are_kept_by_their_team_and_filled_in(desk, client, conversation, ada, linus, root, returns):
    answer = desk.post(
        "/canned/", {"name": "Late", "text": "Dear {customer}, {agent} <looks> {odd}", "team": returns.pk}
    )
    assert answer.status_code == 302
    canned = CannedReply.objects.get()
    page = desk.get("/canned/insertable/", {"q": "la", "conversation": conversation.pk}).content.decode()
    assert "Dear Ann, Ada &lt;looks&gt; {odd}" in page
    assert desk.post("/canned/", {"name": "Mine", "text": "x", "team": ""}).status_code == 422
    assert desk.post("/canned/", {"name": "late", "text": "x", "team": returns.pk}).status_code == 422
    client.force_login(linus)
    assert client.post(f"/canned/{canned.pk}/", {"_method": "DELETE"}).status_code == 404
    assert b"Late" not in client.get("/canned/").content
    client.force_login(root)
    client.post(f"/canned/{canned.pk}/", {"name": "Late", "text": "y", "team": ""})
    canned.refresh_from_db()
    assert (canned.text, canned.team) == ("y", None)
    client.post(f"/canned/{canned.pk}/", {"_method": "DELETE"})
    assert not CannedReply.objects.exists()


def test_saved_views_are_ones_own_or_shared(desk, client, ada, grace):
    desk.post("/views/", {"name": "Gold", "query": "?status=open&tag=vip&after=9&page=2"})
    view = SavedView.objects.get()
    assert (view.owner, view.query, view.is_shared) == (ada, "status=open&tag=vip", False)
    client.force_login(grace)
    assert b"Gold" not in client.get("/views/").content
    assert client.post(f"/views/{view.pk}/", {"name": "Hers"}).status_code == 404
    client.force_login(ada)
    client.post(f"/views/{view.pk}/", {"name": "Gold, all", "is_shared": "on"})
    client.force_login(grace)
    assert b"Gold, all" in client.get("/views/").content
    client.force_login(ada)
    client.post(f"/views/{view.pk}/", {"_method": "DELETE"})
    assert not SavedView.objects.exists()
