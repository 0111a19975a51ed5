"""The commands with which an admin connects an e-mail service and a shop's chat."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from conversations.models import Channel
from integrations.models import Connector

pytestmark = pytest.mark.django_db


def said_by(command, *arguments, **options):
    out = StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def test_an_email_service_is_told_where_to_call_and_keeps_that_address(client, returns):
    said = said_by("connect_service", "postmark", "Help@shop.example", server_token="t0ken", team="returns")
    connector = Connector.objects.get()
    assert connector.channel.address == "help@shop.example"
    assert connector.channel.team == returns
    assert connector.secrets["server_token"] == "t0ken"
    path = said.split("incoming mail")[1].split()[0].partition("8000")[2]
    assert client.post(path, b"{}", content_type="application/json").status_code != 404
    again = said_by("connect_service", "postmark", "help@shop.example", server_token="new")
    assert path in again
    assert Connector.objects.get().secrets["server_token"] == "new"


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("mailgun", "help@shop.example"), {"api_key": "k"}, "webhook signing key"),
        (("postmark", "help"), {"server_token": "t"}, "not an e-mail address"),
        (("postmark", "help@shop.example"), {"server_token": "t", "team": "Nobody"}, "no team named"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_kept(arguments, options, words):
    with pytest.raises(CommandError, match=words):
        said_by("connect_service", *arguments, **options)
    assert not Connector.objects.exists()
    assert not Channel.objects.exists()


def test_a_shop_gets_its_script_tag_and_its_secret(client, mail):
    said = said_by("connect_chat", "my-shop", origin=["https://shop.example"], fallback=mail.address)
    connector = Connector.objects.get()
    assert 'data-channel="my-shop"' in said
    assert connector.secrets["identity"] in said
    assert connector.channel.fallback == mail
    headers = {"origin": "https://shop.example"}
    opened = client.post("/chat/my-shop/session", "{}", content_type="application/json", headers=headers)
    assert opened.status_code == 200
    said_by("connect_chat", "my-shop", "--origin", "https://shop.example", "--origin", "https://www.shop.example")
    assert Connector.objects.get().settings["origins"] == ["https://shop.example", "https://www.shop.example"]
    assert Connector.objects.get().secrets["identity"] in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"origin": ["shop.example"]}, "no origin"),
        ({"origin": ["https://shop.example"], "team": "Nobody"}, "no team named"),
        ({"origin": ["https://shop.example"], "fallback": "x@y.example"}, "No mailbox"),
    ],
)
def test_a_shop_that_cannot_be_connected_is_told_why(options, words):
    with pytest.raises(CommandError, match=words):
        said_by("connect_chat", "my-shop", **options)
    assert not Connector.objects.exists()
