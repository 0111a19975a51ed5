"""What a rule says where something of the occasion is not known."""

import pytest

from conversations.models import OutreachRule
from conversations.outreach.standard_words import STANDARD
from conversations.outreach.words import PLACES, worded

KNOWN = {
    "customer": "Ann",
    "desk": "Desk",
    "product": "Socks",
    "days": "9",
    "number": "7",
    "carrier": "Post",
    "parcel": "P1",
}


def said(text, kind="refill", **values):
    rule = OutreachRule(kind=kind, words={"en": {"subject": "Hi", "text": text}})
    return worded(rule, "en", {name: {**KNOWN, **values}.get(name, "") for name in PLACES[kind]})[1]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("You bought {product}. Here it is: {link}", "<p>You bought Socks.</p>"),
        ("Here it is: {link}. You bought {product}!\n\nBye.", "<p>You bought Socks!</p><p>Bye.</p>"),
        ("A\n\nHere: {link}\n\nB", "<p>A</p><p>B</p>"),
        ("Here: {link}", "<p>Here: </p>"),  # rather than a message of nothing
        ("One. {other}. Two.\nThree.", "<p>One. {other}. Two.<br>Three.</p>"),
    ],
)
def test_a_sentence_that_says_nothing_is_left_out(text, read):
    assert said(text) == read


def test_with_a_link_all_of_it_is_said():
    link = '<a href="https://shop.example/">https://shop.example/</a>'
    assert said("It is still there: {link}\n\nBye.", link="https://shop.example/") == (
        f"<p>It is still there: {link}</p><p>Bye.</p>"
    )


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_our_own_words_end_nowhere_in_a_colon_for_want_of_a_link(language):
    for kind, words in STANDARD.items():
        text = said(words[language]["text"], kind)
        assert ":</p>" not in text.replace("Hola, Ann:</p>", "") and "{" not in text
        assert "P1" in text or kind != "parcel"
