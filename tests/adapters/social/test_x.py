"""An account at X: webhooks in both of its forms, asking where there are none, private and public answers, tokens."""

import json
import time
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from conversations.models import Attachment, Delivery, Medium, Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.media.x import auth, polling, sending
from integrations.inbound import listening
from integrations.inbound.arrival import News
from integrations.models import Connector, RawEvent
from integrations.simulators.server import Webhook
from integrations.simulators.x import SECRETS, US, XServer, sign
from tests.adapters.social.messengers import ADDRESS, JPEG, a_file, answer, connect, hear, post, send, states, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

ANN = "2222222222222222222"


@pytest.fixture
def server():
    with XServer() as running:
        yield running


@pytest.fixture
def connector(db, server):
    secrets = {**SECRETS, "access_ends": str(time.time() + 7000)}
    noted = {"account_id": US["id"], "account": US["username"]}
    return connect("x", Medium.X, server, secrets, way="webhook", auth="oauth2", **noted)


def look(connector):
    connector = Connector.objects.select_related("channel").get(pk=connector.pk)
    for news in polling.looked(connector):
        listening.take(connector, news)
    work_off()


def test_mention_is_public_and_direct_message_is_not(connector, server):
    mention = server.mention(ANN, "My boots leak &amp; nobody answers")
    message = server.write(ANN, "The order is 4711")
    hear(connector, server)
    public, private = Message.objects.order_by("pk")
    assert (public.text, public.is_public) == ("@hollinfell My boots leak & nobody answers", True)
    assert (public.external_id, private.external_id) == (mention["id"], f"dm:{message['id']}")
    assert (private.text, private.is_public) == ("The order is 4711", False)
    assert public.identity == private.identity
    assert (public.identity.value, public.identity.name) == (ANN, "Ann Bell (@annbell)")


def test_same_event_twice_is_one(connector, server):
    server.write(ANN, "Hello")
    hear(connector, server, copies=3)
    assert (Message.objects.count(), RawEvent.objects.count()) == (1, 1)


def old_form(connector, **parts):
    body = json.dumps({"for_user_id": US["id"], **parts}).encode()
    webhook = Webhook("old", {"X-Twitter-Webhooks-Signature-OAuth2": sign(SECRETS["client_secret"], body)}, body)
    assert post(connector, webhook).status_code == 200
    work_off()


def status(number, author, text, **more):
    user = {"id_str": author, "name": "Ann Bell", "screen_name": "annbell"}
    return {"id_str": number, "text": text, "user": user, "created_at": "Thu Apr 06 15:24:15 +0000 2017", **more}


def test_posts_of_the_older_form(connector):
    whole = {"full_text": "the whole of it https://t.co/x", "entities": {}}
    pictures = [{"type": "photo", "media_url_https": "https://pbs.twimg.com/a.jpg", "url": "https://t.co/x"}]
    extended = {**whole, "extended_entities": {"media": pictures}}
    old_form(
        connector,
        tweet_create_events=[
            status("1", ANN, "the who…", extended_tweet=extended, in_reply_to_status_id_str="9", lang="en"),
            status("2", US["id"], "our own"),
            status("3", ANN, "RT", retweeted_status={"id_str": "1"}),
        ],
    )
    message = Message.objects.get()
    assert (message.text, message.is_public, message.created_at.year) == ("the whole of it", True, 2017)
    assert message.attachments.get().name == "a.jpg"


def test_our_own_messages_are_left_out_with_the_reason(connector, server):
    server.person(ANN)
    own = server.write(US["id"], "sent elsewhere")
    hear(connector, server)
    server.mention(US["id"], "ourselves")
    hear(connector, server)
    assert states() == ["ignored", "ignored"]
    assert "our own" in RawEvent.objects.first().error
    assert own


def test_one_bad_thing_and_what_is_of_no_use(connector):
    old_form(connector, follow_events=[{"type": "follow"}])
    old_form(connector)
    assert states() == ["ignored", "aside"]


