"""Nothing foreign runs, loads or leaves its box."""

import pytest

from conversations.sanitise import MAX_HTML, sanitise


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        "<iframe src='https://evil.example'></iframe>",
        "<form action='https://evil.example'><input name=a></form>",
        "<p style='background:url(https://evil.example/?leak)'>x</p>",
        "<p style='width:expression(alert(1))'>x</p>",
        "<style>*{background:url(https://evil.example)}</style>",
        "<p style='position:fixed;inset:0'>x</p>",
        "<base href='https://evil.example'>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
        "<p id='message-1' class='button' name='x'>x</p>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    ],
)
def test_what_could_run_or_load_is_gone(hostile):
    clean = sanitise(hostile).lower()
    for word in (
        "alert",
        "javascript:",
        "evil.example",
        "<script",
        "<iframe",
        "<form",
        "position",
        "id=",
        "class=",
        "svg",
    ):
        assert word not in clean


def test_what_people_write_stays():
    html = '<p dir="rtl">مرحبا <b>x</b> <a href="https://a.example/?b=1">a</a></p><img src="cid:logo@x" alt="Logo">'
    clean = sanitise(html)
    assert 'dir="rtl"' in clean
    assert 'href="https://a.example/?b=1"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'src="cid:logo@x"' in clean


def test_a_small_picture_inside_the_mail_stays():
    picture = '<img src="data:image/png;base64,iVBORw0KGgo=">'
    assert "data:image/png" in sanitise(picture)


@pytest.mark.parametrize("html", ["<div>" * 100_000, "x" * (MAX_HTML + 1), "<table><tr><td>" * 30_000])
def test_a_bomb_is_shown_as_its_text_instead(html):
    assert sanitise(html) == ""
