"""What goes out by a Telegram bot: text, files, buttons and reactions; what Telegram refuses, in the agent's words."""

import pytest

from conversations.envelopes import OutboundReaction
from conversations.models import Delivery, Message
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError, AwayError, CredentialError, UncertainError
from integrations.adapters.media.telegram.rich import length, pieces, rich
from integrations.models import Connector
from tests.adapters.social.messengers import JPEG, PNG, a_file, answer, hear, send

pytestmark = [pytest.mark.django_db, pytest.mark.urls("integrations.urls")]

ANN = 5171248


@pytest.fixture
def ann(telegram):
    telegram.person(ANN)
    return ANN


def test_text_goes_out_formatted_and_escaped(bot, telegram, ann):
    html = "<p>3 &lt; 4 &amp; <strong>bold</strong>, <a href='https://a.example/?b=1&amp;c=2'>here</a></p><script>x</script>"
    report = send(bot, ann, "3 < 4 & bold, here", html=html)
    said = telegram.said[0]
    assert (report.status, report.external_id) == ("sent", f"{ANN}:{said['message_id']}")
    assert said["parse_mode"] == "HTML"
    assert said["text"].startswith('3 &lt; 4 &amp; <b>bold</b>, <a href="https://a.example/?b=1&amp;c=2">here</a>')
    assert "<script>" not in said["text"]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>unclosed", "<b>unclosed</b>"),
        ("<b><i>crossed</b></i>", "<b><i>crossed</i></b>"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<a href='javascript:x()'>no</a>", "no"),
        ("a<br>b", "a\nb"),
        ("<img src=x onerror=1>", ""),
    ],
)
def test_html_becomes_what_telegram_reads(html, expected):
    assert rich(html) == expected


def test_long_text_is_cut_where_words_end_and_counted_as_telegram_does():
    text = "🥾 walking boots " * 700
    parts = pieces(text)
    assert all(length(part) <= 4096 for part in parts)
    assert " ".join(parts).split() == text.split()


def test_buttons_stand_below_the_last_piece(bot, telegram, ann):
    send(bot, ann, "word " * 1500, buttons=("Yes", "No, " + "ü" * 40))
    assert [("reply_markup" in said) for said in telegram.said] == [False, True]
    rows = telegram.said[-1]["reply_markup"]["inline_keyboard"]
    assert [row[0]["text"] for row in rows] == ["Yes", "No, " + "ü" * 40]
    assert all(1 <= len(row[0]["callback_data"].encode()) <= 64 for row in rows)


def test_answer_to_one_message_names_it(bot, telegram, ann):
    send(bot, ann, "Yes", answers=f"{ANN}:7")
    assert telegram.said[0]["reply_parameters"] == {"message_id": 7, "allow_sending_without_reply": True}


@pytest.mark.parametrize(
    ("name", "content_type", "body", "kind"),
    [
        ("a.png", "image/png", PNG, "photo"),
        ("a.jpg", "image/jpeg", JPEG, "photo"),
        ("a.pdf", "application/pdf", b"%PDF", "document"),
        ("a.mp4", "video/mp4", b"0000", "video"),
        ("a.mp3", "audio/mpeg", b"0000", "audio"),
        ("a.ogg", "audio/ogg", b"0000", "voice"),
        ("a.gif", "image/gif", b"GIF89a", "animation"),
    ],
)
def test_each_file_goes_its_own_way(bot, telegram, ann, name, content_type, body, kind):
    file = a_file(name, content_type, body)
    send(bot, ann, "Look", attachment_ids=(file.pk,))
    (said,) = telegram.said
    assert kind in said and said["caption"] == "Look"
    assert body in [kept for _, kept in telegram.files.values()]


def test_several_pictures_are_an_album_and_other_files_follow(bot, telegram, ann):
    files = [a_file(f"{n}.png") for n in range(3)] + [a_file("a.pdf", "application/pdf", b"%PDF")]
    report = send(bot, ann, "All of them", attachment_ids=tuple(file.pk for file in files))
    groups = {said.get("media_group_id") for said in telegram.said}
    assert len(telegram.said) == 4 and len(groups) == 2
    assert telegram.said[0]["caption"] == "All of them"
    assert report.external_id == f"{ANN}:{telegram.said[0]['message_id']}"


def test_eleven_pictures_are_two_sendings(bot, telegram, ann):
    send(bot, ann, "", attachment_ids=tuple(a_file(f"{n}.png").pk for n in range(11)))
    assert len(telegram.said) == 11
    assert len([call for call in telegram.calls if call.path.endswith("/sendMediaGroup")]) == 1


def test_text_too_long_for_a_caption_goes_ahead(bot, telegram, ann):
    send(bot, ann, "x" * 1100, attachment_ids=(a_file().pk,))
    assert [("text" in said, "photo" in said) for said in telegram.said] == [(True, False), (False, True)]