def test_post_that_is_deleted_is_shown_as_taken_back(connector, server):
    mention = server.mention(ANN, "Oops")
    hear(connector, server)
    old_form(connector, tweet_delete_events=[{"status": {"id": mention["id"]}, "timestamp_ms": "1784927750704"}])
    assert Message.objects.get().taken_back_at


def test_read_mark_comes_to_the_message(connector, server, ada):
    server.write(ANN, "Where is it?")
    hear(connector, server)
    delivery = answer(Message.objects.get(), "<p>On its way</p>", ada)
    read = {"sender_id": ANN, "last_read_event_id": delivery.external_id.removeprefix("dm:")}
    old_form(connector, direct_message_mark_read_events=[read])
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.READ


def test_encrypted_chat_says_why_it_is_not_here(connector, server):
    server.tell("chat.received", {"encoded_event": "CwABAAAA"})
    hear(connector, server)
    assert "encrypted" in RawEvent.objects.get().error


@pytest.mark.parametrize(
    "changed", [{"X_Twitter_Webhooks_Signature_OAuth2": "sha256=AAAA"}, {"address": "no"}], ids=str
)
def test_forged_event_is_refused_and_not_kept(connector, server, changed):
    server.write(ANN, "Hello")
    assert post(connector, server.owed[0], **changed).status_code in (400, 401)
    assert not RawEvent.objects.exists()


def test_older_signature_is_believed_where_the_app_has_that_secret(connector, server):
    connector.secrets = {**connector.secrets, "client_secret": "", "consumer_secret": "the-older-one"}
    connector.save()
    body = b'{"for_user_id": "1", "follow_events": [{}]}'
    webhook = Webhook("old", {"X-Twitter-Webhooks-Signature": sign("the-older-one", body)}, body)
    assert post(connector, webhook).status_code == 200


def test_crc_is_answered_with_the_signature_of_its_word(connector):
    url = f"/hooks/{connector.pk}/{ADDRESS}/"
    told = Client().get(url, {"crc_token": "abc"}).json()
    assert told == {"response_token": sign(SECRETS["client_secret"], b"abc")}
    assert Client().get(url).status_code == 400
    assert Client().get(f"/hooks/{connector.pk}/guessed/", {"crc_token": "abc"}).status_code == 400


def test_crc_signs_no_event_for_whoever_knows_the_address(connector, server):
    body = json.dumps({"for_user_id": US["id"], "direct_message_events": [{"id": "5"}]})
    answer = Client().get(f"/hooks/{connector.pk}/{ADDRESS}/", {"crc_token": body})
    assert answer.status_code == 400 and b"sha256" not in answer.content


@pytest.mark.parametrize("is_of_the_app", [True, False], ids=["same app", "other app"])
def test_event_of_another_account_of_the_app_goes_to_its_connector(connector, server, is_of_the_app):
    from conversations.models import Channel

    channel = Channel.objects.create(name="Second", medium=Medium.X, address="second")
    other = Connector(name="Second", adapter="x", channel=channel, settings={"account_id": "777"})
    other.secrets = SECRETS if is_of_the_app else {**SECRETS, "client_secret": "another", "consumer_secret": "app's"}
    other.save()
    event = {"type": "message_create", "id": "5", "created_timestamp": "1784927750704"}
    create = {"target": {"recipient_id": "777"}, "sender_id": ANN, "message_data": {"text": "For the second"}}
    body = json.dumps({"for_user_id": "777", "direct_message_events": [{**event, "message_create": create}]}).encode()
    webhook = Webhook("dm", {"X-Twitter-Webhooks-Signature-OAuth2": sign(SECRETS["client_secret"], body)}, body)
    assert post(connector, webhook).status_code == 200
    work_off()
    assert Message.objects.filter(channel=other.channel).exists() is is_of_the_app


