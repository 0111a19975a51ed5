"""A Mastodon account: what comes by its stream and its list, once and without a gap; what goes out, and to whom."""

from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from conversations.models import Attachment, Conversation, Delivery, Medium, Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.media.mastodon import past, sending, stream, watching
from integrations.adapters.media.mastodon.reading import words_of
from integrations.inbound import listening
from integrations.inbound.arrival import News
from integrations.inbound.watch import Watcher
from integrations.models import Connector, RawEvent
from integrations.simulators.mastodon import DOMAIN, TOKEN, US, MastodonServer
from tests.adapters.social.messengers import PNG, a_file, answer, connect, send, states, work_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def server():
    with MastodonServer() as running:
        yield running


@pytest.fixture
def connector(db, server):
    noted = {"site": server.url, "domain": DOMAIN, "account": "hollinfell", "account_id": US["id"]}
    return connect("mastodon", Medium.MASTODON, server, {"access_token": TOKEN}, start="all", **noted)


def look(connector):
    """What the list of notifications brings, kept and worked off."""
    connector.refresh_from_db()
    for news in watching.caught_up(connector):
        listening.take(connector, news)
    work_off()


class Listener:
    """The stream as the watcher follows it, step by step."""

    def __init__(self, connector):
        self.connector = Connector.objects.select_related("channel").get(pk=connector.pk)
        self.heard = listening.listen(self.connector, Event())

    def until(self, holds):
        for _round in range(200):
            if holds():
                work_off()
                return
            next(self.heard)
        raise AssertionError("it did not come")

    def close(self):
        self.heard.close()


@pytest.fixture
def listener(connector):
    made = Listener(connector)
    yield made
    made.close()


def kept(name):
    return lambda: RawEvent.objects.filter(external_id__startswith=name).exists()


def test_public_post_and_private_one_are_told_apart(connector, server):
    server.write("ann@elsewhere.example", "My boots leak & I am <cross>")
    server.write("bo", "The number is 4711", visibility="direct")
    look(connector)
    public, private = Message.objects.order_by("pk")
    assert (public.text, public.is_public) == ("My boots leak & I am <cross>", True)
    assert (public.identity.value, public.identity.name) == ("ann@elsewhere.example", "Ann")
    assert (private.text, private.is_public) == ("The number is 4711", False)
    assert private.identity.value == f"bo@{DOMAIN}"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        (
            '<p>See <a href="https://a.example/long/path"><span class="invisible">https://</span>'
            '<span class="ellipsis">a.example/lo</span><span class="invisible">ng/path</span></a>!</p>',
            "See https://a.example/long/path!",
        ),
        ('<p><a class="u-url mention" href="https://b.example/@bo">@<span>bo</span></a> hi</p>', "@bo hi"),
        ('<p><a class="mention hashtag" href="x">#<span>boots</span></a></p>', "#boots"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<p>שלום 🥾</p>", "שלום 🥾"),
    ],
)
def test_words_of_a_post(content, text):
    assert words_of(content) == text


def test_picture_of_a_post_is_fetched(connector, server):
    server.write("ann@elsewhere.example", "Look", media_attachments=[server.picture(PNG)])
    look(connector)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.name, attachment.content_type) == ("whole", "boot.png", "image/png")


def test_likes_and_boosts_are_left_out_with_the_reason(connector, server):
    status = server.write("ann", "Nice")
    server.notify("favourite", status)
    server.notify("reblog", status)
    look(connector)
    assert states() == ["done", "ignored", "ignored"]
    assert "liked" in RawEvent.objects.get(kind="favourite").error


def test_answer_to_a_post_of_ours_names_it(connector, server, ada):
    server.write("ann", "Where is it?", visibility="direct")
    look(connector)
    delivery = answer(Message.objects.get(), "<p>On its way</p>", ada)
    assert delivery.status == Delivery.Status.SENT
    server.write("ann", "Thanks", visibility="direct", reply_to=server.said[0]["id"])
    look(connector)
    assert Message.objects.get(text="Thanks").answers == delivery.message


def test_stream_brings_what_comes_at_once(connector, server, listener):
    listener.until(lambda: server.lines)
    server.write("ann", "Now")
    listener.until(kept("notification:"))
    assert Message.objects.get().text == "Now"


def test_stream_and_list_bring_the_same_post_once(connector, server, listener):
    listener.until(lambda: server.lines)
    server.write("ann", "Once")
    listener.until(kept("notification:"))
    look(connector)
    assert (Message.objects.count(), RawEvent.objects.count()) == (1, 1)


def test_nothing_is_lost_while_the_stream_is_away(connector, server, listener, monkeypatch):
    monkeypatch.setattr(watching, "PAGE", 4)
    listener.until(lambda: server.lines)
    server.hang_up()
    listener.until(lambda: not server.lines)
    for number in range(10):  # more than one page
        server.write("ann", f"Post {number}", visibility="direct")
    listener.until(lambda: RawEvent.objects.count() == 10)
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert texts == [f"Post {number}" for number in range(10)]
    assert Conversation.objects.count() == 1


