"""Headers, charsets, parts and verdicts of a message are read as their writer meant them."""

import base64
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.adapters.media.email.parse import parse
from integrations.adapters.media.email.parsed import Address, Authentication
from integrations.adapters.media.email.transfer import decode_transfer, decode_within


def mail(headers="", body=b"Hello\n"):
    head = headers.encode() if isinstance(headers, str) else headers
    return parse(head + (b"\n" if head and not head.endswith(b"\n") else b"") + b"\n" + body)


def mixed(*parts, kind="mixed"):
    lines = [f"From: ann@example.com\nContent-Type: multipart/{kind}; boundary=b\n".encode()]
    lines += [b"--b\n" + (part.encode() if isinstance(part, str) else part) for part in parts]
    return parse(b"\n".join([*lines, b"--b--\n"]))


def test_a_plain_mail_is_read_whole():
    parsed = mail(
        "Message-ID: <1@example.com>\nIn-Reply-To: <0@shop.example>\nReferences: <a@shop.example>\n <0@shop.example>\n"
        "From: Ann Example <ann@example.com>\nSender: post@example.com\nTo: support@shop.example\nCc: Bob <bob@example.com>, c@example.com\n"
        "Reply-To: answers@example.com\nDelivered-To: support+c7@shop.example\nSubject: Where is it?\nDate: Mon, 06 Jan 2025 10:00:00 +0100\n"
    )
    assert parsed.message_id == "1@example.com"
    assert parsed.in_reply_to == "0@shop.example"
    assert parsed.references == ("a@shop.example", "0@shop.example")
    assert parsed.from_ == Address("Ann Example", "ann@example.com")
    assert parsed.sender == Address("", "post@example.com")
    assert [address.email for address in (*parsed.to, *parsed.cc)] == [
        "support@shop.example",
        "bob@example.com",
        "c@example.com",
    ]
    assert parsed.reply_to == (Address("", "answers@example.com"),)
    assert parsed.delivered_to == ("support+c7@shop.example",)
    assert (parsed.subject, parsed.text, parsed.reply_text) == ("Where is it?", "Hello\n", "Hello")
    assert parsed.date == datetime(2025, 1, 6, 10, tzinfo=timezone(timedelta(hours=1)))
    assert not (
        parsed.is_auto_reply
        or parsed.suppress_auto_reply
        or parsed.is_list
        or parsed.is_noreply
        or parsed.is_spam
        or parsed.bounce
    )


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("ann@example.com", [("", "ann@example.com")]),
        ('"Example, Ann" <ann@example.com>', [("Example, Ann", "ann@example.com")]),
        ("ann@example.com (Ann Example)", [("Ann Example", "ann@example.com")]),
        ("=?utf-8?Q?Ann_M=C3=BCller?= <ann@example.com>", [("Ann Müller", "ann@example.com")]),
        ('"=?utf-8?B?QW5uIE3DvGxsZXI=?=" <ann@example.com>', [("Ann Müller", "ann@example.com")]),
        ("A Group:Ed <ed@a.example>,joe@b.example;", [("Ed", "ed@a.example"), ("", "joe@b.example")]),
        ("undisclosed-recipients:;", []),
        (", ann@example.com, bob@example.com", [("", "ann@example.com"), ("", "bob@example.com")]),
        ("Ann <ann@example.com>; Bob <bob@example.com>", [("Ann", "ann@example.com"), ("Bob", "bob@example.com")]),
        ("<c@(Chris's host.)public.example>", [("", "c@public.example")]),
        ('Ann "Annie" Example <ann@example.com>', [('Ann "Annie" Example', "ann@example.com")]),
        ("'Ann' <ann@example.com>", [("Ann", "ann@example.com")]),
        ("ann@example.com <ann@example.com>", [("ann@example.com", "ann@example.com")]),
        ("Ann <mailto:ann@example.com>", [("Ann", "ann@example.com")]),
        ('<"System Administrator"@x.example>', [("", '"System Administrator"@x.example')]),
        ("Ann Example", [("Ann Example", "")]),
    ],
)
def test_addresses_are_read_however_they_are_written(header, expected):
    assert [(address.name, address.email) for address in mail(f"To: {header}").to] == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?utf-8?B?44G+44G/?= =?utf-8?B?44KA44KB44KC?=", "まみむめも"),
        (b"=?utf-8?B?44G+44E=?= =?utf-8?B?vw==?=", "まみ"),
        (b"=?iso-8859-1?Q?caf=E9?= and =?utf-8?Q?th=C3=A9?=", "café and thé"),
        (b"=?GB2312?B?" + base64.b64encode("镕基".encode("gbk")) + b"?=", "镕基"),
        (b"=?iso-2022-jp?B?" + base64.b64encode("テスト".encode("iso2022_jp")) + b"?=", "テスト"),
        (b"=?utf-8?Q?are_you?_yes?=", "are you? yes"),
        (b"=?utf-8?B?R3LDtsOfZQ?=", "Größe"),
        (b"=?unknown-charset?Q?abc?=", "abc"),
        (b"=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("Größe".encode(), "Größe"),
        ("Größe der Jacke".encode("latin-1"), "Größe der Jacke"),
        (b"folded\n  over\n\tlines", "folded over lines"),
        (b"a\x00b\x07c", "abc"),
    ],
)
def test_a_subject_is_decoded_whatever_its_encoding(raw, expected):
    assert mail(b"Subject: " + raw).subject == expected