def refused(connector, to, text="Hello", **changed):
    with pytest.raises(AdapterError) as caught:
        send(connector, to, text, **changed)
    return caught.value


def test_who_blocked_the_bot_is_not_reached_for_good(bot, telegram, ann):
    telegram.blocked.add(ANN)
    error = refused(bot, ANN)
    assert error.permanent and "blocked the bot" in str(error)


def test_who_never_wrote_is_not_reached(bot, telegram):
    error = refused(bot, 1)
    assert error.permanent and "must write to the bot first" in str(error)


def test_revoked_token_is_a_credential_error(bot, telegram, ann):
    telegram.revoked = True
    error = refused(bot, ANN)
    assert isinstance(error, CredentialError)


def test_token_is_never_in_what_is_written_down(bot, telegram, ann):
    Connector.objects.filter(pk=bot.pk).update(settings={**bot.settings, "api_url": "http://127.0.0.1:9"})
    bot.refresh_from_db()
    error = refused(bot, ANN)
    assert isinstance(error, AwayError)
    assert bot.secrets["token"] not in error.said


def test_flood_control_says_how_long_to_wait(bot, telegram, ann):
    telegram.flood, telegram.retry_after = 1, "17"
    error = refused(bot, ANN)
    assert (error.permanent, error.wait) == (False, 17.0)


def test_outage_is_tried_again_and_silence_is_not(bot, telegram, ann):
    telegram.outage = True
    assert isinstance(refused(bot, ANN), AwayError)
    telegram.outage, telegram.breaks = False, 1
    assert isinstance(refused(bot, ANN), UncertainError)


def test_what_went_out_in_part_is_never_sent_again(bot, telegram, ann):
    files = (a_file().pk, a_file("a.pdf", "application/pdf", b"%PDF").pk)
    telegram.at(f"/bot{bot.secrets['token']}/sendDocument").outage = True
    error = refused(bot, ANN, "Both", attachment_ids=files)
    assert isinstance(error, UncertainError)
    assert error.external_id == f"{ANN}:{telegram.said[0]['message_id']}"


def test_nothing_is_public_by_accident(bot, telegram, ann):
    error = refused(bot, ANN, is_public=True)
    assert error.permanent and not telegram.said
    send(bot, ANN, "In the group", is_public=True, answers="-100200300:5")
    assert telegram.said[0]["chat"]["id"] == -100200300
    send(bot, ANN, "For her alone", answers="-100200300:5")
    assert telegram.said[1]["chat"]["id"] == ANN


def test_reaction_is_put_on_and_taken_off(bot, telegram, ann):
    adapter = adapter_named("telegram")
    adapter.react(bot, OutboundReaction(bot.channel_id, f"{ANN}:5", str(ANN), "👍", is_ours=False))
    assert telegram.reactions[str(ANN), 5] == [{"type": "emoji", "emoji": "👍"}]
    adapter.react(bot, OutboundReaction(bot.channel_id, f"{ANN}:5", str(ANN), "", is_ours=False))
    assert telegram.reactions[str(ANN), 5] == []


def test_agent_answers_and_the_customer_has_it(bot, telegram, ada):
    telegram.write(ANN, "Which size?")
    hear(bot, telegram)
    delivery = answer(Message.objects.get(), "<p>Size <b>9</b></p>", ada)
    assert (delivery.status, telegram.said[0]["text"]) == (Delivery.Status.SENT, "Size <b>9</b>")
    telegram.write(ANN, "Thanks", reply_to_message=telegram.said[0])
    hear(bot, telegram)
    assert Message.objects.get(text="Thanks").answers == delivery.message


def checked(connector):
    return list(adapter_named("telegram").check(connector))


def test_check_sets_the_webhook_and_says_whose_the_token_is(bot, telegram):
    telegram.webhook = {}
    steps = checked(bot)
    assert all(step.is_well for step in steps)
    assert "@hollinfell_bot" in str(steps[0].text)
    assert telegram.webhook["secret_token"] == "only-Telegram-knows"
    assert telegram.webhook["url"].endswith(f"/hooks/{bot.pk}/the-last-word-of-the-address/")
    assert "message_reaction" in telegram.webhook["allowed_updates"]


def test_check_makes_room_for_polling(bot, telegram):
    bot.settings["way"] = "polling"
    assert all(step.is_well for step in checked(bot))
    assert not telegram.webhook.get("url")


def test_check_says_what_telegram_could_not_do(bot, telegram):
    telegram.last_error = "Wrong response from the webhook: 502 Bad Gateway"
    telegram.write(ANN, "Waiting")
    assert "502 Bad Gateway" in str(checked(bot)[-1].text)
    assert not checked(bot)[-1].is_well


def test_check_of_a_revoked_token_tells_the_admins(bot, telegram):
    telegram.revoked = True
    with pytest.raises(CredentialError, match="BotFather"):
        checked(bot)