def test_server_without_a_stream_is_looked_at_again_and_again(connector, server, monkeypatch):
    monkeypatch.setattr(watching, "WITHOUT_STREAM", 0.0)
    server.has_stream = False
    following = Listener(connector)
    server.write("ann", "One")
    following.until(kept("notification:"))
    server.write("ann", "Two")
    following.until(lambda: RawEvent.objects.count() == 2)
    following.close()


def test_what_got_its_number_late_is_not_missed(connector, server):
    server.write("ann", "First")
    late = server.write("bo", "Late")
    hidden = [each for each in server.notifications if each["status"] is late]
    server.notifications = [each for each in server.notifications if each["status"] is not late]
    server.write("ann", "Third")
    look(connector)
    server.notifications += hidden
    look(connector)
    assert Message.objects.filter(text="Late").exists()


def test_new_connector_begins_now(connector, server):
    Connector.objects.update(settings={**connector.settings, "start": "now"})
    server.write("ann", "Long ago")
    look(connector)
    server.write("ann", "Today")
    look(connector)
    assert [message.text for message in Message.objects.all()] == ["Today"]


def test_edit_is_heard_by_the_stream_and_once(connector, server, listener):
    listener.until(lambda: server.lines)
    status = server.write("ann", "Size 8")
    listener.until(kept("notification:"))
    server.edit(status, "Size 9")
    listener.until(kept("edit:"))
    look(connector)
    message = Message.objects.get()
    assert (message.text, [edit.text for edit in message.edits.all()]) == ("Size 9", ["Size 8"])


def test_edit_while_the_stream_was_away_is_found(connector, server):
    status = server.write("ann", "Size 8")
    look(connector)
    server.edit(status, "Size 9")
    look(connector)
    assert Message.objects.get().text == "Size 9"


def test_post_that_is_deleted_is_shown_as_taken_back(connector, server, listener):
    listener.until(lambda: server.lines)
    status, other = server.write("ann", "Oops"), server.write("bo", "stays")
    listener.until(lambda: RawEvent.objects.count() == 2)
    server.delete(status)
    listener.until(kept("delete:"))
    assert Message.objects.get(external_id=status["id"]).taken_back_at
    assert not Message.objects.get(external_id=other["id"]).taken_back_at


def test_other_peoples_posts_pass_by(connector, server, listener):
    listener.until(lambda: server.lines)
    with server.lock:
        server._stream("update", {"id": "1", "content": "<p>not for us</p>"})
        server._stream("delete", "1")
        server._stream("filters_changed", "undefined")
    server.write("ann", "For us")
    listener.until(kept("notification:"))
    assert RawEvent.objects.count() == 1


def test_post_of_our_own_is_no_message(connector, server):
    status = server._status(US, "<p>@hollinfell hello</p>", visibility="public", reply_to="")
    server.notify("mention", status)
    look(connector)
    assert states() == ["ignored"]


def test_line_that_breaks_in_the_middle_is_away_and_garbage_is_set_aside(connector, server, listener):
    listener.until(lambda: server.lines)
    with server.lock:
        server._stream("notification", "{not json")
    listener.until(lambda: RawEvent.objects.exists())
    assert states() == ["aside"]


def test_a_period_is_counted_and_read_again(connector, server, monkeypatch):
    monkeypatch.setattr(past, "PAGE", 3)
    for number in range(7):
        server.write("ann", f"Post {number}")
    adapter, now = adapter_named("mastodon"), timezone.now()
    period = (now - timedelta(days=1), now + timedelta(minutes=1))
    [counted] = adapter.reconcile(connector, *period)
    assert (counted.there, counted.here) == (7, 0)
    cursor, read = {}, 0
    while cursor is not None:
        page = next(adapter.pages(connector, cursor, *period))  # as one that is broken off after each page
        listening.take(connector, News(page.arrivals))
        cursor, read = page.cursor, read + len(page.arrivals)
    work_off()
    [counted] = adapter.reconcile(connector, *period)
    assert (read, counted.here, Message.objects.count()) == (7, 7, 7)
    assert list(adapter.reconcile(connector, now - timedelta(days=9), now - timedelta(days=8)))[0].there == 0


def test_private_answer_is_for_the_customer_alone(connector, server):
    report = send(connector, f"bo@{DOMAIN}", "Your number?")
    said = server.said[0]
    assert (said["visibility"], said["text"]) == ("direct", "@bo Your number?")
    assert report.external_id == said["id"]


def test_public_answer_is_public_only_where_it_is_asked_for(connector, server):
    status = server.write("ann@elsewhere.example", "Leaking boots!")
    send(connector, "ann@elsewhere.example", "We are sorry", answers=status["id"], is_public=True)
    send(connector, "ann@elsewhere.example", "May we have the number?", answers=status["id"])
    assert [(said["visibility"], said["in_reply_to_id"]) for said in server.said] == [
        ("public", status["id"]),
        ("direct", status["id"]),
    ]
    connector.settings["public_as"] = "unlisted"
    send(connector, "ann@elsewhere.example", "All well?", is_public=True)
    assert server.said[2]["visibility"] == "unlisted"


