"""The admin's room: what is connected and how it does; adding, testing, pausing, disconnecting; and who may come in."""

import json
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from conversations.models import Channel, Message
from integrations import health, health_samples, steering, trials, wiring
from integrations.adapters import ADAPTERS
from integrations.adapters.about import About
from integrations.inbound import backfill
from integrations.inbound.backfill import can_be_read
from integrations.inbound.process import process
from integrations.models import Backfill, Connector, HealthSample, RawEvent, Reread, Trial
from integrations.reconciling import why_no_past
from integrations.simulators.mail_servers import DESK, PASSWORD, MailServers
from integrations.simulators.server import ProviderServer, Reply
from tests.adapters.shops.conftest import connector as sold_by
from tests.adapters.shops.conftest import shop as shop_server
from tests.adapters.shops.conftest import woo as woo_server
from tests.adapters.shops.conftest import woo_connected as sold_by_woo
from tests.mailing import a_mail, connect, fetch

pytestmark = pytest.mark.django_db
connector, shop, woo, woo_connected = sold_by, shop_server, woo_server, sold_by_woo


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


@pytest.fixture
def servers():
    with MailServers({"support@hollinfell.example", "help@hollinfell.example"}) as running:
        yield running


def fields_for(servers, **changed):
    return {
        "address": "support@hollinfell.example", "name": "Support", "set-auth": "password", "set-username": DESK,
        "set-password": PASSWORD, "set-imap_host": "127.0.0.1", "set-imap_port": servers.imap_port,
        "set-imap_security": "none", "set-folder": "INBOX", "set-start": "all", "set-smtp_host": "127.0.0.1",
        "set-smtp_port": servers.smtp_port, "set-smtp_security": "none", **changed,
    }  # fmt: skip


def page_of(one):
    return reverse("connector", args=[one.pk])


def tried(one, what=Trial.What.CHECK):
    trial = trials.begin(one, what)
    trials.run(trial.pk)
    trial.refresh_from_db()
    return trial


def test_only_admins_come_here(client, ada, sam, root):
    for agent, status in ((ada, 404), (sam, 404), (root, 200)):
        client.force_login(agent)
        for name in ("connectors", "new_connector", "connector_events"):
            assert client.get(reverse(name)).status_code == status


def test_a_desk_without_connectors_is_led_to_the_first_one(admin):
    assert b"Nothing is connected yet" in admin.get(reverse("connectors")).content


def test_every_adapter_can_be_connected_or_says_why_not(admin):
    page = admin.get(reverse("new_connector")).content.decode()
    for name in ADAPTERS:
        about = wiring.about_of(name)
        assert isinstance(about, About) and f'value="{name}"' in page
        assert trials.can_check(name)
        assert all(each.kind == "choice" for each in about.fields if each.choices)
    assert 'value="shopify"' not in admin.get(reverse("new_connector"), {"q": "mailbox"}).content.decode()


