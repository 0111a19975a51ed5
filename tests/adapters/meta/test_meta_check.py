"""Test connection: each step really calls Meta, sets what can be set, and says what is wrong and how to mend it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from conversations.models import MessageTemplate
from integrations.adapters import adapter_named
from integrations.adapters.base import CredentialError, NotGenuineError
from integrations.adapters.media.heard import address_of
from integrations.offered import sync_each
from integrations.renewing import renew_each
from integrations.simulators.meta_graph import ACCOUNT, APP_ID, INSTAGRAM, PAGE, TOKEN
from integrations.trials import begin, run
from tests.adapters.meta.talking import connected

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]


def check(connector):
    """Its steps; a refused key is raised behind the last."""
    steps = []
    try:
        steps.extend(adapter_named(connector.adapter).check(connector))
    except CredentialError as error:
        assert not steps[-1].is_well and str(error) in str(steps[-1].text)
    return steps


def asks_the_desk(graph, connector):
    """Meta tries an address before it believes it; from a thread of its own, which the test's rows do not reach."""

    def ask(url, asked):
        assert url.startswith(address_of(connector))
        try:
            return (
                adapter_named(connector.adapter).challenge(connector, RequestFactory().get("/", asked)).content.decode()
            )
        except NotGenuineError:
            return ""

    graph.challenge = ask


def test_whatsapps_number_is_found_and_led_to_the_desk(whatsapp, graph):
    asks_the_desk(graph, whatsapp)
    steps = check(whatsapp)
    assert [step.is_well for step in steps] == [True] * len(steps)
    assert graph.override == address_of(whatsapp) and ACCOUNT in graph.subscribed
    assert whatsapp.settings["app_id"] == APP_ID and whatsapp.settings["verified_name"] == "Hollin & Fell"
    assert "2 of 3 templates" in str(steps[-1].text) and whatsapp.expires_at is None
    told = " ".join(str(step.text) for step in check(whatsapp))
    assert "Meta calls the desk for this number." in told


def test_a_desk_that_does_not_answer_is_told_so(whatsapp, graph):
    graph.challenge = lambda url, asked: ""
    steps = check(whatsapp)
    assert not steps[-1].is_well and "reached from outside" in str(steps[-1].fix) and not graph.override


def test_missing_permissions_are_named(whatsapp, graph):
    graph.scopes = ["whatsapp_business_messaging"]
    last = check(whatsapp)[-1]
    assert not last.is_well and "whatsapp_business_management" in str(last.text)


def test_when_the_token_ends_is_noted(whatsapp, graph):
    ends = datetime(2031, 5, 4, tzinfo=UTC)
    graph.expires_at = int(ends.timestamp())
    steps = check(whatsapp)
    assert whatsapp.expires_at == ends and all(step.is_well for step in steps)
    assert "2031" in " ".join(str(step.text) for step in steps)


def test_a_good_test_of_the_connection_reads_the_templates_and_a_refused_key_stops_it(whatsapp, graph):
    trial = begin(whatsapp)
    run(trial.pk)
    whatsapp.refresh_from_db()
    assert whatsapp.settings["verified_name"] == "Hollin & Fell" and not whatsapp.error
    sync_each(only=whatsapp.pk)
    assert MessageTemplate.objects.count() == 3
    graph.revoked = True
    run(begin(whatsapp).pk)
    whatsapp.refresh_from_db()
    assert whatsapp.broken_at and "access token" in whatsapp.error


def test_a_revoked_token_and_an_outage_are_told_apart(whatsapp, graph):
    graph.revoked = True
    assert "access token" in str(check(whatsapp)[-1].text)
    graph.revoked, graph.outage = False, True
    assert "out of order" in str(check(whatsapp)[-1].text) or "problem of its own" in str(check(whatsapp)[-1].text)


def test_the_page_is_found_and_its_app_led_to_the_desk(messenger, graph):
    asks_the_desk(graph, messenger)
    steps = check(messenger)
    assert [str(step.text) for step in steps if not step.is_well] == []
    assert graph.subscriptions["page"]["callback_url"] == address_of(messenger)
    assert "message_echoes" in graph.subscribed[PAGE] and messenger.settings["page_name"] == "Hollin & Fell"


def test_a_second_page_of_the_app_leaves_its_address_as_it_is(messenger, graph):
    check(messenger)
    other = connected("messenger", graph, address="two")
    assert all(step.is_well for step in check(other))
    assert graph.subscriptions["page"]["callback_url"] == address_of(messenger)
    graph.subscriptions["page"]["callback_url"] = "https://elsewhere.example/hook"
    last = check(other)[-1]
    assert not last.is_well and "elsewhere.example" in str(last.text)


def test_a_token_of_another_page_is_said(messenger, graph):
    messenger.settings = {**messenger.settings, "page_id": "22222222222"}
    last = check(messenger)[-1]
    assert not last.is_well and "Hollin & Fell" in str(last.text)


@pytest.mark.parametrize("login", ["instagram", "page"])
def test_the_account_is_found_by_either_login(graph, db, login):
    connector = connected("instagram", graph, login=login, page_id=PAGE, account_id="")
    steps = check(connector)
    assert [str(step.text) for step in steps if not step.is_well] == []
    assert (connector.settings["account_id"], connector.settings["username"]) == (INSTAGRAM, "hollinfell")
    assert connector.expires_at if login == "instagram" else connector.expires_at is None


def test_another_account_than_the_tokens_is_said(graph, db):
    connector = connected("instagram", graph, account_id="17841400000000000")
    last = check(connector)[-1]
    assert not last.is_well and "@hollinfell" in str(last.text)


def test_instagrams_token_is_renewed_before_it_ends(instagram, graph):
    instagram.expires_at = timezone.now() + timedelta(days=10)
    instagram.save()
    renew_each()
    instagram.refresh_from_db()
    assert instagram.secrets["access_token"] == f"{TOKEN}+" == graph.token
    assert instagram.expires_at > timezone.now() + timedelta(days=50)
    renew_each()
    assert graph.token == f"{TOKEN}+"


def test_a_desk_without_a_certificate_is_not_offered_to_meta(whatsapp, graph, settings):
    settings.LOCAL, settings.SITE_URL = False, "http://desk.example"
    from integrations.adapters.media.meta import checking

    with pytest.raises(checking.StopError, match="https"):
        checking.reaches_us("http://desk.example/hooks/1/x/")
