"""An admin connects each brain by its guided form, tests it, and has a bot think with it."""

import pytest
from django.urls import reverse

from conversations.models import Bot
from integrations import trials
from integrations.models import Connector, Trial
from integrations.simulators.brains.direct_line import SECRET, DirectLineServer
from integrations.simulators.brains.openai import KEY, MODEL, ModelServer
from integrations.simulators.brains.rasa import TOKEN, RasaServer
from integrations.simulators.brains.webhook import OwnBotServer
from tests.conversations.bots.stage import asks, holder, with_bot

pytestmark = pytest.mark.django_db

EACH = {
    "rasa": (RasaServer, {"channel": "rest", "token": TOKEN, "reads_tracker": "on", "names": "order_number=order"}),
    "bot_webhook": (OwnBotServer, {}),
    "bot_framework": (DirectLineServer, {"secret": SECRET}),
    "openai": (ModelServer, {"api_key": KEY, "model": MODEL, "deeds": "status\nhours", "links": "https://shop.example/a",
                             "length_name": "max_completion_tokens"}),
}  # fmt: skip


@pytest.fixture
def admin(client, root):
    client.force_login(root)
    return client


def fields(url, **given):
    return {"name": "Brain", "set-brain_url": url, **{f"set-{name}": value for name, value in given.items()}}


def begun(admin, adapter):
    admin.post(reverse("new_connector"), {"adapter": adapter})
    return Connector.objects.get(adapter=adapter)


@pytest.mark.parametrize("adapter", list(EACH))
def test_a_brain_is_connected_tested_and_given_to_a_bot(admin, adapter):
    make, given = EACH[adapter]
    with make() as server:
        one = begun(admin, adapter)
        assert one.is_draft and b"Bots" in admin.get(reverse("connectors")).content
        server.secret = one.secrets.get("signing_secret") or getattr(server, "secret", "")
        page = admin.post(reverse("connector", args=[one.pk]), fields(server.url, **given), follow=True)
        assert page.status_code == 200, page.context["sheet"].wrong
        one.refresh_from_db()
        assert not one.is_draft and one.channel is None and not set(given) & {"token", "secret"} & set(one.settings)
        trial = Trial.objects.get(connector=one)
        trials.run(trial.pk)
        trial.refresh_from_db()
        assert trial.is_well and len(server.calls) > 0, trial.steps
    bot = {"name": "Moss", "is_active": "on", "brain": "connector", "connector": one.pk, "most_turns": 12}
    bot |= {"most_misunderstood": 2, "unsure_below": 50, "patience": 20}
    admin.post(reverse("new_bot"), bot)
    one.refresh_from_db()
    assert one.bot == Bot.objects.get(name="Moss") and one.bot.brain == "connector"
    admin.delete(reverse("bot", args=[one.bot.pk]))
    one.refresh_from_db()
    assert one.bot is None and one.is_active  # its keys are not the bot's to take along


def test_what_is_wrong_in_a_form_is_said_where_it_is(admin):
    one = begun(admin, "openai")
    wrong = {"api_key": KEY, "model": MODEL, "deeds": "status refund_all", "links": "not a host!", "most_a_day": "much"}
    page = admin.post(reverse("connector", args=[one.pk]), fields("ftp://x", **wrong, length_name="max_tokens"))
    shown = page.content.decode()
    assert page.status_code == 422 and KEY not in shown
    for words in ("begins with https://", "It is one of status", "name of a host", "It is a number."):
        assert words in shown
    one = begun(admin, "rasa")
    page = admin.post(reverse("connector", args=[one.pk]), fields("http://127.0.0.1:9", channel="rest", names="a=b"))
    assert page.status_code == 422 and "name=detail" in page.content.decode()


def test_a_key_does_not_follow_to_another_address(admin):
    with ModelServer() as server:
        one = begun(admin, "openai")
        given = {"model": MODEL, "length_name": "max_completion_tokens"}
        admin.post(reverse("connector", args=[one.pk]), fields(server.url, api_key=KEY, **given))
        page = admin.post(reverse("connector", args=[one.pk]), fields("http://127.0.0.1:9/v1", **given))
        assert page.status_code == 422 and "another address" in page.content.decode()
        one.refresh_from_db()
        assert one.settings["brain_url"] == server.url


def test_a_refused_key_is_a_banner_and_rules_stop_choosing_the_bot(admin, chat, shop):
    with ModelServer() as server:
        one = begun(admin, "openai")
        given = {"api_key": "sk-wrong-wrong-wrong", "model": MODEL, "length_name": "max_completion_tokens"}
        admin.post(reverse("connector", args=[one.pk]), fields(server.url, is_on="on", **given))
        trials.run(Trial.objects.get(connector=one).pk)
    one.refresh_from_db()
    assert one.broken_at and "does not accept the key" in one.error
    assert (
        b"not connected" in admin.get(reverse("troubles")).content
        or "key" in admin.get(reverse("troubles")).content.decode()
    )
    Connector.objects.filter(pk=one.pk).update(bot=with_bot(chat, brain="connector"))
    conversation = asks(chat, "Where is my parcel?")
    assert conversation.status == "open" and holder(conversation) == "people"
