"""The story of a customer: its order is total and stable, and reading it page by page sees everything once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conversations import story
from conversations.actions.people import merge_customers
from conversations.inbound.receive import receive
from conversations.models import Activity, Conversation, Message
from conversations.story import Wanted
from conversations.story_words import lines
from customers.identify import Handle, identify
from customers.merging import unmerge
from customers.models import Customer, Event, Identity, MergeEntry, Visit
from deskapp.models import Role, User
from tests.conftest import from_ann
from tests.stories import happened, visited

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
# Few moments for many rows, so that most stand at the same one; some lie in other months, and so in other partitions.
MOMENTS = st.sampled_from([NOON, NOON + timedelta(seconds=1), NOON - timedelta(days=40), NOON + timedelta(days=70)])
ALL = Wanted()
KINDS = st.sampled_from(["message", "activity", "event", "visit", "merge"])


def everything(agent, customer, wanted=ALL):
    keys, page = [], story.newest(agent, customer, wanted)
    keys += [each.key for each in page.happenings]
    while page.older:
        page = story.before(agent, customer, wanted, story.edge_of(page.older))
        keys += [each.key for each in page.happenings]
    return keys


def everything_upwards(agent, customer, wanted=ALL):
    edge, keys = (datetime(1971, 1, 1, tzinfo=UTC), 0, 0), []
    while edge:
        page = story.after(agent, customer, wanted, edge)
        keys += [each.key for each in page.happenings][::-1]
        edge = story.edge_of(page.newer)
    return keys


class OrderTest(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(KINDS, MOMENTS, st.integers(0, 2)), max_size=160), st.integers(1, 9))
    def test_all_is_seen_once_whichever_way_and_in_one_order(self, rows, page):
        sam = User.objects.create_user(f"sam{User.objects.count()}@desk.example", name="Sam", role=Role.SUPERVISOR)
        customer = Customer.objects.create(name="Ann")
        identities = [
            Identity.objects.create(customer=customer, kind="api", value=f"{customer.pk}-{n}") for n in range(3)
        ]
        talks = [Conversation.objects.create(customer=customer) for _ in range(3)]
        made = [self.make(kind, at, identities[owner], talks[owner]) for kind, at, owner in rows]
        before, story.PAGE = story.PAGE, page
        try:
            downwards, upwards = everything(sam, customer.pk), everything_upwards(sam, customer.pk)
        finally:
            story.PAGE = before
        assert downwards == sorted(set(made), reverse=True)
        assert upwards == downwards[::-1]
        counts = story.counts(sam, customer.pk)
        assert sum(counts.values()) == len(made)

    def make(self, kind, at, identity, talk):
        if kind == "message":
            row = Message.objects.create(conversation=talk, kind="inbound", text="x", created_at=at)
            return at, story.Kind.MESSAGE, row.pk
        if kind == "activity":
            return at, story.Kind.ACTIVITY, talk.activities.create(verb="tagged", created_at=at).pk
        if kind == "event":
            return at, story.Kind.EVENT, Event.objects.get(pk=happened(identity, "Order Placed", at).pk).number
        if kind == "visit":
            return at, story.Kind.VISIT, visited(identity, at).pk
        other = Customer.objects.create(merged_into=identity.customer)
        entry = MergeEntry.objects.create(kept=identity.customer, absorbed=other, evidence="x")
        MergeEntry.objects.filter(pk=entry.pk).update(created_at=at)
        return at, story.Kind.MERGE, entry.pk


@pytest.fixture
def ann(mail):
    return receive(from_ann(mail, "The medium is tight")).conversation.customer


def titles(agent, customer, wanted=ALL):
    return [line.title for line in lines(story.newest(agent, customer.pk, wanted).happenings)]


@pytest.mark.django_db
class TestWhatIsTold:
    def test_folded_events_stand_only_in_their_visit(self, ada, ann):
        identity = ann.identities.get()
        happened(identity, "Page Viewed", NOON)
        happened(identity, "Product Added", NOON, name="Jacket", product_id="1")
        visited(identity, NOON, seen=2, kind="Jackets")
        assert titles(ada, ann)[1:] == ["Put Jacket in the cart", "Looked at 2 jackets"]

    def test_groups_media_and_words_narrow_it(self, ada, ann, chat, mail):
        receive(from_ann(chat, "Is it in green?", handles=(Handle("email", "ann@home.example", "Ann"),)))
        identity = ann.identities.get()
        happened(identity, "Order Placed", NOON, number="HF-1")
        visited(identity, NOON)
        assert len(titles(ada, ann)) == 4
        assert titles(ada, ann, Wanted(frozenset(["transactional"]))) == ["Placed order HF-1"]
        assert titles(ada, ann, Wanted(medium="chat")) == ["Wrote by Chat"]
        assert titles(ada, ann, Wanted(medium="site")) == ["Looked at 4 jackets"]
        assert titles(ada, ann, Wanted(words="hf-1")) == ["Placed order HF-1"]
        assert titles(ada, ann, Wanted(words="100%_")) == []
        assert len(titles(ada, ann, Wanted(since=NOON + timedelta(days=1)))) == 2

    def test_what_was_said_elsewhere_is_not_told(self, linus, ada, billing, ann, mail):
        bob = receive(from_ann(mail, "zanzibar", address="bob@home.example")).conversation
        Conversation.objects.filter(pk=bob.pk).update(team=billing)
        Activity.objects.create(conversation=bob, verb="tagged", to="secret")
        merge_customers(bob.customer, into=ann, by=ada)
        assert {"Wrote by Email", "Tagged"} <= set(titles(linus, ann))
        told = story.newest(ada, ann.pk, Wanted()).happenings
        assert not [each for each in told if getattr(each.row, "conversation_id", None) == bob.pk]

    def test_a_merge_and_its_taking_back_are_both_told(self, ada, ann):
        bob, _identity = identify([Handle("email", "bob@home.example", "Bob")])
        unmerge(merge_customers(bob, into=ann, by=ada))
        assert set(titles(ada, ann)[:2]) == {"A merge was taken back", "Merged with another, for a while"}
        assert "Bob" not in " ".join(titles(ada, ann))

    def test_the_past_of_an_identity_comes_and_goes_with_it(self, ada, ann):
        bob, identity = identify([Handle("email", "bob@home.example", "Bob")])
        happened(identity, "Order Placed", NOON, number="B1")
        entry = merge_customers(bob, into=ann, by=ada)
        assert "Placed order B1" in titles(ada, ann)
        unmerge(entry)
        assert "Placed order B1" not in titles(ada, ann) and "Placed order B1" in titles(ada, bob)

    def test_queries_are_few_whatever_the_number_of_identities(self, ada, ann):
        taken = []
        for many in (1, 30):
            for number in range(many):
                identity = Identity.objects.create(customer=ann, kind="api", value=f"{many}-{number}")
                happened(identity, "Order Placed", NOON - timedelta(minutes=number))
                visited(identity, NOON)
            with CaptureQueriesContext(connection) as queries:
                titles(ada, ann)
            taken.append(len(queries))
        assert taken[0] == taken[1] <= 8

    @pytest.mark.parametrize("text", ["", "x", "~~", "2026-05-01~1~1", "2026-05-01T00:00:00+00:00~9~1", "~1~1"])
    def test_a_cursor_that_names_nothing_is_none(self, text):
        assert story.edge_of(text) is None

    def test_a_visit_of_one_page_is_called_by_it(self, ada, ann):
        identity = ann.identities.get()
        Visit.objects.create(identity=identity, source=1, started_at=NOON, ended_at=NOON, pages=1,
                             page={"title": "Size guide"})  # fmt: skip
        assert "Viewed “Size guide”" in titles(ada, ann)