def test_asking_begins_now_and_loses_nothing(connector, server, monkeypatch):
    monkeypatch.setitem(polling.MESSAGES, "max_results", "5")
    server.mention(ANN, "long ago")
    server.write(ANN, "long ago, too")
    look(connector)
    assert not Message.objects.exists()
    for number in range(12):  # more than one page
        server.write(ANN, f"Message {number}")
    server.mention(ANN, "now")
    look(connector)
    look(connector)
    assert Message.objects.filter(is_public=False).count() == 12
    assert Message.objects.get(is_public=True).text == "@hollinfell now"
    texts = list(Message.objects.filter(is_public=False).order_by("pk").values_list("text", flat=True))
    assert texts == [f"Message {number}" for number in range(12)]


def test_what_a_webhook_and_the_asking_bring_is_one_message(connector, server):
    look(connector)
    server.write(ANN, "Once")
    server.mention(ANN, "and once")
    hear(connector, server)
    look(connector)
    assert Message.objects.count() == 2


def test_a_period_is_counted_and_read_again(connector, server, monkeypatch):
    monkeypatch.setitem(polling.MESSAGES, "max_results", "5")
    for number in range(3):
        server.mention(ANN, f"Post {number}")
    for number in range(12):
        server.write(ANN, f"Message {number}")
    server.write(US["id"], "our own")
    adapter, now = adapter_named("x"), timezone.now()
    period = (now - timedelta(days=1), now + timedelta(minutes=1))
    assert [(each.there, each.here) for each in adapter.reconcile(connector, *period)] == [(3, 0), (12, 0)]
    cursor = {}
    while cursor is not None:
        page = next(adapter.pages(connector, cursor, *period))  # as one that is broken off after each page
        listening.take(connector, News(page.arrivals))
        cursor = page.cursor
    work_off()
    assert [(each.there, each.here) for each in adapter.reconcile(connector, *period)] == [(3, 3), (12, 12)]


def test_picture_of_a_direct_message_is_fetched(connector, server):
    look(connector)
    media = server.picture(JPEG)
    server.write(ANN, "Look https://t.co/p", attachments={"media_keys": [media["media_key"]]}, _media=[media])
    look(connector)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.name) == ("whole", "boot.jpg")


def test_answer_goes_to_the_customer_alone(connector, server, ada):
    server.mention(ANN, "Leaking boots!")
    hear(connector, server)
    delivery = answer(Message.objects.get(), "<p>May we have the number?</p>", ada)
    assert delivery.status == Delivery.Status.SENT
    assert (server.said[0]["to"], server.said[0]["text"]) == (ANN, "May we have the number?")
    assert "reply" not in server.said[0]


def test_public_answer_answers_a_post_or_is_refused(connector, server):
    mention = server.mention(ANN, "Leaking boots!")
    report = send(connector, ANN, "We are sorry", answers=mention["id"], is_public=True)
    assert server.said[0]["reply"] == {"in_reply_to_tweet_id": mention["id"]}
    assert report.external_id == server.said[0]["id"]
    for answers in ("", "dm:5"):
        with pytest.raises(AdapterError, match="choose which one") as caught:
            send(connector, ANN, "Everybody?", answers=answers, is_public=True)
        assert caught.value.permanent
    assert len(server.said) == 1


@pytest.mark.parametrize(
    ("text", "units"),
    [("abc", 3), ("é", 1), ("日本", 4), ("🥾", 2), ("see https://a.example/a-very-long-address-that-goes-on", 27)],
)
def test_characters_are_counted_as_x_does(text, units):
    assert sending.weight(text) == units


def test_post_that_is_too_long_is_not_even_tried(connector, server):
    with pytest.raises(AdapterError, match="280"):
        send(connector, ANN, "x" * 281, answers="1", is_public=True)


