"""The lists of the inbox: what each view holds, page after page, in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.inbound.receive import receive
from conversations.models import Conversation, Mention, Priority, SavedView, Status, Tag
from conversations.reading import PAGE, Listed, conversations_of, counted, rail_of
from conversations.sorting import SORTS
from customers.identify import Handle
from customers.models import Membership, Segment
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


def writes(channel, name, text="Hello", *, minutes=0):
    at = timezone.now() - timedelta(minutes=minutes)
    handle = Handle("email", f"{name.lower()}@home.example", name)
    return receive(from_ann(channel, text, handles=(handle,), at=at)).conversation


def rows(response):
    return [row.pk for row in response.context["rows"]]


@pytest.fixture
def signed_in(client, ada):
    client.force_login(ada)
    return client


def test_who_is_not_signed_in_goes_to_the_door(client, mail):
    for address in ("/", "/inbox/mine/", "/rail/", "/inbox/all/filters/"):
        assert client.get(address).status_code == 302


def test_each_view_holds_its_own(signed_in, ada, grace, mail):
    free, mine, hers, asleep, solved, spam = (writes(mail, name) for name in ["A", "B", "C", "D", "E", "F"])
    set_to = Conversation.objects.filter
    set_to(pk=mine.pk).update(assignee=ada)
    set_to(pk=hers.pk).update(assignee=grace)
    set_to(pk=asleep.pk).update(status=Status.SNOOZED, snoozed_until=timezone.now() + timedelta(days=1))
    set_to(pk=solved.pk).update(status=Status.RESOLVED)
    set_to(pk=spam.pk).update(is_spam=True)
    Mention.objects.create(conversation=hers, message=hers.messages.get(), agent=ada)
    held = {
        view: set(rows(signed_in.get(f"/inbox/{view}/")))
        for view in ["mine", "unassigned", "mentions", "snoozed", "all", "resolved", "spam", f"team-{mail.team_id}"]
    }
    assert held == {
        "mine": {mine.pk}, "unassigned": {free.pk}, "mentions": {hers.pk}, "snoozed": {asleep.pk},
        "all": {free.pk, mine.pk, hers.pk}, "resolved": {solved.pk}, "spam": {spam.pk},
        f"team-{mail.team_id}": {free.pk, mine.pk, hers.pk},
    }  # fmt: skip


def test_longest_waiting_stands_first_and_newest_by_wish(signed_in, mail):
    late, early = writes(mail, "Late", minutes=2), writes(mail, "Early", minutes=60)
    assert rows(signed_in.get("/inbox/all/")) == [early.pk, late.pk]
    assert rows(signed_in.get("/inbox/all/?sort=newest")) == [late.pk, early.pk]


def test_what_is_due_next_stands_first_and_then_who_has_no_deadline(signed_in, mail):
    late, soon, waits, early = (writes(mail, name, minutes=9 - at) for at, name in enumerate(["L", "S", "W", "E"]))
    for each, minutes in ((late, -5), (soon, 5)):
        due = timezone.now() + timedelta(minutes=minutes)
        Conversation.objects.filter(pk=each.pk).update(due_at=due, queue_at=timezone.now())
    assert rows(signed_in.get("/inbox/all/?sort=due")) == [late.pk, soon.pk, waits.pk, early.pk]
    assert b'data-sort="due"' in signed_in.get("/inbox/all/?sort=due").content


def test_an_order_keeps_the_filters_and_a_view_offers_those_it_has(signed_in, ada):
    page = signed_in.get("/inbox/all/?priority=3").content.decode()
    assert all(f'href="/inbox/all/?priority=3&amp;sort={sort}"' in page for sort in ("waiting", "due", "newest"))
    solved = signed_in.get("/inbox/resolved/?sort=due").content.decode()
    assert 'data-sort="waiting"' in solved and "Next due" not in solved and "Newest" in solved
    view = SavedView.objects.create(owner=ada, name="New ones", query="channel=email&sort=newest")
    listed = signed_in.get(f"/inbox/saved-{view.pk}/?sort=waiting").context["listed"]
    assert listed.sort == "waiting" and "sort=waiting" in listed.query


def test_the_next_due_are_found_by_an_index(ada, mail):
    seen = conversations_of(ada, Listed("all", "All", "due"))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off")
    plan = SORTS["due"][0].rows(seen, (timezone.now(), 1))[:PAGE].explain()
    assert "conversation_due" in plan and "Sort" not in plan


@pytest.mark.parametrize("cursor", ["2026-01-01T00:00:00+00:00~1~x", "yesterday~1~0"])
def test_a_cursor_that_is_none_is_not_found(signed_in, cursor):
    assert signed_in.get("/inbox/all/", {"after": cursor}).status_code == 404


@pytest.mark.parametrize("sort", ["waiting", "due", "newest"])
def test_pages_follow_each_other_without_gap_or_repeat(signed_in, mail, sort):
    moment = timezone.now()
    made = [writes(mail, f"P{number}") for number in range(PAGE + 7)]
    Conversation.objects.filter(pk__in=[each.pk for each in made[10:30]]).update(
        queue_at=moment, last_message_at=moment
    )
    Conversation.objects.filter(pk__in=[each.pk for each in made[: PAGE - 2]]).update(due_at=moment)
    first = signed_in.get(f"/inbox/all/?sort={sort}")
    second = signed_in.get("/inbox/all/", {"sort": sort, "after": first.context["after"]})
    seen = rows(first) + rows(second)
    assert len(seen) == len(set(seen)) == PAGE + 7 and second.context["after"] == ""


def test_filters_narrow_and_a_saved_view_keeps_them(signed_in, ada, mail, chat):
    urgent, tagged, chatting = writes(mail, "Urgent"), writes(mail, "Tagged"), writes(chat, "Chatting")
    Conversation.objects.filter(pk=urgent.pk).update(priority=Priority.URGENT, assignee=ada)
    tagged.tags.add(Tag.objects.create(name="VIP"))
    for query, expected in [
        ("priority=3", urgent),
        ("tag=vip", tagged),
        ("channel=chat", chatting),
        ("assignee=me", urgent),
    ]:
        assert rows(signed_in.get(f"/inbox/all/?{query}")) == [expected.pk], query
    saved = SavedView.objects.create(owner=ada, name="Hot", query="priority=3")
    assert rows(signed_in.get(f"/inbox/saved-{saved.pk}/")) == [urgent.pk]


def test_a_segment_of_customers_is_a_filter_like_any_other_for_who_may_know(signed_in, client, ada, grace, mail):
    loyal, _other = writes(mail, "Loyal"), writes(mail, "Other")
    segment = Segment.objects.create(name="Bought twice", conditions={})
    Membership.objects.create(segment=segment, customer=loyal.customer)
    query = f"segment={segment.pk}"
    page = signed_in.get(f"/inbox/all/?{query}")
    assert rows(page) == [loyal.pk] and "Customer segment: Bought twice" in page.content.decode()
    assert f'value="{segment.pk}" selected' in signed_in.get(f"/inbox/all/filters/?{query}").content.decode()
    signed_in.post("/views/", {"name": "Loyal ones", "query": query, "is_shared": "on"})
    saved = SavedView.objects.get()
    assert rows(signed_in.get(f"/inbox/saved-{saved.pk}/")) == [loyal.pk]
    assert [view.count for view in rail_of(ada).saved] == [1]
    grace.sees_purchases = False
    grace.save()
    client.force_login(grace)
    assert rows(client.get(f"/inbox/saved-{saved.pk}/")) == rows(client.get(f"/inbox/all/?{query}")) == []
    assert [view.count for view in rail_of(grace).saved] == [0]
    assert "Bought twice" not in client.get("/inbox/all/filters/").content.decode()


def test_a_saved_view_of_another_and_a_view_nobody_has_are_not_found(signed_in, linus, mail, billing):
    saved = SavedView.objects.create(owner=linus, name="His", query="priority=3")
    for view in (f"saved-{saved.pk}", f"team-{billing.pk}", "nonsense", "saved-99999999999999999999"):
        assert signed_in.get(f"/inbox/{view}/").status_code == 404


def test_a_row_is_unread_until_its_thread_was_opened(signed_in, mail):
    conversation = writes(mail, "Ann")
    assert b"data-unread" in signed_in.get("/inbox/all/").content
    signed_in.get(f"/conversations/{conversation.pk}/")
    assert b"data-unread" not in signed_in.get("/inbox/all/").content


def test_the_list_asks_the_same_queries_for_two_rows_and_for_forty(signed_in, mail):
    taken = []
    for many in (2, 38):
        for number in range(many):
            writes(mail, f"N{many}x{number}")
        signed_in.get("/inbox/all/")
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/inbox/all/")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 12


def test_counting_stops_at_a_thousand_and_knows_nothing_from_none(mail):
    writes(mail, "Ann")
    found = counted({"all": Conversation.objects.all(), "none": Conversation.objects.none()})
    assert found == {"all": 1, "none": 0}


def test_nobody_waiting_says_so_and_offers_one_step(signed_in):
    page = signed_in.get("/inbox/mine/").content.decode()
    assert "All answered" in page and "Nobody is waiting for you." in page and 'href="/inbox/unassigned/"' in page