def test_a_mailbox_is_added_step_by_step_and_tested_by_a_letter_that_comes_back(admin, servers, returns):
    answer = admin.post(reverse("new_connector"), {"adapter": "imap"}, follow=True)
    one = Connector.objects.get()
    assert one.is_draft and b"1. What to click at the provider" in answer.content
    answer = admin.post(page_of(one), fields_for(servers, team=returns.pk), follow=True)
    one.refresh_from_db()
    assert not one.is_draft and one.channel.address == "support@hollinfell.example" and one.channel.team == returns
    assert one.settings["imap_port"] == servers.imap_port and one.settings["smtp_auth"] is False
    assert PASSWORD.encode() not in bytes(one.sealed) and PASSWORD not in answer.content.decode()
    trial = Trial.objects.get()  # the first save begins it
    assert b'hx-trigger="every 700ms"' in answer.content
    trials.run(trial.pk)
    trial.refresh_from_db()
    assert trial.is_well, trial.steps
    said = [step["text"] for step in trial.steps]
    assert said[0] == "Reached the mail server 127.0.0.1" and said[3] == "Sent a letter to ourselves, and it came back"
    assert b"it came back" in admin.get(reverse("connector_trial", args=[one.pk])).content
    assert fetch(one) == 1  # the letter is known, and nobody's
    assert RawEvent.objects.get().state == "ignored" and not Message.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words", "is_broken"),
    [
        ({"set-password": "wrong"}, "did not accept the sign-in of desk", True),
        ({"set-folder": "Nowhere"}, "There is no folder “Nowhere”", False),
        ({"set-imap_host": "no-such-host.invalid"}, "There is no server named no-such-host.invalid", False),
        ({"address": "elsewhere@hollinfell.example"}, "did not come back", False),
    ],
)
def test_what_fails_is_said_with_the_way_to_mend_it(admin, servers, changed, words, is_broken):
    admin.post(reverse("new_connector"), {"adapter": "imap"})
    one = Connector.objects.get()
    admin.post(page_of(one), fields_for(servers, **changed))
    one.refresh_from_db()
    Connector.objects.update(settings={**one.settings, "back_seconds": 0})
    trials.run(Trial.objects.get().pk)
    trial = Trial.objects.get()
    assert words in trial.steps[-1]["text"] and not trial.is_well
    one.refresh_from_db()
    assert words in one.error and bool(one.broken_at) is is_broken
    page = admin.get(page_of(one)).content.decode()
    assert "Failing" in page and words in page


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_what_is_wrong(admin, servers):
    admin.post(reverse("new_connector"), {"adapter": "imap"})
    one = Connector.objects.get()
    typed = fields_for(servers, **{"set-imap_port": "99x", "set-password": "", "address": "no address"})
    answer = admin.post(page_of(one), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "It is a number." in page and "not an e-mail address" in page and 'value="99x"' in page
    one.refresh_from_db()
    assert one.is_draft and one.channel is None and not Channel.objects.exists()


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [("imap_port", "99x", "It is a number."), ("aliases", "a@b.example, nobody", "nobody"), ("imap_port", "993", "")],
)
def test_a_field_is_looked_at_while_one_types(admin, name, typed, words):
    one = Connector.objects.create(name="Mail", adapter="imap", is_draft=True)
    said = admin.post(reverse("connector_field", args=[one.pk, name]), {f"set-{name}": typed}).content.decode()
    assert words in said and ('class="bad"' in said) is bool(words)


def test_an_address_is_looked_at_while_one_types(admin, mail):
    connect(mail)
    one = Connector.objects.create(name="Mail", adapter="imap", is_draft=True)
    where = reverse("connector_field", args=[one.pk, "address"])
    for typed, words in (("nobody", "not an e-mail address"), (mail.address.upper(), "is connected already")):
        assert words in admin.post(where, {"address": typed}).content.decode()
    assert "bad" not in admin.post(where, {"address": "new@hollinfell.example"}).content.decode()


class Postmark(ProviderServer):
    """Knows one token; hands what is sent to the desk's own address back, as its inbound webhook does."""

    came_in = ""  # the name of the connector whose mail it is

    def answer(self, call):
        if call.headers.get("x-postmark-server-token") != "their token":
            return Reply({"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied."}, 401)
        if call.path.endswith("/server"):
            return Reply({"ID": 1, "Name": "Help"})
        self.sent = call.json
        return Reply({"To": "help@shop.example", "MessageID": "p-1", "ErrorCode": 0, "Message": "OK"})


def test_an_email_service_is_asked_about_its_key_and_sends_a_letter_to_itself(admin, client):
    with Postmark() as service:
        one = wiring.find("esp", "email", "help@shop.example")
        given = {"esp": "postmark", "server_token": "their token", "api_url": service.url}
        wiring.connect(one, given, address="help@shop.example")
        Connector.objects.update(settings={**one.settings, "back_seconds": 0})
        one.refresh_from_db()
        trial = tried(one)
        assert [step["text"] for step in trial.steps] == [
            "Postmark knows the key", "Postmark took a letter to ourselves", "It has not come back by the webhook yet",
        ]  # fmt: skip
        assert trial.is_well and "the webhook's address" in trial.steps[-1]["fix"]
        sent = service.sent[0] if isinstance(service.sent, list) else service.sent
        headers = "".join(f"{each['Name']}: {each['Value']}\r\n" for each in sent["Headers"])
        body = {
            "RawEmail": f"From: help@shop.example\r\nMessage-ID: <p-1@mtasv.net>\r\n{headers}\r\nTest",
            "Headers": [],
        }
        where = wiring.hook_address(one).partition("8000")[2]
        assert client.post(where, json.dumps(body), content_type="application/json").status_code == 200
        process(RawEvent.objects.get().pk)
        assert RawEvent.objects.get().state == "ignored" and not Message.objects.exists()
        one.secrets = {**one.secrets, "server_token": "another"}
        one.save()
        assert "does not know the desk's key" in tried(one).steps[-1]["text"]
        one.refresh_from_db()
        assert one.broken_at


