"""Public packages of others, unchanged, for messengers: python-telegram-bot, and LINE's own SDK."""

import asyncio
import json
import uuid
from datetime import UTC, datetime

import pytest
import telegram as ptb
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
    SetWebhookEndpointRequest,
    TextMessage,
)
from linebot.v3.webhook import SignatureValidator, WebhookParser
from linebot.v3.webhooks import models as line_models
from telegram.request import HTTPXRequest

from conversations.models import Medium, Message
from integrations.adapters.media.line.adapter import HEADER as LINE_HEADER
from integrations.adapters.media.line.adapter import sign
from integrations.adapters.media.telegram.hearing import HEADER as TELEGRAM_HEADER
from integrations.simulators import line as line_simulator
from integrations.simulators import telegram as telegram_simulator
from integrations.simulators.line import LineServer
from integrations.simulators.server import Webhook
from integrations.simulators.telegram import TelegramServer
from tests.adapters.social.messengers import JPEG, PNG, connect, post, send, states, work_off

ANN, ANN_AT_LINE = 23, "U4af4980629b6d7b1b1c5a0c6d8e1f203"
MOST = 60  # seconds


@pytest.fixture
def telegram():
    with TelegramServer() as running:
        running.person(ANN)
        yield running


def as_bot(server, act, *, token=telegram_simulator.TOKEN):
    """What `act(bot)` gives."""

    async def run():
        urls = {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}
        patient = {"connect_timeout": MOST, "read_timeout": MOST, "write_timeout": MOST, "pool_timeout": MOST}
        asking = {name: HTTPXRequest(**patient) for name in ("request", "get_updates_request")}
        async with ptb.Bot(token, **urls, **asking) as bot:
            return await act(bot)

    return asyncio.run(asyncio.wait_for(run(), MOST))


# Telegram: the client at our simulator


def test_the_bot_sends_and_what_it_sends_is_there(telegram):
    async def act(bot):
        keys = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Yes", callback_data="y")]])
        plain = await bot.send_message(ANN, "[Größe] 43? 👟", reply_markup=keys)
        rich = await bot.send_message(ANN, "<b>Bold</b>", parse_mode="HTML")
        photo = await bot.send_photo(ANN, PNG, caption="{Schön} é")
        file = await bot.send_document(ANN, b"%PDF-1", filename="bill.pdf")
        films = [await bot.send_video(ANN, b"1234"), await bot.send_voice(ANN, b"12"), await bot.send_audio(ANN, b"1")]
        album = await bot.send_media_group(ANN, [ptb.InputMediaPhoto(PNG, caption="One"), ptb.InputMediaPhoto(JPEG)])
        return bot.username, plain, rich, photo, file, films, album

    name, plain, rich, photo, file, films, album = as_bot(telegram, act)
    assert name == "hollinfell_bot"
    assert (plain.text, plain.chat.id, plain.from_user.is_bot) == ("[Größe] 43? 👟", ANN, True)
    assert plain.reply_markup.inline_keyboard[0][0].callback_data == "y" and rich.message_id > plain.message_id
    assert photo.caption == "{Schön} é" and photo.photo[-1].width > photo.photo[0].width
    assert file.document.file_name == "bill.pdf"
    assert [bool(each) for each in (films[0].video, films[1].voice, films[2].audio)] == [True] * 3
    assert [each.caption for each in album] == ["One", None] and album[0].media_group_id == album[1].media_group_id
    assert telegram.said[0]["text"] == "[Größe] 43? 👟"


def test_the_bot_gets_updates_and_forgets_what_it_had(telegram):
    telegram.write(ANN, "Hello")
    telegram.write(ANN, "Are you there?")

    async def act(bot):
        found = await bot.get_updates(timeout=0, allowed_updates=["message"])
        rest = await bot.get_updates(offset=found[0].update_id + 1, timeout=0)
        return found, rest, await bot.get_updates(offset=rest[-1].update_id + 1, timeout=0)

    found, rest, none = as_bot(telegram, act)
    assert [each.message.text for each in found] == ["Hello", "Are you there?"]
    assert [each.message.text for each in rest] == ["Are you there?"] and not none
    assert found[0].effective_user.id == ANN and found[0].effective_chat.type == "private"


