"""Who waits for a person says in words, too, that they would rather be called, have a mail, or wait."""

import pytest

from conversations.bots.hearing.wish_words import wish_of
from tests.conversations.handoff import wishes


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (text, wish)
        for wish, texts in (("call", wishes.CALL), ("mail", wishes.MAIL), ("wait", wishes.WAIT), ("", wishes.NONE))
        for text in texts
    ],
)
def test_a_wish_in_words_is_understood_and_ordinary_lines_are_none(text, wish):
    assert wish_of(text) == wish
