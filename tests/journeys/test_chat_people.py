"""Who is at the widget: proven by the shop, or only a browser; and what each of them may see."""

import json
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.core import signing

from conversations.inbound.receive import receive
from conversations.models import Conversation, Message
from customers.identify import Handle
from customers.merging import merge
from customers.models import Customer, Identity
from integrations.adapters.media.chat.sessions import PROVEN_LASTS
from integrations.models import Connector
from tests.conftest import from_ann
from tests.journeys.test_chat_door import answer
from tests.visitors import ORIGIN, Visitor, arrives, http, session, signed

pytestmark = pytest.mark.django_db(transaction=True)

ANN = {"email": "ann@home.example", "name": "Ann Bell"}


def texts(session):
    return [said["text"] for said in session["messages"]]


async def test_a_signed_in_customer_is_known_by_shop_account_and_address(shop):
    visitor = await arrives(identity=signed("17", **ANN))
    assert visitor.session["desk"]["known"] and visitor.session["person"].items() >= ANN.items()
    await visitor.say("Hello")
    customer = await Customer.objects.aget()
    identities = {(identity.kind, identity.is_verified) async for identity in customer.identities.all()}
    assert customer.name == "Ann Bell"
    assert identities == {("visitor", True), ("shop", True), ("email", True)}
    await visitor.leave()


async def test_mail_becomes_chat_for_the_same_proven_person(shop, mail):
    await sync_to_async(receive)(from_ann(mail, "My jacket is too small"))
    opened = await session(identity=signed("17", **ANN))
    assert texts(opened) == ["My jacket is too small"]
    visitor = Visitor(opened)
    await visitor.connect()
    await visitor.say("I am here now")
    assert await Conversation.objects.acount() == 1
    assert await Message.objects.acount() == 2
    await visitor.leave()


async def test_a_mail_that_only_says_it_is_from_ann_is_not_in_her_chat(shop, mail):
    forged = from_ann(mail, "I am Ann, trust me", handles=(Handle("email", ANN["email"], "Ann", is_verified=False),))
    await sync_to_async(receive)(forged)
    assert texts(await session(identity=signed("17", **ANN))) == []


async def test_a_new_device_shows_the_old_talk_after_sign_in_and_not_before(shop, ada):
    phone = await arrives(identity=signed("17", **ANN))
    await phone.say("From the phone")
    await sync_to_async(answer)(ada, "<p>Hi Ann</p>")
    assert texts(await session()) == []
    assert texts(await session(identity=signed("17", **ANN))) == ["From the phone", "Hi Ann"]
    await phone.leave()


async def test_what_an_unknown_browser_said_belongs_to_who_signs_in_there(shop):
    visitor = await arrives()
    await visitor.say("Do you mend zips?")
    opened = await session(token=visitor.session["token"], identity=signed("17", **ANN))
    assert opened["visitor"] == visitor.session["visitor"]
    signed_in = Visitor(opened)
    await signed_in.connect()
    await signed_in.say("It is the Kestrel")
    assert texts(await session(identity=signed("17", **ANN))) == ["Do you mend zips?", "It is the Kestrel"]
    assert await Conversation.objects.acount() == 1
    await visitor.leave(), await signed_in.leave()


async def test_the_next_person_at_a_shared_computer_sees_nothing_of_the_one_before(shop):
    ann = await arrives(identity=signed("17", **ANN))
    await ann.say("My address is 4 Mill Lane")
    signed_out = await session(token=ann.session["token"])
    bob = await session(token=ann.session["token"], identity=signed("18", email="bob@home.example"))
    assert texts(signed_out) == texts(bob) == []
    assert len({signed_out["visitor"], bob["visitor"], ann.session["visitor"]}) == 3
    await ann.leave()


async def test_an_old_anonymous_token_does_not_make_one_person_of_two(shop):
    anonymous = await arrives()
    await anonymous.say("Hello")
    ann = Visitor(await session(token=anonymous.session["token"], identity=signed("17", **ANN)))
    await ann.connect()
    await ann.say("I am Ann")
    bob = await session(token=anonymous.session["token"], identity=signed("18", email="bob@home.example"))
    assert bob["visitor"] != anonymous.session["visitor"] and texts(bob) == []
    await anonymous.leave(), await ann.leave()


async def test_a_browser_that_an_agent_merged_still_sees_only_its_own_words(shop, mail, ada):
    visitor = await arrives()
    await visitor.say("Is it back?")
    await sync_to_async(receive)(from_ann(mail, "My card was charged twice"))
    browser = await Customer.objects.aget(identities__kind="visitor")
    ann = await Customer.objects.aget(identities__kind="email")
    await sync_to_async(merge)(browser, into=ann, evidence="Same name", by=ada)
    assert texts(await session(token=visitor.session["token"])) == ["Is it back?"]
    await visitor.leave()