def test_the_bot_sets_its_webhook_and_takes_it_back(telegram):
    async def act(bot):
        await bot.set_webhook("https://desk.example/hooks/1/", secret_token="s", allowed_updates=["message"])
        told = await bot.get_webhook_info()
        with pytest.raises(ptb.error.Conflict):
            await bot.get_updates(timeout=0)
        await asyncio.to_thread(telegram.write, ANN, "Hello")
        await bot.delete_webhook()
        return told, await bot.get_webhook_info()

    before, after = as_bot(telegram, act)
    assert (before.url, before.allowed_updates) == ("https://desk.example/hooks/1/", ("message",))
    assert after.url == "" and [each.headers[TELEGRAM_HEADER] for each in telegram.owed] == ["s"]


def test_a_webhook_that_names_no_kinds_is_told_all_but_the_seldom_ones(telegram):
    as_bot(telegram, lambda bot: bot.set_webhook("https://desk.example/hooks/1/"))
    message = telegram.write(ANN, "Hello")
    telegram.react(ANN, message, "👍")
    telegram.block(ANN)
    assert [each.topic for each in telegram.owed] == ["message", "my_chat_member"]


def test_the_bot_fetches_a_file_reacts_and_answers_a_button(telegram):
    telegram.share(ANN, "document", b"%PDF-1", name="bill.pdf")
    shared = telegram.share(ANN, "photo", JPEG)

    async def act(bot):
        first, second = await bot.get_updates(timeout=0)
        file = await first.message.document.get_file()
        await second.message.set_reaction("👍")
        asked = await bot.send_message(
            ANN, "Well?", reply_markup=ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Yes", callback_data="y")]])
        )
        await asyncio.to_thread(telegram.press, ANN, telegram.said[-1], "Yes")
        (pressed,) = await bot.get_updates(offset=second.update_id + 1, timeout=0)
        await pressed.callback_query.answer()
        return bytes(await file.download_as_bytearray()), asked, pressed.callback_query

    body, asked, query = as_bot(telegram, act)
    assert body == b"%PDF-1" and telegram.answered == [query.id]
    assert (query.data, query.message.message_id) == ("y", asked.message_id)
    assert telegram.reactions[str(ANN), shared["message_id"]][0]["emoji"] == "👍"


def test_the_bot_is_told_why_it_is_refused(telegram):
    async def act(bot):
        with pytest.raises(ptb.error.BadRequest, match="(?i)chat not found"):
            await bot.send_message(4711, "Hello")
        with pytest.raises(ptb.error.BadRequest, match="(?i)message is too long"):
            await bot.send_message(ANN, "x" * 4097)
        with pytest.raises(ptb.error.BadRequest, match="(?i)can't parse entities"):
            await bot.send_message(ANN, "<b>open", parse_mode="HTML")
        telegram.blocked.add(ANN)
        with pytest.raises(ptb.error.Forbidden, match="blocked by the user"):
            await bot.send_message(ANN, "Hello")
        telegram.flood = 1
        with pytest.raises(ptb.error.RetryAfter) as later:
            await bot.send_message(ANN, "Hello")
        return later.value

    assert int(as_bot(telegram, act)._retry_after.total_seconds()) == 3
    with pytest.raises(ptb.error.InvalidToken):
        as_bot(telegram, lambda bot: bot.get_me(), token="110201543:a-guess")


def test_every_update_of_the_simulator_is_one_to_the_package(telegram):
    message = telegram.write(ANN, "Hello")
    for kind in ("video", "audio", "voice", "animation", "document", "sticker", "video_note"):
        telegram.share(ANN, kind, b"0000")
    telegram.album(ANN, PNG, JPEG, caption="Two")
    telegram.edit(message, "Hello!")
    telegram.react(ANN, message, "👍", "👎")
    telegram.block(ANN)
    telegram.block(ANN, again=True)
    found = [ptb.Update.de_json(json.loads(json.dumps(each)), None) for each in telegram.updates]
    assert not [each.api_kwargs for each in found if each.api_kwargs]
    messages = [each.message for each in found if each.message]
    assert not [each.api_kwargs for each in messages if each.api_kwargs]
    assert [ptb.helpers.effective_message_type(each) for each in messages] == [
        "text", "video", "audio", "voice", "animation", "document", "sticker", "video_note", "photo", "photo",
    ]  # fmt: skip
    edited, reacted, blocked, back = found[-4:]
    assert edited.edited_message.text == "Hello!" and edited.edited_message.edit_date
    assert reacted.message_reaction.new_reaction[0].emoji == "👍"
    assert (blocked.my_chat_member.new_chat_member.status, back.my_chat_member.new_chat_member.status) == (
        "kicked", "member",
    )  # fmt: skip


