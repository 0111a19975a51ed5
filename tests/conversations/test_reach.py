"""Which way to the customer is proposed, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from conversations.models import Channel
from conversations.outbound.reach import LastWord, ordered
from customers.models import Identity

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAIL = Channel(pk=1, medium="email", name="Support", team_id=7)
OTHER_MAIL = Channel(pk=2, medium="email", name="Billing", team_id=8)
CHAT = Channel(pk=3, medium="chat", name="Chat", team_id=7, fallback_id=1)
WHATSAPP = Channel(pk=4, medium="whatsapp", name="WhatsApp", team_id=7)
SMS = Channel(pk=5, medium="sms", name="SMS", team_id=7)
ANN = Identity(pk=11, kind="email", value="ann@home.example", is_verified=True)
TYPED = Identity(pk=12, kind="email", value="unverified:ann@work.example", is_verified=False)
BROWSER = Identity(pk=13, kind="visitor", value="v1", is_verified=True)
PHONE = Identity(pk=14, kind="whatsapp", value="+4712345678", is_verified=True)
EVERY = [MAIL, OTHER_MAIL, CHAT, WHATSAPP, SMS]


def said(channel, identity, hours):
    return LastWord(channel.pk, identity.pk, NOW - timedelta(hours=hours))


def ways(identities, *words, here=(), channels=EVERY):
    return ordered(identities, channels, words, team_id=7, here=here, now=NOW)


def names(choices):
    return [(choice.channel.medium, choice.identity.pk) for choice in choices if choice.can_be_used]


def test_where_they_wrote_last_comes_first_and_says_so():
    found = ways([ANN, PHONE], said(WHATSAPP, PHONE, 1), said(MAIL, ANN, 5))
    assert names(found) == [("whatsapp", 14), ("email", 11)]
    found = ways([ANN, PHONE], said(MAIL, ANN, 1), said(WHATSAPP, PHONE, 5))
    assert names(found) == [("email", 11), ("whatsapp", 14)]
    assert found[0].reason == "wrote here last"


def test_chat_leads_while_they_are_here():
    found = ways([ANN, BROWSER], said(CHAT, BROWSER, 1), here={13})
    assert found[0].channel == CHAT and found[0].is_here and found[0].reason == "here now"


def test_a_chat_they_have_left_gives_way_to_mail():
    found = ways([ANN, BROWSER], said(CHAT, BROWSER, 1))
    assert names(found) == [("email", 11), ("chat", 13)]
    assert "mail" in found[1].reason


def test_a_chat_they_have_left_is_still_a_way_when_it_is_the_only_one():
    assert names(ways([BROWSER], said(CHAT, BROWSER, 1))) == [("chat", 13)]


def test_a_browser_that_never_chatted_is_no_way():
    assert ways([BROWSER]) == []


def test_proven_addresses_come_before_typed_ones_which_carry_a_warning():
    found = ways([TYPED, ANN])
    assert [choice.identity for choice in found] == [ANN, TYPED]
    assert not found[0].warning and "Not verified" in found[1].warning


@pytest.mark.parametrize(("hours", "is_open"), [(1, True), (23.5, True), (24, False), (100, False)])
def test_whatsapp_can_be_answered_for_a_day_and_then_by_a_template(hours, is_open):
    [choice] = ways([PHONE], said(WHATSAPP, PHONE, hours))
    assert choice.can_be_used and choice.needs_template is not is_open and choice.is_urgent is (hours == 23.5)


def test_whatsapp_without_a_word_from_them_wants_a_template_and_comes_after_mail():
    assert ways([PHONE])[0].needs_template
    assert names(ways([PHONE, ANN], said(WHATSAPP, PHONE, 25))) == [("email", 11), ("whatsapp", 14)]


@pytest.mark.parametrize(("hours", "says"), [(1, "6 days left"), (30, "5 days left, no advertising"), (170, "")])
def test_messenger_can_be_answered_by_a_person_for_a_week(hours, says):
    page = Channel(pk=6, medium="messenger", name="Page")
    ann = Identity(pk=15, kind="messenger", value="9", is_verified=True)
    [choice] = ways([ann], said(page, ann, hours), channels=[page])
    assert choice.reason == says and choice.can_be_used is bool(says)


def test_only_what_was_said_in_public_can_be_answered_in_public():
    mastodon = Channel(pk=7, medium="mastodon", name="Mastodon")
    ann = Identity(pk=16, kind="mastodon", value="ann@social.example", is_verified=True)
    for is_public in (True, False):
        word = LastWord(7, 16, NOW, is_public)
        assert ways([ann], word, channels=[mastodon])[0].can_go_public is is_public
    assert not ways([ANN], LastWord(1, 11, NOW, True))[0].can_go_public


def test_the_teams_own_address_answers_unless_they_wrote_to_another():
    assert ways([ANN])[0].channel == MAIL
    assert ways([ANN], said(OTHER_MAIL, ANN, 1))[0].channel == OTHER_MAIL


def test_a_medium_without_a_channel_is_no_way():
    assert ways([PHONE], channels=[MAIL, CHAT]) == []


@pytest.mark.django_db
def test_the_widgets_own_word_makes_chat_lead(chat, mail):
    from django.core.cache import cache

    from conversations.inbound.receive import receive
    from conversations.outbound.reach import reach
    from customers.identify import Handle
    from tests.conftest import from_ann

    handles = (Handle("visitor", "v-reach"), Handle("email", "ann@home.example"))
    conversation = receive(from_ann(chat, handles=handles)).conversation
    assert reach(conversation, now=NOW)[0].channel == mail
    cache.set("chat:here:v-reach", 1, 60)
    try:
        assert reach(conversation, now=NOW)[0].channel == chat
    finally:
        cache.delete("chat:here:v-reach")
