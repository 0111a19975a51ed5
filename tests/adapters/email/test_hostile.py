"""No bytes make the parser fail or work for long."""

import random
import time

import pytest

from integrations.adapters.media.email import parse as parser
from integrations.adapters.media.email.parse import parse
from integrations.adapters.media.email.structure import MAX_PARTS, parse_structure, walk

HEAD = b"From: ann@example.com\r\nSubject: x\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
BOUNCE = b"From: MAILER-DAEMON@x.example\r\nSubject: Undelivered Mail\r\n\r\n"
NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(10_000)
)

HOSTILE = {
    "10,000 nested parts": HEAD + NESTED + b"Content-Type: text/plain\r\n\r\nhello",
    "nested parts of one boundary": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' * 10_000,
    "nested messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "50,000 parts beside each other": HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 50_000,
    "200,000 headers": b"X-A: b\r\n" * 200_000 + b"\r\nbody",
    "a header of 5 MB": b"Subject: " + b"a" * 5_000_000 + b"\r\n\r\nbody",
    "a header folded 300,000 times": b"Subject: " + b"a\r\n " * 300_000 + b"\r\n\r\nbody",
    "300,000 recipients": b"To: " + b"a@b.c, " * 300_000 + b"\r\n\r\nbody",
    "unfinished quotes in an address": b"To: " + b'"a\\' * 60_000 + b"\r\n\r\nbody",
    "unfinished comments in an address": b"To: " + b"(" * 100_000 + b"\r\n\r\nbody",
    "unfinished encoded words": b"Subject: " + b"=?a?q?" * 200_000 + b"\r\n\r\nbody",
    "unfinished parameters": b"Content-Type: text/plain; " + b'a="' * 200_000 + b"\r\n\r\nbody",
    "unfinished references": b"References: " + b"<a " * 200_000 + b"\r\n\r\nbody",
    "unfinished tags": HTML + b"<a \"'" * 100_000,
    "unfinished comments": HTML + b"<!--" * 100_000,
    "unfinished styles": HTML + b"<style>" * 70_000,
    "deep blockquotes": HTML + b"<blockquote type=cite>x" * 20_000,
    "links in one line": HTML + b"<a href=http://x.example>y</a>" * 20_000,
    "introductions without end": HEAD + b"\r\n" + b"On 1 Jan 2020 a@b.c\n" * 20_000,
    "signatures without end": HEAD + b"\r\n" + b"-- \na\n" * 20_000,
    "quotes without end": HEAD + b"\r\n" + b"> a\n\n" * 100_000,
    "a line of quotes": HEAD + b"\r\n" + b">" * 500_000,
    "code fences": HEAD + b"\r\n" + b"```\n" * 19_000,
    "a bounce for everybody": BOUNCE + b"a@b.c\n" * 100_000,
    "a bounce of one word": BOUNCE + b"the " * 100_000,
    "random bytes": bytes(random.Random(7).randrange(256) for _ in range(200_000)),
    "nothing": b"",
    "only line ends": b"\r\n" * 100_000,
    "only carriage returns": b"\r" * 100_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_parsed_without_failing(raw, monkeypatch):
    def fail(raw):
        raise AssertionError("the parser needed its last resort")

    monkeypatch.setattr(parser, "_unparsed", fail)
    started = time.process_time()
    parsed = parse(raw)
    # Not a benchmark: what these mails did to parsers before took minutes.
    assert time.process_time() - started < 20
    assert "".join(segment.text for segment in parsed.segments) == parsed.text


def test_the_tree_of_parts_is_bounded():
    assert sum(1 for _ in walk(parse_structure(HOSTILE["50,000 parts beside each other"]))) <= MAX_PARTS
    assert sum(1 for _ in walk(parse_structure(HOSTILE["10,000 nested parts"]))) <= MAX_PARTS


def test_mangled_mails_never_fail(monkeypatch):
    monkeypatch.setattr(parser, "_unparsed", None)
    chance = random.Random(11)
    original = (
        b"From: =?utf-8?Q?Ann?= <ann@example.com>\r\nTo: a@b.c, d@e.f\r\nSubject: =?gb2312?B?y7O4?= x\r\nDate: Mon, 06 Jan 2025 10:00:00 +0000\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hi<blockquote>x</blockquote>"
        b"\r\n--b\r\nContent-Type: application/ms-tnef; name*=utf-8''winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\neJ8+IgEA\r\n--b--\r\n"
    )
    for _ in range(500):
        mangled = bytearray(original)
        for _ in range(chance.randrange(1, 25)):
            at = chance.randrange(len(mangled))
            mangled[at : at + chance.randrange(4)] = bytes(chance.randrange(256) for _ in range(chance.randrange(4)))
        parsed = parse(bytes(mangled))
        assert all(attachment.content is not None for attachment in parsed.attachments)


def test_a_header_cannot_carry_a_line_into_what_we_write():
    parsed = parse(
        b"Subject: a\r\n b\rBcc: evil@example.com\r\nFrom: =?utf-8?Q?Ann=0D=0ABcc:_x?= <ann@example.com>\r\n\r\nHi"
    )
    for value in (parsed.subject, parsed.from_.name, parsed.from_.email):
        assert "\n" not in value and "\r" not in value


def test_a_failure_inside_the_parser_still_shows_the_message(monkeypatch):
    def broken(raw):
        raise RuntimeError("a bug")

    monkeypatch.setattr(parser, "parse_structure", broken)
    parsed = parse(b"Subject: x\n\nHello")
    assert "Hello" in parsed.text
    assert parsed.suppress_auto_reply
