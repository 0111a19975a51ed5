"""Digits that are no numbers, and the null character: nothing that is typed or shared breaks a page."""

import pytest

from conversations.inbound.receive import receive
from conversations.models import SavedView
from customers import segments
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

ODD = ["²", "٣", "9" * 40, "9" * 4400, "\x00", "-1", "1e3"]


@pytest.fixture
def conversation(mail):
    return receive(from_ann(mail, "zanzibar")).conversation


@pytest.mark.parametrize("odd", ODD)
def test_no_filter_breaks_a_list(client, ada, odd):
    client.force_login(ada)
    for name in ("team", "priority", "assignee", "tag", "status", "channel", "segment"):
        assert client.get("/inbox/all/", {name: odd}).status_code == 200
    assert client.get("/inbox/all/", {"after": f"2026-01-01T00:00:00+00:00~{odd}"}).status_code == 200
    assert client.get("/palette/", {"q": odd, "conversation": odd}).status_code == 200
    assert client.get("/search/", {"q": odd, "team": odd, "before": odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_a_shared_view_never_breaks_the_rail_of_everybody(client, ada, linus, odd):
    client.force_login(ada)
    for name in ("team", "priority", "assignee", "tag", "segment"):
        shared = {"name": f"{name} {ODD.index(odd)}", "query": f"{name}={odd}", "is_shared": "on"}
        client.post("/views/", shared)
        SavedView.objects.get_or_create(owner=ada, name=name, is_shared=True, defaults={"query": f"{name}=%00%C2%B2"})
    client.force_login(linus)
    assert client.get("/rail/").status_code == 200
    for view in SavedView.objects.all():
        assert client.get(f"/inbox/saved-{view.pk}/").status_code == 200


@pytest.mark.parametrize("odd", [*ODD, "", "NaN", "1,5", "Order Placed, 9999999999", f"x={'9' * 30}"])
def test_no_condition_breaks_a_segment(client, sam, odd):
    client.force_login(sam)
    for name, field in segments.FIELDS.items():
        for is_ in field.asks:
            rows = {"ask": [f"{name}.{is_}"], "value": [odd]}
            assert client.post("/segments/rows/", rows).status_code == 200, (name, is_)
    assert client.post("/segments/new/", {"name": odd, "ask": ["city.is"], "value": [odd]}).status_code in (302, 422)
    for address in ("/visitors/", "/customers/"):
        assert client.get(address, {"segment": odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
def test_no_number_breaks_an_action(client, ada, conversation, odd):
    client.force_login(ada)
    at = f"/conversations/{conversation.pk}/"
    for address, name in (
        ("merges/", "into"),
        ("splits/", "message"),
        ("assignment/", "agent"),
        ("customer/", "customer"),
    ):
        answer = client.post(at + address, {name: odd}, HTTP_HX_REQUEST="true")
        assert answer.status_code == 422, address
    assert client.post(at + "customer/", {"customer": f"customer:{odd}"}, HTTP_HX_REQUEST="true").status_code == 422
    data = {"conversation": odd, "do": "assign", "to": f"agent:{odd}"}
    assert client.post("/conversations/bulk/", data, HTTP_HX_REQUEST="true").status_code == 422
    draft = {"html": "<p>x</p>", "file": odd}
    assert client.post(at + "drafts/reply/", draft, HTTP_HX_REQUEST="true").status_code == 200