# Telegram: what the package makes, at the desk


@pytest.mark.django_db
@pytest.mark.urls("integrations.urls")
def test_the_desk_understands_the_packages_own_updates(telegram):
    secrets = {"token": telegram_simulator.TOKEN, "secret_token": "only-Telegram-knows"}
    connector = connect("telegram", Medium.TELEGRAM, telegram, secrets, username="hollinfell_bot", groups="none")
    user = ptb.User(ANN, "Ann", False, last_name="Bell", language_code="de")
    chat = ptb.Chat(ANN, "private", first_name="Ann")
    first = ptb.Message(1, datetime.now(UTC), chat, from_user=user, text="Grüße 👟")
    second = ptb.Message(2, datetime.now(UTC), chat, from_user=user, text="Noch da?", reply_to_message=first)
    for number, message in enumerate((first, second), 1):
        body = ptb.Update(number, message=message).to_json().encode()
        forged = Webhook("message", {TELEGRAM_HEADER: "a guess"}, body, "")
        assert post(connector, forged).status_code == 401
        assert (
            post(connector, Webhook("message", {TELEGRAM_HEADER: "only-Telegram-knows"}, body, "")).status_code == 200
        )
    work_off()
    assert states() == ["done", "done"]
    one, two = Message.objects.order_by("pk")
    assert (one.text, two.text, one.identity.value, one.identity.name) == ("Grüße 👟", "Noch da?", "23", "Ann Bell")
    assert (one.external_id, two.external_id) == ("23:1", "23:2")


# LINE: the SDK at our simulator


@pytest.fixture
def line():
    with LineServer() as running:
        running.friends.add(ANN_AT_LINE)
        yield running


class ClientHere(ApiClient):
    """LINE's addresses are written into the SDK: each call goes to the host that is configured instead."""

    def call_api(self, *args, **kwargs):
        return super().call_api(*args, **{**kwargs, "_host": self.configuration.host})


@pytest.fixture
def sdk(line):
    with ClientHere(Configuration(host=line.url, access_token=line_simulator.TOKEN)) as client:
        yield client


def test_lines_parser_takes_every_webhook_of_the_simulator(line):
    line.write(ANN_AT_LINE, "Größe 43? 👟")
    for kind in ("image", "video", "audio"):
        line.share(ANN_AT_LINE, kind, JPEG)
    line.share(ANN_AT_LINE, "file", b"%PDF-1", fileName="bill.pdf", fileSize=6)
    line.send_in(ANN_AT_LINE, {"type": "sticker", "packageId": "1", "stickerId": "2"})
    line.send_in(ANN_AT_LINE, {"type": "location", "latitude": 54.5, "longitude": -3.2})
    parser = WebhookParser(line_simulator.SECRET)
    events = [parser.parse(each.body.decode(), each.headers[LINE_HEADER])[0] for each in line.owed]
    assert {type(each) for each in events} == {line_models.MessageEvent}
    assert [each.message.type for each in events] == "text image video audio file sticker location".split()
    assert events[0].message.text == "Größe 43? 👟" and events[0].source.user_id == ANN_AT_LINE
    whole = parser.parse(line.owed[0].body.decode(), line.owed[0].headers[LINE_HEADER], as_payload=True)
    assert len(whole.destination) == 33  # as the SDK's own model demands


def test_lines_parser_refuses_what_was_changed_or_signed_by_another(line):
    line.write(ANN_AT_LINE, "Hello")
    (webhook,) = line.owed
    body, said = webhook.body.decode(), webhook.headers[LINE_HEADER]
    for parser, text in ((WebhookParser("another secret"), body), (WebhookParser(line_simulator.SECRET), body + " ")):
        with pytest.raises(InvalidSignatureError):
            parser.parse(text, said)


def test_lines_client_pushes_once_for_each_retry_key(line, sdk):
    api, key = MessagingApi(sdk), str(uuid.uuid4())
    asked = PushMessageRequest(to=ANN_AT_LINE, messages=[TextMessage(text="Größe 43 👟"), TextMessage(text="Two")])
    sent = api.push_message(asked, x_line_retry_key=key)
    assert len({each.id for each in sent.sent_messages}) == 2
    with pytest.raises(ApiException) as again:
        api.push_message(asked, x_line_retry_key=key)
    assert again.value.status == 409 and len(line.said) == 1
    assert [each["text"] for each in line.said[0]["messages"]] == ["Größe 43 👟", "Two"]