def test_a_secret_is_kept_when_it_is_left_empty_and_shown_by_its_end_alone(admin, mail, servers):
    one = connect(mail, servers)
    one.secrets = {"password": "a password of some length 4f2"}
    one.save()
    page = admin.get(page_of(one)).content.decode()
    assert "Set, ends in …4f2; type to replace" in page and "some length" not in page
    assert admin.post(page_of(one), fields_for(servers, **{"set-password": ""})).status_code == 302
    one.refresh_from_db()
    assert one.secrets["password"] == "a password of some length 4f2"


def test_a_change_of_address_keeps_history_and_the_old_address(admin, mail, servers):
    one = connect(mail, servers)
    servers.put(a_mail())
    fetch(one)
    admin.post(page_of(one), fields_for(servers, address="help@hollinfell.example"))
    mail.refresh_from_db()
    one.refresh_from_db()
    assert mail.address == "help@hollinfell.example" and Message.objects.get().channel == mail
    assert one.settings["aliases"] == ["support@hollinfell.example"]


def test_an_address_that_is_taken_is_refused(admin, mail, servers):
    connect(mail, servers)
    admin.post(reverse("new_connector"), {"adapter": "imap"})
    one = Connector.objects.order_by("-pk")[0]
    answer = admin.post(page_of(one), fields_for(servers))
    assert answer.status_code == 422 and b"is connected already" in answer.content


def test_a_paused_mailbox_keeps_what_comes_and_works_it_off_in_order_when_it_resumes(admin, mail, servers, root):
    one = connect(mail, servers)
    admin.post(reverse("connector_pause", args=[one.pk]))
    for number in range(3):
        servers.put(a_mail(f"Letter {number}"))
    assert fetch(one) == 3
    for raw in RawEvent.objects.all():
        assert process(raw.pk).state == "kept"
    page = admin.get(page_of(one)).content.decode()
    assert "Paused by Rosa" in page and "3 waiting" in page
    admin.delete(reverse("connector_pause", args=[one.pk]))
    assert steering.work_off(one.pk) == 3
    assert [each.text for each in Message.objects.order_by("pk")] == ["Letter 0", "Letter 1", "Letter 2"]


def test_a_disconnected_one_keeps_all_frees_its_address_and_refuses_webhooks(admin, client, root, returns):
    one = wiring.find("esp", "email", "help@shop.example")
    wiring.connect(one, {"esp": "postmark", "server_token": "a token of theirs"}, address="help@shop.example")
    where = wiring.hook_address(one).partition("8000")[2]
    RawEvent.objects.create(connector=one, external_id="1", body=b"{}", state="done")
    assert client.post(where, b"{}", content_type="application/json").status_code == 200
    admin.delete(reverse("connector_connection", args=[one.pk]))
    one.refresh_from_db()
    assert not one.is_active and bytes(one.sealed) == b"" and one.raw_events.count() == 2
    assert client.post(where, b"{}", content_type="application/json").status_code == 400
    other = wiring.find("imap", "email", "help@shop.example")
    wiring.connect(
        other,
        {"password": "secret", "imap_host": "imap.shop.example", "smtp_host": "smtp.shop.example"},
        address="help@shop.example",
    )
    assert other.channel != one.channel and Channel.objects.filter(is_active=True).get() == other.channel
    assert b"Connect it again" in admin.get(page_of(one)).content


