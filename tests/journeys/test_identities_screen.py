"""The card of one person's many ways: how each is known, who else it may be, and every step back."""

import re

import pytest
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import Conversation
from customers.identify import Handle, identify
from customers.models import Customer, Identity, MergeEntry, NotSame, Suggestion
from customers.suggestions import sweep
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def ann(mail):
    address = Handle("email", "ann@home.example", "Ann Bell", source="mail")
    return receive(from_ann(mail, "Where is my parcel?", handles=(address,))).conversation.customer


@pytest.fixture
def guest(chat):
    """Who only says that Ann's address is theirs, with a conversation of their own."""
    handles = (Handle("visitor", "v1", "A. Bell"), Handle("email", "ann@home.example", is_verified=False))
    return receive(from_ann(chat, "Hi", handles=handles)).conversation.customer


@pytest.fixture
def desk(client, ada):
    client.force_login(ada)
    return client


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def card(desk, customer):
    return desk.get(reverse("customer_identities", args=[customer.pk]), **HX)


def test_the_card_says_how_each_is_known_and_who_else_it_may_be(desk, ann, guest):
    said = words(card(desk, ann))
    assert "Known in one way" in said and "ann@home.example Wrote from it" in said and "Certain" in said
    found = Suggestion.objects.get()
    assert f"Is A. Bell the same person? {found.certainty}% sure. For: gave ann@home.example, which is the" in said
    assert re.search(r'title="First seen \d.*, last \d.*; by mail"', card(desk, ann).content.decode())
    said = words(card(desk, guest))
    assert "ann@home.example Only says so (email)" in said and "Claimed" in said
    assert words(desk.get(f"/customers/{ann.pk}/")).count("Is A. Bell the same person?") == 1


def test_merging_from_the_card_shows_the_undo_and_the_undo_undoes(desk, ann, guest):
    sweep()
    found = Suggestion.objects.get()
    answer = desk.post(reverse("customer_double", args=[ann.pk, found.pk]), **HX)
    entry = MergeEntry.objects.get()
    said = words(answer)
    assert (entry.kept, entry.absorbed, entry.certainty) == (ann, guest, found.certainty)
    assert "are one customer now." in said and "Undo" in said and "Same person, 2 ways" in said
    assert f"{entry.certainty}%" in said and "Merged by Ada Okafor" in said
    undo = reverse("customer_merge_entry", args=[ann.pk, entry.pk])
    assert undo in answer.content.decode()
    said = words(desk.post(undo, {"_method": "DELETE"}, **HX))
    assert "are two again." in said
    assert Identity.objects.get(kind="visitor").customer == guest
    assert "undone" in said


def test_unmerging_from_a_row_and_taking_that_back(desk, ann, guest, ada):
    desk.post(reverse("customer_merges", args=[ann.pk]), {"customer": f"customer:{guest.pk}", "because": "by phone"})
    entry = MergeEntry.objects.get()
    assert entry.evidence == "by phone"
    assert "“by phone”" in words(card(desk, ann)) and "By hand" in words(card(desk, ann))
    answer = desk.delete(reverse("customer_merge_entry", args=[ann.pk, entry.pk]), **HX)
    again = re.search(r'name="customer" value="(customer:\d+)"', answer.content.decode())[1]
    desk.post(reverse("customer_merges", args=[ann.pk]), {"customer": again}, **HX)
    assert Customer.objects.living().get() == ann


def test_not_the_same_is_said_once_and_can_be_taken_back(desk, ann, guest):
    sweep()
    where = reverse("customer_double", args=[ann.pk, Suggestion.objects.get().pk])
    said = words(desk.post(where, {"_method": "DELETE"}, **HX))
    assert "is somebody else. We will not ask again." in said
    assert NotSame.objects.exists() and "the same person?" not in said
    undo = reverse("customer_told_apart", args=[ann.pk, guest.pk])
    said = words(desk.post(undo, {"_method": "DELETE"}, **HX))
    assert "the same person?" in said and not NotSame.objects.exists()


def test_all_of_it_works_without_javascript(desk, ann, guest):
    sweep()
    where = reverse("customer_double", args=[ann.pk, Suggestion.objects.get().pk])
    assert desk.post(where).url == f"/customers/{ann.pk}/#identities"
    entry = MergeEntry.objects.get()
    page = desk.get(f"/customers/{ann.pk}/").content.decode()
    assert f'action="{reverse("customer_merge_entry", args=[ann.pk, entry.pk])}"' in page
    desk.post(reverse("customer_merge_entry", args=[ann.pk, entry.pk]), {"_method": "DELETE"})
    assert Customer.objects.living().count() == 2
    answer = desk.post(reverse("customer_merges", args=[ann.pk]), {"customer": "nobody@home.example"})
    assert answer.status_code == 422 and "Nobody has that address." in words(answer)


