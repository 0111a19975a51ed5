"""The desk's own brain: reads what a customer wrote, looks up what bears on it, and decides. It changes nothing."""

from conversations.bots.acts import Answer, Asked
from conversations.bots.deciding import decide
from conversations.bots.knowing import known_of
from conversations.bots.tongues import tongue_of

MOST_SIGNS = 6000  # of what was written that is read for its matter


def think(asked: Asked) -> Answer:
    """A dry `asked`, without conversation, customer or talk, is a stranger's first line."""
    text = "\n".join(line.text.strip() for line in asked.new if line.text.strip())
    text = text.replace("\x00", "")[:MOST_SIGNS] or asked.memory.instructions
    language = tongue_of(text, asked.language)
    return decide(asked, known_of(asked, text, language), text, language)
