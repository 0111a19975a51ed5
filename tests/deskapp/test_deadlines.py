"""/settings/deadlines/, and the deadline of a conversation in the list and in its thread."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations import promises, recounting
from conversations.inbound.receive import receive
from conversations.models import AuditEntry, Conversation, Hours, Recount, SlaPolicy
from deskapp.accounts.deadline_forms import minutes_of, written
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Gold", "is_active": "on", "first_response": "1h 30m", "next_response": "", "resolution": "20 h",
    "counts": "own", "pauses": "on", "warn_at": "75", "escalate_after": "", "raise_to": "2", "escalate_to": "",
    "tells_supervisors": "on", "sla-match": "all", "sla-row": "0", "sla-0-ask": "tier.is", "sla-0-was": "tier",
    "sla-0-value": "Gold",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("90", 90), ("45 min", 45), ("1h 30m", 90), ("1.5 h", 90), ("1,5 hours", 90), ("2h30", 150), ("", 0)],
)
def test_times_as_people_write_them(text, minutes):
    assert minutes_of(text) == minutes and minutes_of(written(minutes)) == minutes


@pytest.mark.parametrize("text", ["soon", "1d", "h", "-5", "4h!"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        minutes_of(text)


def test_a_supervisor_makes_a_policy_and_it_is_in_the_audit_log(client, sam):
    client.force_login(sam)
    answer = client.post("/settings/deadlines/new/", TYPED, follow=True)
    one = SlaPolicy.objects.get()
    assert (one.first_response, one.next_response, one.resolution, one.raise_to) == (90, None, 1200, 2)
    assert one.conditions["rules"] == [{"field": "tier", "is": "is", "value": ["Gold"]}]
    assert AuditEntry.objects.get(kind="slapolicy").by == sam and Recount.objects.get().done_at is None
    page = answer.content.decode()
    assert "loyalty tier is Gold" in page and "1 hour 30 minutes" in page and "reckoned anew" in page


def test_an_agent_finds_no_such_page(client, ada):
    client.force_login(ada)
    assert client.get("/settings/deadlines/").status_code == 404


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"first_response": "", "resolution": ""}, "Promise something"),
        ({"first_response": "soon"}, "Write it as 30m"),
        ({"first_response": "0"}, "From one minute to a year."),
        ({"name": ""}, "This field is required."),
        ({"warn_at": "100"}, "less than or equal to 99"),
        ({"sla-0-ask": "words.has", "sla-0-was": "words", "sla-0-value": "refund"}, "cannot be asked here"),
        ({"sla-0-value": ""}, "Fill in"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(client, sam, changed, says):
    client.force_login(sam)
    answer = client.post("/settings/deadlines/new/", {**TYPED, **changed})
    assert answer.status_code == 422 and says in answer.content.decode() and not SlaPolicy.objects.exists()


def test_two_of_one_name_are_refused(client, sam):
    SlaPolicy.objects.create(name="Gold", first_response=5)
    client.force_login(sam)
    assert "of this name already" in client.post("/settings/deadlines/new/", TYPED).content.decode()


def test_the_builder_offers_what_a_policy_may_ask_and_adds_rows_without_saving(client, sam):
    client.force_login(sam)
    page = client.post("/settings/deadlines/new/", {**TYPED, "sla-do": "add:"}).content.decode()
    assert page.count('name="sla-row"') == 2 and "tier.is" in page and "words.has" not in page
    assert not SlaPolicy.objects.exists()
    rows = client.post("/conditions/rows/", {**TYPED, "prefix": "sla"}).content.decode()
    assert "tier.is" in rows and "words.has" not in rows


def test_the_preview_reckons_by_the_hours_that_are_chosen(client, sam):
    week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    office = Hours.objects.create(name="Office", zone="Europe/London", week=week)
    client.force_login(sam)
    page = client.post("/settings/deadlines/preview/", {**TYPED, "counts": str(office.pk)}).content.decode()
    assert "By the hours “Office” (Europe/London)." in page and "after 1 hour 30 minutes" in page
    page = client.post("/settings/deadlines/preview/", {**TYPED, "counts": "always"}).content.decode()
    assert "Every hour counts." in page
    assert "Nothing is promised yet." in client.post("/settings/deadlines/preview/", {}).content.decode()


def test_policies_are_moved_by_buttons_and_one_that_is_never_reached_says_so(client, sam):
    first = SlaPolicy.objects.create(name="Gold", first_response=5, order=0, conditions={"match": "all", "rules": [
        {"field": "tier", "is": "is", "value": ["Gold"]}]})  # fmt: skip
    last = SlaPolicy.objects.create(name="Everybody", first_response=60, order=1)
    client.force_login(sam)
    assert "Never reached" not in client.get("/settings/deadlines/").content.decode()
    page = client.post(f"/settings/deadlines/{last.pk}/place/", {"to": "up"}, follow=True).content.decode()
    assert list(SlaPolicy.objects.order_by("order")) == [last, first] and "Never reached: “Everybody”" in page
    client.post(f"/settings/deadlines/{last.pk}/place/", {"to": "up"})
    assert list(SlaPolicy.objects.order_by("order")) == [last, first]


def test_a_deleted_policy_frees_its_conversations(client, sam, mail):
    one = SlaPolicy.objects.create(name="Everybody", first_response=60)
    promises.forget()
    conversation = receive(from_ann(mail)).conversation
    client.force_login(sam)
    client.post(f"/settings/deadlines/{one.pk}/", {"_method": "DELETE"})
    Recount.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    recounting.walk()
    assert Conversation.objects.get(pk=conversation.pk).due_at is None
    assert "hidden" in client.get("/settings/deadlines/progress/").content.decode()


def test_a_change_of_hours_is_reckoned_where_policies_are(client, root):
    client.force_login(root)
    typed = {"name": "Office", "zone": "Europe/London", "mon-0-opens": "09:00", "mon-0-closes": "17:00"}
    client.post("/settings/hours/new/", typed)
    assert Hours.objects.exists() and not Recount.objects.exists()
    SlaPolicy.objects.create(name="Everybody", first_response=60)
    client.post(f"/settings/hours/{Hours.objects.get().pk}/", {**typed, "mon-0-closes": "12:00"})
    assert Recount.objects.exists()


@pytest.fixture
def waiting(mail):
    SlaPolicy.objects.create(name="Everybody", first_response=60, next_response=30, resolution=600)
    promises.forget()
    return receive(from_ann(mail, at=timezone.now() - timedelta(minutes=50))).conversation


def test_the_row_counts_down_and_is_amber_then_red(client, ada, waiting):
    client.force_login(ada)
    page = client.get("/inbox/unassigned/").content.decode()
    assert 'class="sla push soon"' in page and "9m left" in page
    Conversation.objects.update(due_at=timezone.now() - timedelta(minutes=4, seconds=5), is_late=True)
    page = client.get("/inbox/unassigned/").content.decode()
    assert 'class="sla push late"' in page and "4m late" in page


def test_the_thread_says_what_is_due_and_why(client, ada, sam, linus, waiting):
    client.force_login(ada)
    page = client.get(f"/conversations/{waiting.pk}/").content.decode()
    assert 'id="sla-line"' in page and "First answer · Everybody" in page
    why = client.get(f"/conversations/{waiting.pk}/deadlines/", headers={"HX-Request": "true"}).content.decode()
    assert "is the first policy that holds: always." in why and "50 minutes of 1 hour used" in why
    assert "Change it" not in why and "<html" not in why
    assert "<html" in client.get(f"/conversations/{waiting.pk}/deadlines/").content.decode()
    client.force_login(sam)
    assert "Change it" in client.get(f"/conversations/{waiting.pk}/deadlines/").content.decode()
    client.force_login(linus)
    assert client.get(f"/conversations/{waiting.pk}/deadlines/").status_code == 404


def test_that_a_policy_holds_for_what_they_bought_is_not_said_to_whom_it_is_not_shown(client, ada, mail):
    conditions = {"rules": [{"field": "value", "is": "below", "value": 987}]}
    SlaPolicy.objects.create(name="Everybody", first_response=60, conditions=conditions)
    promises.forget()
    where = f"/conversations/{receive(from_ann(mail)).conversation_id}/deadlines/"
    client.force_login(ada)
    assert "987" in client.get(where).content.decode()
    ada.sees_purchases = False
    ada.save()
    page = client.get(where).content.decode()
    assert "987" not in page and "what they bought, which you are not shown" in page


def test_without_a_policy_the_thread_says_nothing_of_it(client, ada, mail):
    conversation = receive(from_ann(mail)).conversation
    client.force_login(ada)
    page = client.get(f"/conversations/{conversation.pk}/").content.decode()
    assert 'id="sla-line" hidden' in page
    assert "nothing is due" in client.get(f"/conversations/{conversation.pk}/deadlines/").content.decode()


def test_the_line_costs_the_thread_no_query(client, ada, waiting):
    client.force_login(ada)
    where = f"/conversations/{waiting.pk}/"
    client.get(where)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(where)
        return len(captured)

    promises.book()
    with_line = queries()
    Conversation.objects.update(sla=None)
    assert queries() == with_line


def test_who_becomes_gold_is_promised_gold(client, ada, waiting):
    gold = {"match": "all", "rules": [{"field": "tier", "is": "is", "value": ["Gold"]}]}
    one = SlaPolicy.objects.create(name="Gold", first_response=55, conditions=gold)
    SlaPolicy.objects.filter(name="Everybody").update(order=5)
    promises.forget()
    waiting.customer.tier = "Gold"
    waiting.customer.save()
    assert recounting.of_customers([waiting.customer_id]) == 1
    conversation = Conversation.objects.get(pk=waiting.pk)
    assert conversation.sla == one and conversation.due_at < waiting.due_at