def test_webhooks_to_a_paused_one_are_kept(admin, client):
    one = wiring.find("esp", "email", "help@shop.example")
    wiring.connect(one, {"esp": "postmark", "server_token": "token"}, address="help@shop.example")
    admin.post(reverse("connector_pause", args=[one.pk]))
    answer = client.post(wiring.hook_address(one).partition("8000")[2], b"{}", content_type="application/json")
    assert answer.status_code == 200 and RawEvent.objects.get().state == "kept"


def test_a_broken_credential_is_told_once_on_every_admins_screen_and_by_mail_and_its_end_too(
    admin, mail, root, told, django_capture_on_commit_callbacks
):
    one = connect(mail)
    with django_capture_on_commit_callbacks(execute=True):
        for _again in range(3):
            health.broken(one, "Google no longer accepts the sign-in.")
    health.tell_admins()
    health.tell_admins()
    [letter] = outbox.outbox
    assert letter.to == [root.email] and "Google no longer accepts" in letter.body and page_of(one) in letter.body
    assert [frame for group, frame in told if group == f"desk.agent.{root.pk}"] == [{"type": "desk.trouble"}]
    assert b"is not connected any more" in admin.get("/me/").content
    with django_capture_on_commit_callbacks(execute=True):
        health.mended(one)
    assert b"is not connected any more" not in admin.get("/me/").content
    assert len(told) == 2
    health.broken(one, "Again.")
    health.tell_admins()
    assert len(outbox.outbox) == 2


def test_the_banner_is_for_admins(client, ada, mail):
    health.broken(connect(mail), "Refused.")
    client.force_login(ada)
    assert b"troubles" not in client.get("/me/").content


def test_a_key_that_expires_is_told_of_a_week_before(mail, root):
    one = connect(mail)
    Connector.objects.update(expires_at=timezone.now() + timedelta(days=8))
    health.tell_admins()
    assert not outbox.outbox
    Connector.objects.update(expires_at=timezone.now() + timedelta(days=6))
    health.tell_admins()
    health.tell_admins()
    assert len(outbox.outbox) == 1 and "expires" in outbox.outbox[0].subject and one.name in outbox.outbox[0].subject


def test_hours_are_counted_and_counted_again_alike(admin, mail, servers):
    one = connect(mail, servers)
    servers.put(a_mail())
    servers.put(a_mail(sender="no address"))
    fetch(one)
    for _again in range(2):
        health_samples.measure()
    sample = HealthSample.objects.get()
    assert (sample.came, sample.processed, sample.aside) == (2, 1, 1) and sample.lag >= 0
    page = admin.get(page_of(one)).content.decode()
    assert '<rect class="bar bad"' in page and "1 event is set aside." in page and "50% errors" in page


def test_a_time_is_found_among_the_keys(mail):
    one, start = connect(mail), timezone.now() - timedelta(days=1)
    for number in range(20):
        raw = RawEvent.objects.create(connector=one, external_id=str(number), body=b"")
        RawEvent.objects.filter(pk=raw.pk).update(received_at=start + timedelta(minutes=number))
    seventh = RawEvent.objects.get(external_id="7")
    at = start + timedelta(minutes=6, seconds=30)
    assert health_samples.first_since(RawEvent, "received_at", at) == seventh.pk
    assert health_samples.first_since(RawEvent, "received_at", timezone.now()) > raw.pk


def test_a_mailbox_is_compared_and_a_period_of_it_read(admin, mail, servers):
    one = connect(mail, servers, start="now")
    for number in range(3):
        servers.put(a_mail(f"Letter {number}"))
    servers.put(a_mail("Known", message_id="<known@home.example>"))
    assert fetch(one) == 0  # what was there before is not asked for
    trial = tried(one, Trial.What.RECONCILE)
    assert trial.steps[0]["text"] == "Mails: 4 there, 0 here." and "4 are missing" in trial.steps[0]["fix"]
    admin.post(reverse("connector_past", args=[one.pk]), {"since": timezone.now().date().isoformat()})
    backfill.run(Backfill.objects.get().pk)
    row = admin.get(reverse("connector_past", args=[one.pk])).content
    assert b'value="100"' in row and b"4 of 4" in row
    assert tried(one, Trial.What.RECONCILE).steps[0]["text"] == "Mails: 4 there, 4 here."
    backfill.start(one)
    backfill.run(Backfill.objects.order_by("-pk")[0].pk)
    assert RawEvent.objects.count() == 4


