"""Telegram's words for what failed, and ours. The description is found by a part of it, else its number counts.

https://core.telegram.org/bots/api#making-requests (error_code, description, parameters.retry_after), the descriptions
in https://github.com/tdlib/telegram-bot-api (Client.cpp) and https://github.com/vrumger/telegram-errors.
"""

from django.utils.translation import gettext_lazy as _

from integrations.adapters.calling import RefusedError
from integrations.adapters.media.provider import Fault, Provider
from integrations.adapters.reading import inner, words

_GONE = _("There is no such Telegram account any more.")
_NO_KEY = _("Telegram does not know the bot's token any more. An admin can enter a new one, from @BotFather.")

FAULTS = {
    "bot was blocked by the user": Fault(_("They have blocked the bot in Telegram: nothing reaches them there.")),
    "user is deactivated": Fault(_GONE),
    "user not found": Fault(_GONE),
    "chat not found": Fault(_("Telegram knows no such chat: they must write to the bot first.")),
    "peer_id_invalid": Fault(_("Telegram knows no such chat: they must write to the bot first.")),
    "bot can't initiate conversation": Fault(_("They must write to the bot first: Telegram lets no bot begin.")),
    "bot can't send messages to bots": Fault(_("This is a bot, too: Telegram passes nothing between bots.")),
    "bot was kicked": Fault(_("The bot is not in this group any more.")),
    "bot is not a member": Fault(_("The bot is not in this group any more.")),
    "have no rights to send": Fault(_("The bot may not write in this group.")),
    "not enough rights": Fault(_("The bot may not write in this group.")),
    "chat_write_forbidden": Fault(_("The bot may not write in this group.")),
    "upgraded to a supergroup": Fault(_("This group has become another one: answer where they wrote last.")),
    "message is too long": Fault(_("It is too long for Telegram, which takes 4096 characters.")),
    "caption is too long": Fault(_("It is too long for Telegram, which takes 1024 characters beside a file.")),
    "message text is empty": Fault(_("There is nothing in it to send.")),
    "can't parse entities": Fault(_("Telegram could not read how the text is formatted.")),
    "message to be replied not found": Fault(_("The message that it answers is not there any more.")),
    "message to react not found": Fault(_("The message is not there any more.")),
    "reaction_invalid": Fault(_("Telegram does not have this emoji as a reaction.")),
    "file is too big": Fault(_("The file is too large: Telegram takes 50 MB from a bot, and gives it 20 MB.")),
    "request entity too large": Fault(_("The file is too large: Telegram takes 50 MB from a bot.")),
    "wrong file identifier": Fault(_("Telegram does not have this file any more.")),
    "invalid file_id": Fault(_("Telegram does not have this file any more.")),
    "photo_invalid_dimensions": Fault(_("Telegram does not take a picture of this shape: send it as a document.")),
    "image_process_failed": Fault(_("Telegram could not read the picture.")),
    "terminated by other getupdates": Fault(_("Another program fetches this bot's messages."), is_permanent=False),
    "webhook is active": Fault(
        _("Telegram calls a webhook for this bot, so nothing can be fetched: press Test connection."),
        is_permanent=False,
    ),
    "401": Fault(_NO_KEY, is_credential=True),
    "404": Fault(_NO_KEY, is_credential=True),  # of a token that never was: its address does not exist
    "429": Fault(
        _("The bot has sent too much at once: Telegram asks it to wait."), is_permanent=False, wait=5.0, is_for_all=True
    ),
}


def codes(refused: RefusedError) -> tuple[str, ...]:
    found = refused.json
    said = words(found.get("description")).lower() if isinstance(found, dict) else ""
    return (*(part for part in FAULTS if not part.isdecimal() and part in said), str(refused.status))


def wait(refused: RefusedError) -> float | None:
    """parameters.retry_after, https://core.telegram.org/bots/api#responseparameters"""
    found = refused.json
    told = inner(found, "parameters").get("retry_after") if isinstance(found, dict) else None
    return float(told) if isinstance(told, int) else None


TELEGRAM = Provider("Telegram", FAULTS, codes, wait)
