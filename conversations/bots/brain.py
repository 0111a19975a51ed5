"""The desk's own brain: reads what a customer wrote, looks up what bears on it, and decides. It changes nothing."""

from conversations.bots.acts import Answer, Asked
from conversations.bots.deciding import decide
from conversations.bots.knowing import known_of
from conversations.bots.tongues import tongue_of

MOST_SIGNS = 6000  # of what was written that is read for its matter


def think(asked: Asked) -> Answer:
    """A dry `asked`, without conversation, customer or talk, is a stranger's first line."""
    text = "\n".join(line.text.strip() for line in asked.new if line.text.strip())
    text = _shortened(text.replace("\x00", ""))
    language = tongue_of(text, asked.language)  # an agent's instructions are in the agent's
    text = text or ("" if asked.new else asked.memory.instructions)
    return decide(asked, known_of(asked, text, language), text, language)


def _shortened(text: str) -> str:
    """Of a very long one, how it begins and how it ends: there it says what it wants."""
    if len(text) <= MOST_SIGNS:
        return text
    return f"{text[: MOST_SIGNS // 2]}\n{text[-MOST_SIGNS // 2 :]}"
