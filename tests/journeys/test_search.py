"""Search finds people, words and numbers, shows hits harmlessly, and nothing that the agent may not see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import conversations.search
from conversations.actions.spam import mark_spam
from conversations.inbound.receive import receive
from conversations.search import Filters, headline, people, search
from customers.models import Customer, Order
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db


EVERYTHING = Filters()


def hits(agent, words, filters=EVERYTHING, **more):
    return [hit.message for hit in search(agent, words, filters, **more).hits]


@pytest.fixture
def parcel(mail):
    return receive(from_ann(mail, "My parcel HF-48213 is stuck in Łódź", subject="Parcel"))


def test_words_phrases_and_what_must_not_be_there(parcel, mail, ada):
    other = receive(from_ann(mail, "The parcel has arrived", address="cy@else.example"))
    assert hits(ada, "parcel") == [other, parcel]
    assert hits(ada, '"parcel has"') == [other]
    assert hits(ada, "parcel -arrived") == [parcel]
    assert hits(ada, "łódź") == [parcel] and hits(ada, "HF-48213") == [parcel]
    assert hits(ada, "trousers") == []


def test_what_an_agent_may_not_see_is_not_found(parcel, ada, linus, sam):
    assert hits(ada, "parcel") == hits(sam, "parcel") == [parcel]
    found = search(linus, "parcel", Filters())
    assert found.hits == [] and search(linus, "ann", Filters()).people == []
    assert search(linus, f"#{parcel.conversation_id}", Filters()).conversation is None
    assert search(ada, f"#{parcel.conversation_id}", Filters()).conversation == parcel.conversation


def test_spam_is_not_found(parcel, ada):
    mark_spam(parcel.conversation, by=ada)
    assert hits(ada, "parcel") == []


def test_people_by_the_beginning_of_any_name_or_of_an_address(parcel, ada):
    ann = parcel.conversation.customer
    for words in ("ann", "bel", "Ann Be", "ann@ho"):
        assert people(ada, words) == [ann], words
    assert people(ada, "nn") == [] and people(ada, "home") == []


def test_one_who_was_merged_away_is_not_found(parcel, mail, ada):
    from customers.merging import merge

    other = receive(from_ann(mail, "Hi", address="ann@work.example")).conversation.customer
    merge(other, into=parcel.conversation.customer, evidence="test")
    assert people(ada, "ann") == [parcel.conversation.customer]
    assert Customer.objects.count() == 2


def test_a_hit_is_marked_and_what_the_customer_wrote_is_escaped(mail, ada):
    receive(from_ann(mail, 'A <img src=x onerror="x()"> parcel & <b>more</b>'))
    (hit,) = search(ada, "parcel", Filters()).hits
    assert "<mark>parcel</mark>" in hit.headline
    assert "<img" not in hit.headline and "<b>" not in hit.headline and "&amp;" in hit.headline


def test_marks_that_the_customer_wrote_mark_nothing(mail, ada):
    receive(from_ann(mail, "\ue000forged\ue001 parcel"))
    (hit,) = search(ada, "parcel", Filters()).hits
    assert hit.headline.count("<mark>") == 1 and "<mark>parcel</mark>" in hit.headline


def test_an_odd_headline_stays_escaped():
    assert headline("\ue000<b>\ue001 \ue000 open") == "<mark>&lt;b&gt;</mark>  open"


def test_filters_narrow(parcel, mail, billing, ada, grace):
    assert hits(ada, "parcel", Filters(medium="chat")) == []
    assert hits(ada, "parcel", Filters(medium="email", status="open", team=parcel.conversation.team_id)) == [parcel]
    assert hits(ada, "parcel", Filters(agent=grace.pk)) == []
    tomorrow = timezone.now() + timedelta(days=1)
    assert hits(ada, "parcel", Filters(since=tomorrow)) == []
    assert hits(ada, "parcel", Filters(until=tomorrow)) == [parcel]


@pytest.mark.parametrize("walk", [0, 3, 10_000])
def test_pages_join_without_a_gap_whichever_way_they_are_found(mail, ada, monkeypatch, walk):
    monkeypatch.setattr(conversations.search, "WALK", walk)
    monkeypatch.setattr(conversations.search, "PAGE", 4)
    sent = [receive(from_ann(mail, f"parcel number {number}")).pk for number in range(10)]
    seen, before = [], None
    for _ in range(3):
        found = search(ada, "parcel", Filters(), before=before)
        seen += [hit.message.pk for hit in found.hits]
        before = found.next_before
    assert seen == sent[::-1] and before is None


def test_the_page_shows_hits_and_keeps_the_words(client, parcel, ada):
    client.force_login(ada)
    page = client.get("/search/", {"q": "parcel", "medium": "email"}).content.decode()
    assert "<mark>parcel</mark>" in page and f"/conversations/{parcel.conversation_id}/#message-{parcel.pk}" in page
    assert 'value="parcel"' in page


def test_a_date_that_is_none_is_said(client, ada):
    client.force_login(ada)
    answer = client.get("/search/", {"q": "x", "since": "yesterday"})
    assert answer.status_code == 422 and b"That is no date." in answer.content


def test_an_order_is_found_by_its_number_by_who_may_see_purchases(client, parcel, ada, linus):
    order = Order.objects.create(
        source=1, external_id="1", number="HF-48213", currency="GBP", total=74, identity=parcel.identity,
        placed_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    client.force_login(ada)
    page = client.get("/search/", {"q": " hf-48213 "}).content.decode()
    assert f'href="/orders/{order.pk}/"' in page and "<mark><bdi>HF-48213</bdi></mark>" in page
    assert "HF-48213</bdi></mark>" not in client.get("/search/", {"q": "HF-48214"}).content.decode()
    client.force_login(linus)  # of another team
    assert f"/orders/{order.pk}/" not in client.get("/search/", {"q": "HF-48213"}).content.decode()
    type(ada).objects.filter(pk=ada.pk).update(sees_purchases=False)
    client.force_login(ada)
    assert f"/orders/{order.pk}/" not in client.get("/search/", {"q": "HF-48213"}).content.decode()


def test_no_hit_without_filters_does_not_blame_them(client, ada):
    client.force_login(ada)
    assert "with these filters" not in client.get("/search/", {"q": "xyzzy"}).content.decode()
    assert "with these filters" in client.get("/search/", {"q": "xyzzy", "status": "open"}).content.decode()


@pytest.mark.parametrize("q", ["parcel", "Ann", "HF-48213"])
def test_the_page_takes_at_most_twelve_queries_on_a_desk_of_any_age(q, client, mail, ada):
    with connection.cursor() as cursor:  # old enough that a rare word is looked for near and far
        for table in ("conversations_message", "customers_customer"):
            highest = f"(select coalesce(max(id), 1) from {table})"
            cursor.execute(f"select setval('{table}_id_seq', greatest(60000, {highest}))")
    receive(from_ann(mail, "The parcel has not come."))
    client.force_login(ada)
    client.get("/search/", {"q": q})
    with CaptureQueriesContext(connection) as queries:
        assert f"{ada.name}</option>" in client.get("/search/", {"q": q}).content.decode()
    assert len(queries) <= 12


def test_the_search_costs_the_same_queries_however_much_is_found(client, mail, ada, django_assert_num_queries):
    for number in range(6):
        receive(from_ann(mail, f"parcel {number}", address=f"someone{number}@home.example"))
    with django_assert_num_queries(3):
        search(ada, "parcel -1", Filters(), before=10**12)


def test_a_hit_in_the_subject_is_marked(mail, ada):
    receive(from_ann(mail, "It has not come.", subject="Where is the parcel"))
    (hit,) = search(ada, "parcel", Filters()).hits
    assert "<mark>parcel</mark>" in hit.headline and "It has not come" in hit.headline