def test_long_answer_is_a_row_of_posts_each_answering_the_one_before(connector, server):
    send(connector, "ann@elsewhere.example", "word " * 250)
    assert len(server.said) == 3
    assert all(len(said["text"]) <= 500 for said in server.said)
    assert [said["in_reply_to_id"] for said in server.said] == [None, server.said[0]["id"], server.said[1]["id"]]
    assert all(said["text"].startswith("@ann@elsewhere.example ") for said in server.said)  # else they cannot read it


@pytest.mark.parametrize("named", ["@bo", "@bo@other.example", "(@bo)", "@ann", "@ann@elsewhere.example.org"])
def test_private_answer_names_nobody_else_who_could_read_it_then(connector, server, named):
    send(connector, "ann@elsewhere.example", f"Ask {named}, or bo@shop.example")
    send(connector, "ann@elsewhere.example", f"Ask {named}", is_public=True)
    private, public = (said["text"] for said in server.said)
    assert private == f"@ann@elsewhere.example Ask {named.replace('@', f'@{sending.UNSEEN}', 1)}, or bo@shop.example"
    assert public == f"@ann@elsewhere.example Ask {named}"


def test_same_message_is_posted_once_however_often_it_is_tried(connector, server):
    for _try in range(3):
        send(connector, "ann@elsewhere.example", "Once", key="the-same")
    assert len(server.said) == 1


def test_server_that_falls_silent_is_asked_again_and_posts_once(connector, server):
    server.breaks = 2
    assert send(connector, "ann@elsewhere.example", "Once").status == "sent"
    assert len(server.said) == 1
    server.breaks = 9
    with pytest.raises(UncertainError):
        send(connector, "ann@elsewhere.example", "Twice?")


def test_files_are_uploaded_first_and_films_waited_for(connector, server, monkeypatch):
    monkeypatch.setattr(sending, "BETWEEN", 0.0)
    server.working = 3
    files = [a_file().pk, a_file("film.mp4", "video/mp4", b"0000")]
    send(connector, "ann@elsewhere.example", "Look", attachment_ids=(files[0], files[1].pk))
    assert len(server.said[0]["media_attachments"]) == 2


def test_more_files_than_fit_go_with_further_posts(connector, server):
    files = tuple(a_file(f"{number}.png").pk for number in range(5))
    send(connector, "ann@elsewhere.example", "", attachment_ids=files)
    assert [len(said["media_attachments"]) for said in server.said] == [4, 1]
    assert all(said["text"].startswith("@ann@elsewhere.example") for said in server.said)


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        ({"revoked": True}, CredentialError, "does not know the access token"),
        ({"outage": True}, AwayError, "out of order"),
        ({"limited": 1, "retry_after": "120"}, AwayError, "wait"),
        ({"longest": 5}, AdapterError, "longer than"),
    ],
    ids=["revoked", "outage", "limited", "too long"],
)
def test_refusals_in_the_agents_words(connector, server, trouble, kind, words):
    for name, value in trouble.items():
        setattr(server, name, value)
    with pytest.raises(kind, match=words) as caught:
        send(connector, "ann@elsewhere.example", "Hello there")
    if "limited" in trouble:
        assert 100 < caught.value.wait <= 120


def test_post_that_is_answered_and_gone_says_so(connector, server):
    with pytest.raises(AdapterError, match="not there any more") as caught:
        send(connector, "ann@elsewhere.example", "Hello", answers="1")
    assert caught.value.permanent


def checked(connector):
    return list(adapter_named("mastodon").check(connector))


def test_check_notes_what_the_server_tells(connector, server):
    server.longest = 4000
    assert all(step.is_well for step in checked(connector))
    noted = connector.settings
    assert (noted["account"], noted["longest"], noted["domain"]) == ("hollinfell", 4000, DOMAIN)
    assert noted["streaming"].startswith("ws://")


def test_check_says_which_scopes_are_missing(connector, server):
    server.scopes = ["read"]
    assert "write:statuses" in str(checked(connector)[-1].fix)


def test_check_says_that_strangers_are_not_heard(connector, server):
    server.policy = "filter"
    assert not checked(connector)[-1].is_well


def test_check_of_a_revoked_token_tells_the_admins(connector, server):
    server.revoked = True
    with pytest.raises(CredentialError):
        checked(connector)


def test_stream_of_another_server_is_found_by_what_check_noted(settings):
    connector = Connector(adapter="mastodon", settings={"site": "https://a.example", "streaming": "wss://s.a.example"})
    assert stream.server_of(connector) == "https://s.a.example"


@pytest.mark.django_db(transaction=True)
def test_revoked_token_ends_the_watching_until_it_is_mended(connector, server):
    server.revoked = True
    watcher = Watcher(connector.pk)
    watcher.run()  # it ends by itself
    assert watcher.stop.is_set()
    connector.refresh_from_db()
    assert connector.broken_at
