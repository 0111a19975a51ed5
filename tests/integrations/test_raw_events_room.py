"""What providers sent, for an admin's eyes: found, looked into without its secrets, tried again and set aside."""

import json

import pytest
from django.urls import reverse

from conversations.models import Message
from customers.models import Customer
from integrations import looking_inside, raw_events
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from integrations.models import Connector, RawEvent
from tests.mailing import a_mail, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def box(mail):
    return connect(mail)


def kept(connector, body, name="1", **fields):
    return RawEvent.objects.create(connector=connector, external_id=name, body=body, **fields)


def test_events_are_found_by_state_kind_time_name_and_words(admin, box):
    kept(box, b'{"text": "zanzibar \xc3\xa9t\xc3\xa9"}', "a-1", kind="message", state="done")
    kept(box, b'{"text": "elsewhere"}', "b-2", kind="report", state="aside", error="ValueError: No sender.")
    where = reverse("connector_events")
    for asked, found in (
        ({"q": "zanzibar été"}, ["a-1"]),
        ({"q": "b-2"}, ["b-2"]),
        ({"state": "aside"}, ["b-2"]),
        ({"kind": "message"}, ["a-1"]),
        ({"since": "2020-01-01", "connector": box.pk}, ["b-2", "a-1"]),
        ({"until": "2020-01-01"}, []),
        ({"q": "nowhere"}, []),
    ):
        page = admin.get(where, asked).content.decode()
        assert [name for name in ("b-2", "a-1") if f">{name}<" in page] == found, asked
    assert "No sender." in admin.get(where).content.decode()


def test_the_list_goes_on_by_the_last_id_and_a_search_goes_on_behind_what_it_read(admin, box, monkeypatch):
    monkeypatch.setattr(raw_events, "PAGE", 2)
    rows = [kept(box, b"body", f"n-{number}") for number in range(5)]
    first = raw_events.page(raw_events.Wanted(), most=2)
    second = raw_events.page(raw_events.Wanted(after=first.after), most=2)
    assert [raw.pk for raw in (*first.rows, *second.rows)] == [raw.pk for raw in rows[:0:-1]]
    monkeypatch.setattr(raw_events, "LOOKED_THROUGH", 2)
    found = raw_events.page(raw_events.Wanted(words="n-0"))
    assert found.rows == [] and found.looked_back_to
    while found.after and not found.rows:
        found = raw_events.page(raw_events.Wanted(words="n-0", after=found.after))
    assert [raw.external_id for raw in found.rows] == ["n-0"]


def test_many_events_cost_no_more_queries_than_one(admin, box, django_assert_max_num_queries):
    for number in range(30):
        kept(box, b"body", f"n-{number}")
    with django_assert_max_num_queries(14):
        admin.get(reverse("connector_events"))


def test_inside_json_secrets_are_masked(box):
    box.secrets = {"webhook_secret": "the-secret-of-ours"}
    box.save()
    body = {"user": "ann", "access_token": "abc", "deep": [{"api_key": 7}], "url": "/hooks/the-secret-of-ours/"}
    headers = {"Authorization": "Bearer abcdefghijkl", "content_type": "application/json", "X-Hub-Signature": "ff"}
    raw = kept(box, json.dumps(body).encode(), headers=headers)
    shown = "\n".join(part.text for part in looking_inside.parts(raw))
    assert '"user": "ann"' in shown and "application/json" in shown
    for hidden in ("abc", "7\n", "the-secret-of-ours", "abcdefghijkl", '"ff"'):
        assert hidden not in shown


def test_inside_a_mail_and_a_form(box):
    mail = a_mail("Grüße aus Ulm", subject="Grüße")
    shown = "\n".join(part.text for part in looking_inside.parts(kept(box, mail, kind="mail")))
    assert "Grüße aus Ulm" in shown and "Subject: " in shown
    headers = {"content_type": "application/x-www-form-urlencoded"}
    form = kept(box, b"From=%2B44&Body=Hi+there&token=secret", "2", headers=headers)
    shown = "\n".join(part.text for part in looking_inside.parts(form))
    assert "From: +44" in shown and "Body: Hi there" in shown and "secret" not in shown.replace("content", "")


def test_why_the_adapter_makes_nothing_of_it_has_no_secret_in_it_either(box, monkeypatch):
    class Adapter:
        def understand(self, connector, raw):
            raise ValueError(f"“{connector.secrets['password']}” is no number.")

    box.secrets = {"password": "our-own-password"}
    monkeypatch.setattr(looking_inside, "adapter_named", lambda name: Adapter())
    found, why = looking_inside.understood(kept(box, b"x"))
    assert found == [] and "is no number" in why and "our-own-password" not in why


def test_what_the_adapter_understands_now_is_told_and_nothing_is_stored(admin, box):
    good = kept(box, a_mail("Where is it?"), kind="mail")
    bad = kept(box, a_mail(sender="no address"), "2", kind="mail")
    page = admin.get(reverse("connector_event", args=[good.pk])).content.decode()
    assert "A message" in page and "Where is it?" in page and "ann@home.example" in page
    page = admin.get(reverse("connector_event", args=[bad.pk])).content.decode()
    assert "nobody to answer" in page
    assert not Message.objects.exists() and not Customer.objects.exists()


def test_one_is_tried_again_after_it_was_mended_and_nothing_is_stored_twice(admin, box):
    raw, _ = keep_mail(box, a_mail(sender="no address"))
    assert process(raw.pk).state == "aside"
    RawEvent.objects.update(body=a_mail("Now readable"))
    where = reverse("connector_events")
    for _again in range(2):
        admin.post(where, {"event": raw.pk, "act": "replay", "connector": box.pk, "from": "connector"})
        raw.refresh_from_db()
        assert raw.state == "done" and Message.objects.get().text == "Now readable"


def test_all_that_failed_are_tried_again_by_one_press_and_others_stay(admin, box):
    other = Connector.objects.create(name="Other", adapter="orders")
    for number in range(25):
        kept(box, a_mail(f"Letter {number}"), f"n-{number}", state="aside", kind="mail")
    kept(other, b"{}", state="aside")
    admin.post(reverse("connector_events"), {"all": "1", "state": "aside", "connector": box.pk})
    assert RawEvent.objects.filter(connector=box, state="kept", tries=0).count() == 25
    assert RawEvent.objects.get(connector=other).state == "aside"


def test_what_waits_can_be_set_aside_and_says_by_whom(admin, box):
    waiting, done = kept(box, b"1"), kept(box, b"2", "2", state="done")
    admin.post(reverse("connector_events"), {"event": [waiting.pk, done.pk], "act": "aside"})
    waiting.refresh_from_db()
    done.refresh_from_db()
    assert (waiting.state, done.state) == ("aside", "done") and "Rosa" in waiting.error


def test_bytes_that_are_kept_no_more_cannot_be_tried_again(admin, box):
    raw = kept(box, b"", state="done")
    admin.post(reverse("connector_events"), {"event": raw.pk, "act": "replay"})
    raw.refresh_from_db()
    assert raw.state == "done"
    assert "kept no more" in admin.get(reverse("connector_event", args=[raw.pk])).content.decode()