def test_lines_client_is_told_why_it_is_refused(line, sdk):
    api = MessagingApi(sdk)

    def status(to, text):
        with pytest.raises(ApiException) as refusal:
            api.push_message(PushMessageRequest(to=to, messages=[TextMessage(text=text)]))
        return refusal.value.status, json.loads(refusal.value.body)["message"]

    assert status("U" + "0" * 32, "Hello")[0] == 400
    line.quota = 1
    api.push_message(PushMessageRequest(to=ANN_AT_LINE, messages=[TextMessage(text="Hello")]))
    assert status(ANN_AT_LINE, "Hello") == (429, "You have reached your monthly limit.")
    line.token = "another one"
    assert status(ANN_AT_LINE, "Hello")[0] == 401


def test_lines_client_reads_what_the_account_is(line, sdk):
    api = MessagingApi(sdk)
    info = api.get_bot_info()
    assert (info.display_name, info.basic_id, info.chat_mode) == ("Hollin & Fell", "@hollinfell", "chat")
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="https://desk.example/hooks/1/"))
    told = api.get_webhook_endpoint()
    assert (told.endpoint, told.active) == ("https://desk.example/hooks/1/", True)
    tried = api.test_webhook_endpoint()
    assert (tried.success, tried.status_code) == (True, 200) and tried.timestamp.tzinfo
    assert api.get_message_quota().type == "none"
    line.quota = 5
    assert (api.get_message_quota().value, api.get_message_quota_consumption().total_usage) == (5, 0)
    line.names[ANN_AT_LINE] = "Ann Bell"
    assert api.get_profile(ANN_AT_LINE).display_name == "Ann Bell"
    shared = line.share(ANN_AT_LINE, "image", JPEG)
    assert bytes(MessagingApiBlob(sdk).get_message_content(shared["id"])) == JPEG


# LINE: what the SDK makes, at the desk


@pytest.mark.django_db
@pytest.mark.urls("integrations.urls")
def test_the_desk_understands_the_sdks_own_events(line):
    secrets = {"channel_secret": line_simulator.SECRET, "access_token": line_simulator.TOKEN}
    connector = connect("line", Medium.LINE, line, secrets)
    event = line_models.MessageEvent(
        source=line_models.UserSource(user_id=ANN_AT_LINE),
        timestamp=int(datetime.now(UTC).timestamp() * 1000),
        mode=line_models.EventMode.ACTIVE,
        webhook_event_id="01H810YECXQQZ37VAXPF6H9E6T",
        delivery_context=line_models.DeliveryContext(is_redelivery=False),
        reply_token="a-reply-token",
        message=line_models.TextMessageContent(id="444573844083572737", text="Grüße 👟", quote_token="q"),
    )
    body = line_models.CallbackRequest(destination=line_simulator.BOT["userId"], events=[event]).to_json().encode()
    said = sign(line_simulator.SECRET, body)
    assert SignatureValidator(line_simulator.SECRET).validate(body.decode(), said)
    assert post(connector, Webhook("webhook", {LINE_HEADER: sign("another", body)}, body, "")).status_code == 401
    assert post(connector, Webhook("webhook", {LINE_HEADER: said}, body, "")).status_code == 200
    work_off()
    message = Message.objects.get()
    assert (message.text, message.external_id) == ("Grüße 👟", "444573844083572737")
    assert message.identity.value == ANN_AT_LINE


@pytest.mark.django_db
def test_what_the_desk_pushes_is_what_the_sdks_models_take(line):
    secrets = {"channel_secret": line_simulator.SECRET, "access_token": line_simulator.TOKEN}
    send(connect("line", Medium.LINE, line, secrets), ANN_AT_LINE, "Grüße 👟")
    (call,) = [each for each in line.calls if each.path == "/v2/bot/message/push"]
    asked = PushMessageRequest.from_dict(call.json)
    assert asked.to == ANN_AT_LINE and [type(each) for each in asked.messages] == [TextMessage]
    assert asked.messages[0].text == "Grüße 👟" and uuid.UUID(call.headers["x-line-retry-key"])
