"""The messengers of these tests: on loopback, speaking their providers' protocols."""

import pytest

from conversations.models import Medium
from integrations.simulators.telegram import BOT, TOKEN, TelegramServer
from tests.adapters.social.messengers import connect

TELEGRAM_KINDS = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]


@pytest.fixture
def telegram():
    with TelegramServer() as running:
        yield running


@pytest.fixture
def bot(db, telegram):
    """A connected bot whose updates go to the desk's webhook."""
    secrets = {"token": TOKEN, "secret_token": "only-Telegram-knows"}
    made = connect("telegram", Medium.TELEGRAM, telegram, secrets, username=BOT["username"], groups="none")
    url = f"https://desk.example/hooks/{made.pk}/"
    telegram.webhook = {"url": url, "secret_token": "only-Telegram-knows", "allowed_updates": TELEGRAM_KINDS}
    return made
