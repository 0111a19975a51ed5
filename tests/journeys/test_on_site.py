"""Who is on the site now: from a page's beacon to the agent's list, and into a chat that reaches the visitor."""

import json
import uuid

import pytest
from django.core.cache import cache
from django.utils import timezone

from conversations.live import on_site
from conversations.models import Channel, Conversation, Message
from conversations.outbound.reach import reach
from customers.models import Cart, Customer, Event, Identity, Segment, Visit
from integrations.adapters.media.chat import presence
from integrations.adapters.trackers.about import new_key
from integrations.models import Connector

pytestmark = pytest.mark.django_db
SHOP = "https://shop.example"
NOW = timezone.now()


@pytest.fixture
def tracker(db):
    connector = Connector.objects.create(name="Shop's pages", adapter="segment", settings={"origins": [SHOP]})
    connector.secrets = {"write_key": new_key(connector)}
    connector.save()
    return connector


@pytest.fixture
def chat(db):
    channel = Channel.objects.create(medium="chat", address="key", name="Chat")
    return Connector.objects.create(name="Chat", adapter="chat", channel=channel, settings={"origins": [SHOP]})


@pytest.fixture
def visitor(db):
    """Somebody whose browser was counted once; nobody knows who it is."""
    identity = Identity.objects.create(customer=Customer.objects.create(), kind="visitor", value=str(uuid.uuid4()))
    yield identity
    on_site.leave(identity.value)


def says(client, tracker, visitor, *, page="/products/sock/", origin=SHOP, **more):
    told = {"key": tracker.secrets["write_key"], "visitor": visitor, "page": {"url": SHOP + page, "title": "A sock"}}
    return client.post(
        "/tracker/here", json.dumps({**told, **more}), content_type="text/plain", headers={"Origin": origin}
    )


def test_a_page_that_is_looked_at_shows_in_the_list_and_stores_nothing(client, tracker, visitor, ada):
    Cart.objects.create(
        identity=visitor, source=1, external_id="c", changed_at=NOW, currency="GBP", total=32,
        lines=[{"name": "Otter Socks", "quantity": 2, "price": "16"}],
    )  # fmt: skip
    assert says(client, tracker, visitor.value).status_code == 204
    client.force_login(ada)
    page = client.get("/visitors/").content.decode()
    assert "A sock" in page and "not known" in page and "Otter Socks" in page and "32" in page
    assert not Event.objects.exists() and not Visit.objects.exists()
    assert says(client, tracker, visitor.value, gone=True).status_code == 204
    assert "A sock" not in client.get("/visitors/").content.decode()


def test_a_page_that_goes_takes_nobody_from_the_next_though_its_word_comes_later(client, tracker, visitor):
    says(client, tracker, visitor.value, page="/a/", at=1000)
    says(client, tracker, visitor.value, page="/b/", at=3000)
    says(client, tracker, visitor.value, page="/a/", at=2000, gone=True)
    says(client, tracker, visitor.value, page="/a/", at=2500)
    assert [here.url for here in on_site.among([visitor.value])] == [SHOP + "/b/"]
    says(client, tracker, visitor.value, page="/b/", at=4000, gone=True)
    assert on_site.among([visitor.value]) == []


def test_a_clock_that_is_put_back_hides_nobody_for_long(visitor, monkeypatch):
    on_site.arrive(visitor.value, url="/a", title="A", told_at=9000)
    monkeypatch.setattr(on_site, "OVERTAKEN", -1)
    assert on_site.arrive(visitor.value, url="/b", title="B", told_at=10)
    assert [here.url for here in on_site.among([visitor.value])] == ["/b"]


@pytest.mark.parametrize("at", [None, "1", 1.5, True, -1, 10**20, [1]])
def test_a_moment_that_is_none_is_passed_over(client, tracker, visitor, at):
    assert says(client, tracker, visitor.value, at=at).status_code == 204
    assert len(on_site.among([visitor.value])) == 1
    assert says(client, tracker, visitor.value, at=at, gone=True).status_code == 204
    assert on_site.among([visitor.value]) == []


def test_a_silent_browser_is_gone_after_a_while(client, tracker, visitor, monkeypatch):
    says(client, tracker, visitor.value)
    assert visitor.value in [here.visitor for here in on_site.everybody()]
    monkeypatch.setattr(on_site, "HERE_FOR", -1)
    assert on_site.everybody() == [] == on_site.among([visitor.value])


def test_the_time_on_the_site_runs_on_and_the_time_on_a_page_anew(visitor):
    assert on_site.arrive(visitor.value, url="/a", title="A")
    assert not on_site.arrive(visitor.value, url="/a", title="A")
    [first] = on_site.among([visitor.value])
    assert on_site.arrive(visitor.value, url="/b", title="B")
    [then] = on_site.among([visitor.value])
    assert then.came_at == first.came_at and then.page_at > first.page_at and then.url == "/b"


@pytest.mark.parametrize(
    "told, status",
    [
        ({"key": "tl1_wrong"}, 403),
        ({"key": None}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": ""}, 403),
        ({"visitor_": "not-a-uuid"}, 400),
        ({"page": "x"}, 400),
    ],
)
def test_what_is_no_beacon_is_refused(client, tracker, told, status):
    origin = told.pop("origin", SHOP)
    named = told.pop("visitor_", str(uuid.uuid4()))
    body = {"key": tracker.secrets["write_key"], "visitor": named, "page": {"url": SHOP}, **told}
    answer = client.post("/tracker/here", json.dumps(body), content_type="text/plain", headers={"Origin": origin})
    assert answer.status_code == status and on_site.among([named]) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 3000, b"{" + b" " * 9000])