@pytest.mark.parametrize(
    "above", [b"", b"\n", b"From ann@example.com Mon Jan  6 10:00:00 2025\n", b"no header at all\n"]
)
def test_a_line_above_the_headers_hides_none_of_them(above):
    parsed = parse(above + b"From: ann@example.com\nSubject: Hi\n\nHello")
    assert (parsed.from_.email, parsed.subject, parsed.text) == ("ann@example.com", "Hi", "Hello")


def test_a_body_without_headers_is_all_text():
    assert parse(b"Hello,\n\nwhere is it?\n").text == "Hello,\n\nwhere is it?\n"


def test_a_raw_eight_bit_header_is_read_in_the_charset_of_the_text():
    head = b"Subject: " + "注文について".encode("cp932") + b"\nContent-Type: text/plain; charset=Shift_JIS\n"
    parsed = mail(head, "こんにちは".encode("cp932"))
    assert (parsed.subject, parsed.text) == ("注文について", "こんにちは")


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("utf-8", "utf-8", "Grüße 🎉"),
        ("iso-8859-1", "cp1252", "20 € “fine”"),
        ("gb2312", "gb18030", "镕基的订单"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("shift_jis", "cp932", "①髙橋"),
        ("koi8-r", "koi8-r", "Где мой заказ?"),
        ("us-ascii", "utf-8", "Grüße"),
        ("", "utf-8", "Grüße"),
        ("", "cp1252", "Die Größe passt leider nicht"),
        ("utf-8", "cp1252", "Die Größe passt leider nicht"),
        ("no-such-charset", "utf-8", "Grüße"),
        ('"utf-8"', "utf-8", "Grüße"),
        ("base64", "utf-8", "Grüße"),
        ("utf-16", "utf-8", "Grüße"),
    ],
)
def test_a_body_is_decoded_by_what_its_charset_can_mean(charset, codec, text):
    header = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    assert mail(header, text.encode(codec)).text == text


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", b"Gr=C3=B6=\n=C3=9Fe=\n", "Größe"),
        ("Quoted-Printable ", b"a=3Db", "a=b"),
        ("base64", b"SGVs\nbG8=\n", "Hello"),
        ("base64", b"SGVsbG8", "Hello"),
        ("base64", b"SGVsbG8=\n-- \nlist footer, not encoded!\n", "Hello\n-- \nlist footer, not encoded!\n"),
        ("base64", b"This is no base64 at all, it is text.\n", "This is no base64 at all, it is text.\n"),
        ("7-bit", b"Hello", "Hello"),
        ("", b"Hello", "Hello"),
    ],
)
def test_broken_and_mislabelled_encodings_are_undone(encoding, body, text):
    assert mail(f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}", body).text == text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Mon, 06 Jan 2025 10:00:00 GMT", datetime(2025, 1, 6, 10, tzinfo=UTC)),
        ("6 Jan 2025 10:00", datetime(2025, 1, 6, 10, tzinfo=UTC)),
        ("Mon, 06 Jan 2025 10:00:00 -0000 (UTC)", datetime(2025, 1, 6, 10, tzinfo=UTC)),
        ("2025-01-06T10:00:00Z", datetime(2025, 1, 6, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Jan 2025 10:00:00 GMT", None),
        ("Mon, 06 Jan 2025 10:00:00 +9999999999", None),
        ("", None),
    ],
)
def test_a_date_is_aware_or_none(value, expected):
    assert mail(f"Date: {value}").date == expected