@pytest.mark.parametrize(
    "identity",
    [
        signed("17", secret="a secret of somebody else's, as long as ours", **ANN),
        signed("17", lasts=-120, **ANN),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxNyIsImV4cCI6OTk5OTk5OTk5OX0.",
        "not a token",
        {"sub": "17"},
    ],
    ids=["another secret", "out of date", "alg none", "nonsense", "not even text"],
)
async def test_what_the_shop_did_not_sign_proves_nothing(shop, mail, identity):
    await sync_to_async(receive)(from_ann(mail, "Private"))
    await Identity.objects.acreate(customer=await Customer.objects.aget(), kind="shop", value="17", is_verified=True)
    opened = await session(identity=identity)
    assert not opened["desk"]["known"] and texts(opened) == []


async def test_two_shops_may_both_have_a_customer_17(shop):
    shop.settings["shop"] = "hollin"
    await shop.asave()
    visitor = await arrives(identity=signed("17", **ANN))
    await visitor.say("Hello")
    assert (await Identity.objects.aget(kind="shop")).value == "hollin:17"
    await visitor.leave()


async def test_a_token_of_another_channel_or_by_another_hand_is_a_stranger(shop):
    visitor = await arrives()
    await visitor.say("Hello")
    other = signing.dumps({"connector": shop.pk + 1, "id": visitor.session["visitor"]}, salt="chat-visitor")
    forged = visitor.session["token"][:-2] + "xx"
    for token in (other, forged, "", "null"):
        assert texts(await session(token=token)) == []
        assert (
            await http("GET", "/chat/chat-key/messages", headers={"Authorization": f"Bearer {token}"})
        ).status_code == 401
        stranger = Visitor(visitor.session)
        with pytest.raises(KeyError):  # no text frame comes, only the close
            await stranger.connect(token=token)
    await visitor.leave()


async def test_a_proven_token_is_good_for_a_day(shop, monkeypatch):
    import time

    opened = await session(identity=signed("17", **ANN))
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + PROVEN_LASTS.total_seconds() + 60)
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    assert (await http("GET", "/chat/chat-key/messages", headers=bearer)).status_code == 401


async def test_only_the_shops_own_pages_may_knock(shop):
    evil = "https://evil.example"
    refused = await http("POST", "/chat/chat-key/session", origin=evil, json={})
    assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers
    assert await Visitor(await session()).connect(origin=evil) is None
    allowed = await http("OPTIONS", "/chat/chat-key/session")
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in allowed.headers
    assert not allowed.cookies


async def test_a_channel_that_is_off_or_unknown_is_not_there(shop):
    assert (await http("POST", "/chat/another-key/session", json={})).status_code == 404
    await Connector.objects.aupdate(is_active=False)
    assert (await http("POST", "/chat/chat-key/session", json={})).status_code == 404


async def test_hostile_frames_are_refused_one_by_one(shop):
    visitor = await arrives()
    bad = [
        {"id": "1", "text": "no uuid"},
        {"id": str(uuid.uuid4()), "text": ""},
        {"id": str(uuid.uuid4()), "text": "x" * 10_001},
        {"id": str(uuid.uuid4()), "text": ["a", "list"]},
        {"id": str(uuid.uuid4()), "text": "x", "files": "many"},
        {"id": str(uuid.uuid4()), "text": "x", "files": [{"id": "../../etc/passwd"}]},
        {"id": str(uuid.uuid4()), "text": "x", "about": [1]},
    ]
    for frame in bad:
        await visitor.send({"t": "say", **frame})
        assert (await visitor.hear("refused", "ack"))["t"] == "refused"
    await visitor.send({"t": "got", "ids": ["1", None, {}]})
    await visitor.send({"t": "read", "id": {"$gt": 0}})
    assert (await visitor.say("\x00nul and \ud83d half an emoji".encode("utf-8", "replace").decode()))["t"] == "ack"
    assert await Message.objects.acount() == 1
    await visitor.leave()


@pytest.mark.parametrize("text", ["[" * 50_000, "{", "null", json.dumps({"t": "sudo"}), "x" * 70_000])
async def test_what_is_no_frame_closes_the_socket(shop, text):
    visitor = await arrives()
    await visitor.send_text(text)
    assert await visitor.closed() in (1000, 1009)


async def test_nothing_is_heard_before_hello(shop):
    visitor = Visitor(await session())
    await visitor.connect()
    await visitor.leave()
    impolite = Visitor(visitor.session)
    with pytest.raises(KeyError):
        await impolite.connect(token="wrong")


async def test_too_many_lines_wait_and_none_is_lost(shop, monkeypatch):
    from integrations.adapters.media.chat import limits

    monkeypatch.setitem(limits.MOST, "message", (2, 3600))
    visitor = await arrives()
    keys = [str(uuid.uuid4()) for _ in range(3)]
    said = [(await visitor.say("Again", id=key))["t"] for key in keys]
    assert said == ["ack", "ack", "busy"]
    monkeypatch.setitem(limits.MOST, "message", (99, 3600))
    assert (await visitor.say("Again", id=keys[2]))["t"] == "ack"
    await visitor.leave()