def test_garbage_is_refused(client, body):
    assert client.post("/tracker/here", body, content_type="text/plain").status_code == 403


def test_an_address_that_is_none_is_no_link(client, tracker, visitor, ada):
    told = {"key": tracker.secrets["write_key"], "visitor": visitor.value}
    told["page"] = {"url": "javascript:alert(1)", "title": "<b>x</b>"}
    client.post("/tracker/here", json.dumps(told), content_type="text/plain", headers={"Origin": SHOP})
    client.force_login(ada)
    page = client.get("/visitors/").content.decode()
    assert "javascript:" not in page and "&lt;b&gt;x" in page


def test_who_may_not_see_browsing_sees_nobody(client, tracker, visitor, ada):
    says(client, tracker, visitor.value)
    ada.sees_browsing = False
    ada.save()
    client.force_login(ada)
    assert client.get("/visitors/").status_code == 404
    assert client.post(f"/visitors/{visitor.pk}/chat/").status_code == 404
    assert not Conversation.objects.exists()


def test_who_may_not_see_purchases_does_not_learn_who_is_in_a_segment(client, tracker, visitor, ada):
    says(client, tracker, visitor.value)
    empty = Segment.objects.create(name="Spent over 500", conditions={})
    ada.sees_purchases = False
    ada.save()
    client.force_login(ada)
    page = client.get(f"/visitors/?segment={empty.pk}").content.decode()
    assert "A sock" in page and "Spent over 500" not in page


def test_a_person_of_another_team_is_not_in_the_list(client, tracker, visitor, ada, billing):
    Conversation.objects.create(customer=visitor.customer, team=billing)
    says(client, tracker, visitor.value)
    client.force_login(ada)
    assert "A sock" not in client.get("/visitors/").content.decode()
    assert client.post(f"/visitors/{visitor.pk}/chat/").status_code == 404


def test_an_agent_begins_a_chat_and_the_widget_is_the_way(client, tracker, chat, visitor, ada):
    says(client, tracker, visitor.value)
    client.force_login(ada)
    assert "Start a chat with" not in client.get("/visitors/").content.decode()  # their widget is not there
    presence.arrive(visitor.value)
    assert "Start a chat with" in client.get("/visitors/").content.decode()
    answer = client.post(f"/visitors/{visitor.pk}/chat/")
    conversation = Conversation.objects.get()
    assert answer["Location"] == f"/conversations/{conversation.pk}/#composer" and conversation.assignee == ada
    [choice] = reach(conversation, now=NOW)
    assert choice.channel == chat.channel and choice.identity == visitor and choice.is_here
    client.post(f"/visitors/{visitor.pk}/chat/")
    assert Conversation.objects.count() == 1
    cache.delete(f"chat:here:{visitor.value}")


def test_nobody_on_the_site_and_many_take_as_many_queries(client, tracker, ada, django_assert_max_num_queries):
    client.force_login(ada)
    people = [Identity(customer=Customer.objects.create(), kind="visitor", value=str(uuid.uuid4())) for _ in range(30)]
    for identity in Identity.objects.bulk_create(people):
        on_site.arrive(identity.value, url=SHOP, title="Home")
    client.get("/visitors/")
    with django_assert_max_num_queries(9):
        page = client.get("/visitors/", headers={"HX-Request": "true"}).content.decode()
    assert page.count('id="visitor-') == 30
    for identity in people:
        on_site.leave(identity.value)


def test_browsers_that_are_made_up_push_nobody_from_the_list(client, tracker, visitor, ada, monkeypatch):
    monkeypatch.setattr("conversations.views.visitors.MOST_ROWS", 2)
    on_site.arrive(visitor.value, url=SHOP, title="Home")
    made_up = [str(uuid.uuid4()) for _ in range(5)]
    for each in made_up:
        says(client, tracker, each)
    client.force_login(ada)
    assert f'id="visitor-{visitor.pk}"' in client.get("/visitors/").content.decode()
    for each in made_up:
        on_site.leave(each)


def open_chat(client, **told):
    answer = client.post(
        "/chat/key/session", json.dumps(told), content_type="application/json", headers={"Origin": SHOP}
    )
    return answer.json()


def test_the_widget_takes_the_trackers_id_of_a_visitor_nobody_knows(client, chat, visitor):
    assert open_chat(client, browser=visitor.value)["visitor"] == visitor.value
    assert open_chat(client, browser="x")["visitor"] != "x"


def test_an_id_that_is_known_opens_nobodys_chat(client, chat, visitor):
    spoken = Identity.objects.create(customer=Customer.objects.create(), kind="visitor", value=str(uuid.uuid4()))
    conversation = Conversation.objects.create(customer=spoken.customer)
    Message.objects.create(conversation=conversation, kind="inbound", identity=spoken, text="My secret")
    Identity.objects.create(customer=visitor.customer, kind="email", value="ann@home.example")
    for known in (visitor, spoken):
        told = open_chat(client, browser=known.value)
        assert told["visitor"] != known.value and told["messages"] == []