def test_alternatives_are_one_message_and_an_invitation_is_attached():
    parsed = mixed(
        "Content-Type: text/plain\n\nHi\n", "Content-Type: text/html\n\n<p>Hi</p>\n", "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n",
        kind="alternative",
    )  # fmt: skip
    assert (parsed.text.strip(), parsed.html.strip(), parsed.attachments[0].filename) == (
        "Hi",
        "<p>Hi</p>",
        "invite.ics",
    )


def test_an_html_only_mail_has_a_text():
    assert mail("Content-Type: text/html", b"<p>Hello<br>Ann</p>").text == "Hello\nAnn"


def test_attachments_carry_names_kinds_sizes_and_content():
    parsed = mixed(
        "\nSee files.\n",
        "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n",
        "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''ci%C3%ABle.txt\n\ncontent\n",
        'Content-Type: image/png; name="=?utf-8?Q?Gr=C3=B6=C3=9Fe.png?="\nContent-ID: <img1>\nContent-Disposition: inline\n\nx\n',
        "Content-Type: message/rfc822\n\nSubject: Inner\n\ninner text\n",
    )
    assert parsed.text == "See files.\n"
    assert [file.filename for file in parsed.attachments] == ["a.pdf", "ciële.txt", "Größe.png", "Inner.eml"]
    assert (parsed.attachments[0].size, parsed.attachments[0].content) == (5, b"%PDF-")
    assert parsed.attachments[2].content_id == "img1"


def test_an_image_is_inline_only_if_the_html_shows_it():
    image = "Content-Type: image/png\nContent-ID: <{}>\n\nx\n"
    parsed = mixed(
        'Content-Type: text/html\n\n<img src="cid:shown">\n',
        image.format("shown"),
        image.format("other"),
        kind="related",
    )
    assert [file.is_inline for file in parsed.attachments] == [True, False]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="..\\\\..\\\\windows\\\\x.exe"', "x.exe"),
        ("attachment; filename=../../etc/passwd", "passwd"),
        ("attachment; filename=/etc/passwd", "passwd"),
        ("attachment; filename*=utf-8''invoice%E2%80%AEfdp.exe", "invoicefdp.exe"),
        ("attachment; filename*0=lo; filename*1=ng.txt", "long.txt"),
        ("attachment; filename*0*=iso-8859-1''caf%E9; filename*1*=%20x.txt", "café x.txt"),
        ("attachment; filename=This is a test.txt", "This is a test.txt"),
        ('attachment; filename="a\r\n b.txt"', "a b.txt"),
        ('attachment; filename="a:b|c?.txt"', "a_b_c_.txt"),
        ("attachment; filename=..", "attachment.bin"),
        ("attachment", "attachment.bin"),
        ("attachment; filename=" + "a" * 500 + ".pdf", "a" * 168 + ".pdf"),
    ],
)
def test_file_names_are_safe(header, name):
    parsed = mixed(f"Content-Type: application/octet-stream\nContent-Disposition: {header}\n\nx\n")
    assert parsed.attachments[0].filename == name


def test_flowed_text_is_unwrapped_and_its_quotes_stay_quotes():
    body = b"This is one \nparagraph.\n> quoted \n> line\n-- \nAnn\n"
    assert (
        mail("Content-Type: text/plain; format=flowed", body).text
        == "This is one paragraph.\n> quoted line\n-- \nAnn\n"
    )


def test_a_uuencoded_file_in_the_text_is_attached():
    parsed = mail("", b"Look:\n\nbegin 644 hi.txt\n#:&D*\n`\nend\nBye\n")
    assert parsed.text == "Look:\n\nBye\n"
    assert (parsed.attachments[0].filename, parsed.attachments[0].content) == ("hi.txt", b"hi\n")


def tnef_attribute(level, attribute, value):
    return (
        bytes([level])
        + attribute.to_bytes(4, "little")
        + len(value).to_bytes(4, "little")
        + value
        + (sum(value) % 65536).to_bytes(2, "little")
    )


def test_the_files_in_winmail_dat_are_attached_themselves():
    package = (0x223E9F78).to_bytes(4, "little") + b"\1\0" + tnef_attribute(2, 0x00069002, b"\0" * 14)
    package += tnef_attribute(2, 0x00018010, b"order.pdf\0") + tnef_attribute(2, 0x0006800F, b"%PDF-")
    encoded = base64.b64encode(package)
    parsed = mixed(
        "\nHi\n",
        b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n" + encoded + b"\n",
    )
    assert [(file.filename, file.content, file.content_type) for file in parsed.attachments] == [
        ("order.pdf", b"%PDF-", "application/pdf")
    ]
    broken = mixed("\nHi\n", "Content-Type: application/ms-tnef; name=winmail.dat\n\nnonsense\n")
    assert [file.filename for file in broken.attachments] == ["winmail.dat"]


