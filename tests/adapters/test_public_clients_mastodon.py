"""The public client library for Mastodon, unchanged: what it posts, lists and hears at our simulator."""

import queue
import time

import pytest
from mastodon import Mastodon, StreamListener
from mastodon.errors import MastodonAPIError, MastodonNotFoundError, MastodonRatelimitError, MastodonUnauthorizedError

from conversations.models import Medium
from integrations.simulators.mastodon import DOMAIN, TOKEN, US, MastodonServer
from tests.adapters.social.messengers import PNG, connect, send

PATIENCE = 30  # seconds


@pytest.fixture
def server():
    with MastodonServer() as running:
        yield running


@pytest.fixture
def client(server):
    """As it is made, but for what it does when it is told to wait: it says so."""
    return Mastodon(access_token=TOKEN, api_base_url=server.url, ratelimit_method="throw")


def test_it_knows_who_it_is_and_where(client):
    assert client.account_verify_credentials().acct == "hollinfell"
    assert client.retrieve_mastodon_version() == "4.2.10"
    assert client.instance_v2().configuration.statuses.max_characters == 500


def test_it_posts_answers_and_is_once_for_each_key(client, server):
    asked = server.write("ann@elsewhere.example", "My boots leak")
    words = {"in_reply_to_id": asked["id"], "visibility": "direct", "idempotency_key": "one"}
    said = client.status_post("@ann@elsewhere.example Größe 43? & <b>", **words)
    again = client.status_post("@ann@elsewhere.example Größe 43? & <b>", **words)
    assert said.id == again.id and len(server.said) == 1
    assert str(said.in_reply_to_id) == asked["id"] and said.visibility == "direct"
    assert server.said[0]["text"] == "@ann@elsewhere.example Größe 43? & <b>"
    assert client.status(said.id).content == said.content
    assert client.status(asked["id"]).account.acct == "ann@elsewhere.example"


def test_it_posts_files(client, server):
    one, two = (client.media_post(PNG, mime_type="image/png", description="Ein Schuh: é") for _file in range(2))
    said = client.status_post("Two", media_ids=[one, two])
    assert [str(each.id) for each in said.media_attachments] == [str(one.id), str(two.id)]
    film = client.media_post(b"0000", mime_type="video/mp4")
    with pytest.raises(MastodonAPIError) as refusal:
        client.status_post("A film", media_ids=[film])
    assert "not finished processing" in str(refusal.value)
    assert film.url is None
    client.media(film)
    assert client.media(film).url and client.status_post("A film", media_ids=[film]).id


def test_it_lists_notifications_page_by_page(client, server):
    posts = [server.write(f"p{number}@elsewhere.example", f"Number {number}") for number in range(5)]
    server.notify("favourite", posts[0])
    first = client.notifications(types=["mention"], limit=2)
    assert [each.status.account.acct[:2] for each in first] == ["p4", "p3"]
    assert {each.type for each in first} == {"mention"} and first[0].created_at.tzinfo
    found = client.fetch_remaining(first)
    assert [each.status.account.acct[:2] for each in found] == ["p4", "p3", "p2", "p1", "p0"]
    second = client.fetch_next(first)
    back = client.fetch_previous(second)
    assert [str(each.id) for each in back] == [str(each.id) for each in first]
    assert len(client.notifications()) == 6
    assert [each.type for each in client.notifications(min_id=found[0].id)] == ["favourite"]


def test_it_is_told_why_it_is_refused(client, server):
    with pytest.raises(MastodonAPIError) as refusal:
        client.status_post("x" * 501)
    assert "Text character limit of 500 exceeded" in str(refusal.value)
    with pytest.raises(MastodonNotFoundError):
        client.status_post("Hello", in_reply_to_id="4711")
    server.limited = 1
    with pytest.raises(MastodonRatelimitError):
        client.notifications()
    server.revoked = True
    with pytest.raises(MastodonUnauthorizedError):
        client.account_verify_credentials()


def test_it_waits_as_long_as_it_is_told_to(server):
    patient = Mastodon(access_token=TOKEN, api_base_url=server.url, ratelimit_method="wait")
    server.limited = 1
    assert patient.account_verify_credentials().acct == "hollinfell"
    assert len(server.calls) == 2


class Listener(StreamListener):
    def __init__(self):
        self.heard = queue.Queue()

    def on_notification(self, notification):
        self.heard.put(("notification", notification))

    def on_status_update(self, status):
        self.heard.put(("status.update", status))

    def on_delete(self, status_id):
        self.heard.put(("delete", status_id))

    def handle_heartbeat(self):
        self.heard.put(("heartbeat", None))

    def next(self, name):
        while True:
            kind, what = self.heard.get(timeout=PATIENCE)
            if kind == name:
                return what


def test_it_hears_the_stream(client, server):
    listener = Listener()
    stream = client.stream_user(listener, run_async=True)
    try:
        listener.next("heartbeat")
        assert stream.is_receiving()
        post = server.write("ann@elsewhere.example", "Größe 43? 👟", visibility="direct")
        told = listener.next("notification")
        assert (told.type, told.status.visibility, str(told.status.id)) == ("mention", "direct", post["id"])
        assert "Größe 43? 👟" in told.status.content and told.account.acct == "ann@elsewhere.example"
        server.edit(post, "Größe 44")
        assert "Größe 44" in listener.next("status.update").content
        server.delete(post)
        assert str(listener.next("delete")) == post["id"]
    finally:
        stream.close()


@pytest.mark.django_db
def test_it_reads_what_the_desk_posts(client, server):
    noted = {"site": server.url, "domain": DOMAIN, "account": "hollinfell", "account_id": US["id"]}
    connector = connect("mastodon", Medium.MASTODON, server, {"access_token": TOKEN}, start="all", **noted)
    began = time.time()
    report = send(connector, "ann@elsewhere.example", "Size 43 & up")
    found = client.status(report.external_id)
    assert (found.visibility, found.account.acct) == ("direct", "hollinfell")
    assert "@ann@elsewhere.example Size 43 &amp; up" in found.content
    assert found.created_at.timestamp() >= began - 1