def test_a_shop_is_tested_and_says_what_it_found_or_what_is_wrong(admin, connector, shop):
    given_up = Reread.objects.create(
        connector=connector, kind="orders", external_id="1", asked_at=timezone.now(), due_at=None, tries=12
    )
    trial = tried(connector)
    assert trial.is_well and "Signed in to Hollin & Fell" in trial.steps[0]["text"]
    connector.refresh_from_db()
    assert (connector.error, connector.settings["locations"]) == ("", {"501": "Keswick", "502": "Kendal"})
    given_up.refresh_from_db()
    assert given_up.due_at
    connector.secrets = {**connector.secrets, "client_secret": "wrong"}
    connector.save()
    assert "copy both again" in tried(connector).steps[-1]["text"]
    assert "copy both again" in admin.get(page_of(connector)).content.decode()


def test_a_shops_orders_are_compared(connector, shop, woo, woo_connected):
    shop.place(owe=False)
    assert tried(connector, Trial.What.RECONCILE).steps[0]["text"] == "Orders: 1 there, 0 here."
    work_off_past(connector)
    assert tried(connector, Trial.What.RECONCILE).is_well
    woo.place()
    assert tried(woo_connected, Trial.What.RECONCILE).steps[0]["text"] == "Orders: 1 there, 0 here."
    work_off_past(woo_connected)
    assert tried(woo_connected, Trial.What.RECONCILE).is_well


def work_off_past(one):
    backfill.run(backfill.start(one).pk)
    steering.work_off(one.pk)


def test_the_past_of_a_shop_is_begun_here_and_asks_for_itself_until_it_is_done(admin, connector, shop):
    shop.place(owe=False)
    where = reverse("connector_past", args=[connector.pk])
    assert b'hx-trigger="every 2s"' in admin.post(where, HTTP_HX_REQUEST="true").content
    started = Backfill.objects.get()
    backfill.run(started.pk, seconds=0)
    row = admin.get(where).content
    assert b'<progress max="100" value="42"' in row and b"3 of 7" in row
    Backfill.objects.update(due_at=timezone.now())
    backfill.run(started.pk)
    row = admin.get(where).content
    assert b'value="100"' in row and b"every 2s" not in row


def test_many_connectors_cost_no_more_queries_than_one(admin, django_assert_max_num_queries, returns):
    for number in range(45):
        channel = Channel.objects.create(name=f"Box {number}", medium="email", address=f"{number}@a.example")
        Connector.objects.create(name=f"Box {number:02}", adapter="imap", channel=channel)
    with django_assert_max_num_queries(18):
        first = admin.get(reverse("connectors")).content.decode()
    assert "Box 39" in first and "Box 40" not in first
    after = first.split("after=")[1].split('"')[0]
    assert "Box 44" in admin.get(f"{reverse('connectors')}?after={after}").content.decode()
    assert "Box 12" in admin.get(reverse("connectors"), {"q": "12@a"}).content.decode()


@pytest.mark.parametrize("adapter", sorted(ADAPTERS))
def test_the_past_of_each_can_be_read_or_the_page_says_why_not(adapter):
    assert can_be_read(adapter) != bool(why_no_past(adapter))


def test_a_page_says_in_words_that_there_is_no_list_to_compare_with(admin, returns):
    channel = Channel.objects.create(name="Bot", medium="telegram", address="bot")
    one = Connector.objects.create(name="Bot", adapter="telegram", channel=channel)
    page = admin.get(page_of(one)).content.decode()
    assert "waits there for 24 hours" in page and "Compare a period" not in page
    channel = Channel.objects.create(name="Texts", medium="sms", address="+15552223333")
    one = Connector.objects.create(name="Texts", adapter="bandwidth", channel=channel)
    page = admin.get(page_of(one)).content.decode()
    assert "Bandwidth keeps who wrote when" in page and "Compare a period" in page