def test_a_large_attachment_is_measured_without_being_decoded():
    content = bytes(range(256)) * 4_000
    encoded = base64.encodebytes(content)
    parsed = mixed(b"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n" + encoded)
    assert parsed.attachments[0].size == len(content) == len(parsed.attachments[0].content)


@pytest.mark.parametrize(
    ("headers", "is_auto", "is_suppressed", "is_list", "is_noreply"),
    [
        ("Auto-Submitted: auto-replied", True, True, False, False),
        ("Auto-Submitted: auto-generated (failure)", True, True, False, False),
        ("Auto-Submitted: no", False, False, False, False),
        ("Subject: Automatic reply: Your order", True, True, False, False),
        ("Subject: Abwesenheitsnotiz: Ihre Bestellung", True, True, False, False),
        ("Subject: Re: Automatic reply does not work", False, False, False, False),
        ("Precedence: bulk", False, True, False, False),
        ("Precedence: auto_reply", True, True, False, False),
        ("X-Loop: support@shop.example", False, True, False, False),
        ("X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply", False, True, False, False),
        ("X-Auto-Response-Suppress: DR", False, False, False, False),
        ("Return-Path: <>", False, True, False, False),
        ("List-Id: <news.example.com>", False, True, True, False),
        ("From: no-reply@example.com", False, True, False, True),
        ("From: noreply+7@example.com", False, True, False, True),
        ("From: Norbert Reply <norbert@example.com>", False, False, False, False),
        ("X-Autoreply: yes", True, True, False, False),
    ],
)
def test_mail_that_no_person_wrote_is_recognised(headers, is_auto, is_suppressed, is_list, is_noreply):
    parsed = mail(headers if headers.startswith("From") else f"From: ann@example.com\n{headers}")
    assert (parsed.is_auto_reply, parsed.suppress_auto_reply, parsed.is_list, parsed.is_noreply) == (
        is_auto,
        is_suppressed,
        is_list,
        is_noreply,
    )


@pytest.mark.parametrize(
    ("header", "is_spam"),
    [
        ("X-Spam-Flag: YES", True), ("X-Spam-Status: Yes, score=9.1 required=5.0", True), ("X-Spam-Status: No, hits=-2.5", False),
        ("X-MS-Exchange-Organization-SCL: 6", True), ("X-MS-Exchange-Organization-SCL: -1", False),
        ("X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:9;SFV:SPM", True), ("X-Spam-Flag: NO", False),
    ],
)  # fmt: skip
def test_the_spam_verdict_of_the_receiving_server_is_read(header, is_spam):
    assert mail(header).is_spam is is_spam


def test_only_the_topmost_authentication_results_are_believed():
    raw = (
        b"Authentication-Results: mx.shop.example;\n spf=pass (sender ok) smtp.mailfrom=a@example.com;\n dkim=fail; dkim=pass header.d=example.com; dmarc=fail\n"
        b"Authentication-Results: evil.example; spf=pass; dkim=pass; dmarc=pass\n\nHi"
    )
    assert parse(raw).authentication == Authentication("pass", "pass", "fail")
    assert parse(raw, trusted_authserv="evil.example").authentication.dmarc == "pass"
    assert parse(raw, trusted_authserv="mx.other.example").authentication == Authentication("none", "none", "none")
    assert parse(b"\nHi").authentication == Authentication("none", "none", "none")
    in_its_name = raw.replace(b"evil.example", b"mx.shop.example")
    assert parse(in_its_name, trusted_authserv="mx.shop.example").authentication.dmarc == "fail"


def test_a_large_file_is_in_memory_once_as_the_mail_and_once_as_itself():
    content = bytes(range(256)) * 20_000
    head = "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
    [file] = mixed("\nHi\n", head.encode() + base64.encodebytes(content)).attachments
    tracemalloc.start()
    try:
        assert file.content == content
        assert tracemalloc.get_traced_memory()[1] < len(content) * 1.1
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "damage", [(b"=", b""), (b"\n", b"\n-\n"), (b"\n", b"=\n"), (b"=\n", b"=\n-- \nA list's footer, below\n")]
)
def test_a_damaged_file_is_decoded_where_it_lies_as_it_is_by_itself(damage):
    encoded = base64.encodebytes(b"An order, or what is left of it." * 4).replace(*damage)
    raw = b"before" + encoded + b"after"
    assert decode_within(raw, 6, 6 + len(encoded), "base64") == decode_transfer(encoded, "base64")
