"""Bots of other makers: each thinks at a provider that `manage.py simulate` plays, and answers a chat of its own, on
the page /demo-shop/bots/."""

from dataclasses import dataclass, field

from conversations.models import Bot, Channel
from deskapp.demo import reached
from integrations import wiring
from integrations.models import Connector
from integrations.simulators.brains import direct_line, openai, rasa

RASA, OWN, DIRECT_LINE, MODEL = (f"http://127.0.0.1:{port}" for port in range(11208, 11212))
PATIENCE = 8  # seconds: nobody who tries one out wants to wait longer for its silence


@dataclass(frozen=True)
class Brain:
    bot: str
    adapter: str
    name: str
    key: str  # of its chat
    given: dict[str, str] = field(default_factory=dict)


BRAINS = (
    Brain("Rowan", "rasa", "Rowan, on Rasa", "hollin-fell-rasa", {"brain_url": RASA, "token": rasa.TOKEN}),
    Brain("Sorrel", "bot_webhook", "Sorrel, a program of our own", "hollin-fell-own", {"brain_url": OWN}),
    Brain("Heath", "bot_framework", "Heath, of the Bot Framework", "hollin-fell-framework", {
        "brain_url": DIRECT_LINE, "secret": direct_line.SECRET,
    }),
    Brain("Linnet", "openai", "Linnet, a language model", "hollin-fell-model", {
        "brain_url": MODEL, "api_key": openai.KEY, "model": openai.MODEL, "is_on": "on", "deeds": "status",
        "length_name": "max_completion_tokens",
    }),
)  # fmt: skip


def build(answers_by: Channel, identity_secret: str) -> None:
    """Each once: what somebody changed since, or took away, stays as it is."""
    for brain in BRAINS:
        if Channel.objects.filter(address=brain.key).exists():
            continue
        chat = reached.build_chat(brain.key, brain.name, answers_by, bot=brain.bot, identity_secret=identity_secret)
        connector = Connector(adapter=brain.adapter)
        wiring.connect(connector, brain.given, name=brain.name)
        bot = Bot.objects.create(
            name=brain.bot, brain=Bot.Brain.CONNECTOR, languages=["en"], patience=PATIENCE, people_first_tiers=["Gold"]
        )
        bot.channels.set([chat])
        Connector.objects.filter(pk=connector.pk).update(bot=bot)