def test_files_of_a_direct_message_go_one_by_one(connector, server):
    files = (a_file().pk, a_file("b.png").pk, a_file("film.mp4", "video/mp4", b"0" * 5_000_000).pk)
    send(connector, ANN, "Three", attachment_ids=files)
    assert [(said.get("text"), len(said["attachments"])) for said in server.said] == [
        ("Three", 1),
        (None, 1),
        (None, 1),
    ]
    assert [media["category"] for media in server.media.values()] == ["dm_image", "dm_image", "dm_video"]
    assert len(list(server.media.values())[2]["body"]) == 5_000_000


def test_file_that_x_does_not_take_is_refused_before_anything_goes(connector, server):
    with pytest.raises(AdapterError, match="pictures and films"):
        send(connector, ANN, "Bill", attachment_ids=(a_file("a.pdf", "application/pdf", b"%PDF").pk,))
    assert not server.said


def refused(connector, **changed):
    with pytest.raises(AdapterError) as caught:
        send(connector, ANN, "Hello", **changed)
    return caught.value


def test_refusals_in_the_agents_words(connector, server):
    server.closed.add(ANN)
    closed = refused(connector)
    assert closed.permanent and "do not take direct messages" in str(closed)
    gone = refused(connector, answers="1", is_public=True)
    assert gone.permanent and "not there any more" in str(gone)
    server.limited, server.retry_after = 1, "90"
    assert 80 < refused(connector).wait <= 90
    server.outage = True
    assert isinstance(refused(connector), AwayError)


def test_silence_after_a_message_is_for_a_person_to_decide(connector, server):
    server.breaks = 1
    assert isinstance(refused(connector), UncertainError)


def test_access_token_is_renewed_before_it_ends_and_the_pair_is_kept(connector, server):
    connector.secrets = {**connector.secrets, "access_ends": str(time.time() + 10)}
    connector.save()
    send(connector, ANN, "Hello")
    kept = Connector.objects.get(pk=connector.pk).secrets
    assert kept["refresh_token"] == server.refresh and kept["access_token"] in server.tokens
    assert kept["client_secret"] == SECRETS["client_secret"]


def test_access_token_that_x_refuses_early_is_renewed_once(connector, server):
    server.tokens = set()
    send(connector, ANN, "Hello")
    assert len(server.said) == 1


def test_refresh_token_that_is_used_up_is_a_credential_error(connector, server):
    server.refresh, server.tokens = "another", set()
    assert isinstance(refused(connector), CredentialError)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_spend_one_refresh_token(connector, server):
    Connector.objects.filter(pk=connector.pk).update(sealed=b"")
    connector.secrets = {**SECRETS, "access_ends": "0"}
    connector.save()
    got = []

    def ask():
        got.append(auth.access_token(Connector.objects.get(pk=connector.pk)))
        connection.close()

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(got)) == 1 and len(got) == 4


def test_the_four_keys_of_oauth_1_sign_each_call(connector, server):
    connector.settings["auth"] = "oauth1"
    keys = {"consumer_key": "a", "consumer_secret": "b", "access_token": "c", "access_token_secret": "d"}
    connector.secrets = {**connector.secrets, **keys}
    send(connector, ANN, "Hello")
    said = server.calls[-1].headers["authorization"]
    assert said.startswith("OAuth ") and 'oauth_signature_method="HMAC-SHA1"' in said and 'oauth_token="c"' in said


def checked(connector):
    return list(adapter_named("x").check(connector))


def test_check_registers_the_webhook_and_what_it_tells_of(connector, server):
    assert all(step.is_well for step in checked(connector))
    assert server.webhooks[0]["url"].endswith(f"/hooks/{connector.pk}/{ADDRESS}/")
    assert [each["event_type"] for each in server.subscriptions] == ["post.mention.create", "dm.received"]
    checked(connector)
    assert len(server.webhooks) == 1


def test_check_says_that_the_plan_has_no_webhooks(connector, server):
    server.has_webhooks = False
    last = checked(connector)[-1]
    assert not last.is_well and "desk asks X" in str(last.fix)


def test_check_says_that_messages_may_not_be_read(connector, server):
    server.may_read_messages = False
    assert "Direct message" in str(checked(connector)[-1].fix)
