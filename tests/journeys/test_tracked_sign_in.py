"""The tracker of a signed-in customer: what the shop's back end vouches for is proven, all else is only said."""

import json
import time
import uuid

import jwt
import pytest

from customers.models import Claim, Event, Identity, MergeEntry
from integrations.adapters.trackers.about import new_key
from integrations.models import Connector, RawEvent
from integrations.tasks import process_batch

pytestmark = pytest.mark.django_db
SECRET = "the shop and the desk know this, and nobody else"
SHOP = "https://shop.example"


@pytest.fixture
def tracker(db):
    place = {"origins": [SHOP], "trusted": False, "consent": "required"}
    connector = Connector.objects.create(name="Pages", adapter="segment", settings=place)
    connector.secrets = {"write_key": new_key(connector), "identity": SECRET}
    connector.save()
    return connector


def token(secret=SECRET, *, lasts=3600, **claims):
    told = {"sub": "10418", "email": "ann@home.example", "name": "Ann", "exp": int(time.time()) + lasts, **claims}
    return jwt.encode(told, secret, algorithm="HS256")


def looks(client, tracker, visitor, identity=None, **call):
    context = {"consent": {"categoryPreferences": {"analytics": True}}}
    context |= {"identity": identity} if identity else {}
    call = {"type": "page", "anonymousId": visitor, "messageId": str(uuid.uuid4()), "context": context, **call}
    body = json.dumps({"batch": [call], "writeKey": tracker.secrets["write_key"]})
    answer = client.post("/v1/batch", body, content_type="text/plain", headers={"Origin": SHOP})
    assert answer.status_code == 200, answer.content
    process_batch(RawEvent.objects.get(state="kept").pk)


def test_the_past_of_the_browser_becomes_the_past_of_who_signs_in(client, tracker):
    visitor = str(uuid.uuid4())
    looks(client, tracker, visitor)
    assert Event.objects.get(name="Page Viewed").identity.kind == "visitor"
    looks(client, tracker, visitor, token())
    assert {identity.kind for identity in Identity.objects.all()} == {"visitor", "shop", "email"}
    assert len({event.identity.customer_id for event in Event.objects.all()}) == 1
    assert MergeEntry.objects.filter(undone_at=None).count() <= 1


@pytest.mark.parametrize(
    "forged",
    [token("another secret, as long as it must be"), token(lasts=-3600), "x.y.z", 7],
    ids=["another secret", "too old", "no token", "no text"],  # the same for every worker
)
def test_what_is_not_vouched_for_proves_nothing(client, tracker, forged):
    looks(client, tracker, str(uuid.uuid4()), forged, userId="10418")
    assert [identity.kind for identity in Identity.objects.all()] == ["visitor"]
    assert Claim.objects.filter(kind="shop", value="10418").exists()


def test_two_people_of_one_browser_stay_two(client, tracker):
    visitor = str(uuid.uuid4())
    looks(client, tracker, visitor, token())
    looks(client, tracker, visitor, token(sub="20500", email="bob@home.example", name="Bob"))
    people = {identity.value: identity.customer_id for identity in Identity.objects.filter(kind="shop")}
    assert people["10418"] != people["20500"]