def test_a_handle_is_given_to_somebody_else_or_to_somebody_new_and_back(desk, ann, chat):
    handles = (Handle("email", "ann@home.example"), Handle("visitor", "v1"))
    receive(from_ann(chat, "Hi", handles=handles))
    browser = Identity.objects.get(kind="visitor")
    answer = desk.post(reverse("customer_identity", args=[ann.pk, browser.pk]), **HX)
    browser.refresh_from_db()
    assert browser.customer != ann and "belongs to" in words(answer)
    back = re.search(r'name="customer" value="(customer:\d+)"', answer.content.decode())[1]
    desk.post(reverse("customer_merges", args=[ann.pk]), {"customer": back}, **HX)
    browser.refresh_from_db()
    assert browser.customer == ann
    bob = receive(from_ann(chat, "Bob", handles=(Handle("email", "bob@home.example"),))).conversation.customer
    data = {"customer": "bob@home.example"}
    answer = desk.post(reverse("customer_identity", args=[ann.pk, browser.pk]), data, **HX)
    browser.refresh_from_db()
    assert browser.customer == bob
    undo = reverse("customer_identity", args=[bob.pk, browser.pk])
    assert f'action="{undo}"' in answer.content.decode()
    said = words(desk.post(undo, {"customer": f"customer:{ann.pk}", "page": ann.pk}, **HX))
    assert "Same person, 2 ways" in said  # Ann's card again, where it was done
    browser.refresh_from_db()
    assert browser.customer == ann


def test_their_only_address_stays(desk, ann):
    identity = ann.identities.get()
    answer = desk.post(reverse("customer_identity", args=[ann.pk, identity.pk]), **HX)
    assert answer.status_code == 422 and "only address" in words(answer)


def test_whoever_may_not_see_the_other_half_neither_sees_nor_merges_nor_parts_it(
    client, linus, billing, ann, guest, ada
):
    Conversation.objects.filter(customer=guest).update(team=billing)
    sweep()
    found = Suggestion.objects.get()
    client.force_login(linus)
    said = words(card(client, guest))
    assert "the same person?" not in said and "Ann Bell" not in said
    for method in (client.post, client.delete):
        assert method(reverse("customer_double", args=[guest.pk, found.pk]), **HX).status_code == 404
    client.force_login(ada)
    assert client.post(reverse("customer_double", args=[ann.pk, found.pk]), **HX).status_code == 404
    assert not MergeEntry.objects.exists()


def test_a_merge_is_parted_only_by_who_sees_both_halves(client, linus, billing, ann, guest, ada, sam):
    client.force_login(sam)
    client.post(reverse("customer_merges", args=[ann.pk]), {"customer": f"customer:{guest.pk}"}, **HX)
    entry = MergeEntry.objects.get()
    moved = entry.items.get(model="conversations.conversation").row
    Conversation.objects.filter(pk=moved).update(team=billing)
    for agent in (linus, ada):
        client.force_login(agent)
        assert client.delete(reverse("customer_merge_entry", args=[ann.pk, entry.pk]), **HX).status_code == 404
        of_hers = Conversation.objects.visible_to(agent).filter(customer=ann).get()
        assert client.delete(reverse("customer_merge", args=[of_hers.pk, entry.pk]), **HX).status_code == 404
    client.force_login(sam)
    assert client.delete(reverse("customer_merge_entry", args=[ann.pk, entry.pk]), **HX).status_code == 200


def test_reasons_from_purchases_and_browsing_are_for_who_may_see_those(desk, ada, chat):
    for number in (1, 2):
        identity = (Handle("telegram", f"t{number}", "Ann Bell"), Handle("visitor", "v1"))
        receive(from_ann(chat, "Hi", handles=identity))
    one = Customer.objects.order_by("pk").first()
    assert "used the same browser" in words(card(desk, one))
    ada.sees_browsing = False
    ada.save()
    said = words(card(desk, one))
    assert "used the same browser" not in said and "the same person?" in said


def test_a_customers_handle_runs_nothing(desk, chat):
    handles = (Handle("telegram", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>"),)
    customer = receive(from_ann(chat, "Hi", handles=handles)).conversation.customer
    html = card(desk, customer).content.decode()
    assert "<script>alert" not in html and "<img" not in html


def test_an_absorbed_customer_without_a_name_is_called_by_their_handle_in_the_history(desk, ann):
    other, _ = identify([Handle("email", "ann@work.example")])
    desk.post(reverse("customer_merges", args=[ann.pk]), {"customer": f"customer:{other.pk}"}, **HX)
    assert "Ada Okafor merged ann@work.example" in words(card(desk, ann))
