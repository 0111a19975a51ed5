"""HTML mail becomes readable text, and the quotes in it are told from the reply."""

import pytest

from integrations.adapters.media.email.html_text import html_to_text
from integrations.adapters.media.email.parse import parse


def reply(html):
    raw = b"From: Ann <ann@example.com>\nSubject: Re: x\nContent-Type: text/html; charset=utf-8\n\n" + html.encode()
    return " ".join(parse(raw).reply_text.split())


QUOTES = {
    "gmail": '<div dir="ltr">Reply</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 2 Mar 2020 at 10:00, Shop &lt;<a href="mailto:s@shop.example">s@shop.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Sent</div></blockquote></div>',
    "gmail of old": 'Reply<br><br><div class="gmail_quote">On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:<div>Test</div></div>',
    "apple": '<html><body>Reply<div><br></div><blockquote type="cite">On 9 Jan 2014, at 2:47 pm, Shop wrote:<br><br>Sent</blockquote></body></html>',
    "apple mail": '<div>Reply</div><br><div><div>On 9 Jan 2014, at 2:47 pm, Shop &lt;s@shop.example&gt; wrote:</div><br><blockquote type="cite"><div>Sent</div></blockquote></div>',
    "thunderbird": '<body>Reply<br><div class="moz-cite-prefix">On 04/19/2011 07:10 AM, Shop wrote:<br></div><blockquote cite="mid:x" type="cite"><p>Sent</p></blockquote></body>',
    "outlook": '<div class="WordSection1"><p class="MsoNormal">Reply</p><div style="border:none;border-top:solid #B5C4DF 1.0pt"><p class="MsoNormal"><b>From:</b> Shop [mailto:s@shop.example]<br><b>Sent:</b> Monday, March 2, 2020 10:00<br><b>To:</b> Ann<br><b>Subject:</b> x</p></div><p>Sent</p></div>',
    "outlook on the web": '<div>Reply</div><div id="appendonsend"></div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Shop &lt;s@shop.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ann<br><b>Subject:</b> x</div><div>Sent</div>',
    "hotmail": '<body><div>Reply<br><hr id="stopSpelling">Date: Mon, 2 Mar 2020<br>From: s@shop.example<br>To: ann@example.com<br>Subject: x<br><br>Sent</div></body>',
    "yahoo": '<div>Reply</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Monday, March 2, 2020, 10:00 AM, Shop &lt;s@shop.example&gt; wrote:</div><div>Sent</div></div>',
    "proton": '<div>Reply</div><div class="protonmail_quote">------- Original Message -------<br>On Monday, March 2nd, 2020 at 10:00, Shop &lt;s@shop.example&gt; wrote:<blockquote class="protonmail_quote" type="cite"><div>Sent</div></blockquote></div>',
    "zoho": '<div>Reply</div><div class="zmail_extra"><div>---- On Mon, 02 Mar 2020 10:00:00 +0000 <b>s@shop.example</b> wrote ----</div><blockquote><div>Sent</div></blockquote></div>',
    "mail.ru": '<BODY>Reply<br><br>Понедельник,  2 марта 2020, 10:00 +03:00 от Shop &lt;s@shop.example&gt;:<br><blockquote style="border-left:1px solid #08F"><div>Sent</div></blockquote></BODY>',
    "splitter beside a blockquote": "Reply<div>On 11-Apr-2011, at 6:54 PM, Bob &lt;bob@example.com&gt; wrote:</div><blockquote>Test</blockquote>",
    "german gmx": '<div>Reply</div><div name="quote" style="padding:10px"><div><b>Gesendet:</b> Montag, 2. März 2020 um 10:00 Uhr<br><b>Von:</b> "Shop" &lt;s@shop.example&gt;<br><b>An:</b> ann@example.com<br><b>Betreff:</b> x</div><div>Sent</div></div>',
}  # fmt: skip


@pytest.mark.parametrize("html", QUOTES.values(), ids=QUOTES.keys())
def test_the_quote_of_each_client_is_told_from_the_reply(html):
    assert reply(html) == "Reply"


def test_words_between_the_quotes_of_gmail_stay_visible():
    html = (
        '<div>See below</div><div class="gmail_quote"><div class="gmail_attr">On 2 Mar 2020, Shop &lt;s@shop.example&gt; wrote:</div>'
        '<blockquote class="gmail_quote">Which colour?</blockquote><div>Blue.</div><blockquote class="gmail_quote">Size?</blockquote><div>XL</div></div>'
    )
    assert reply(html) == "See below Blue. XL"


def test_the_writers_own_blockquote_stays_visible():
    assert (
        reply("<p>Your page says:</p><blockquote>Free returns</blockquote><p>Is it true?</p>")
        == "Your page says: Free returns Is it true?"
    )


def test_a_message_forwarded_in_gmail_is_shown():
    html = '<div dir="ltr"><br><div class="gmail_quote">---------- Forwarded message ----------<br>From: Bob &lt;bob@example.com&gt;<br>Subject: Broken<br><br>It broke.</div></div>'
    assert "It broke." in reply(html)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<ul><li>A</li><li>B</li></ul>", "- A\n- B"),
        ("<table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>", "A B\nC"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('<a href="https://shop.example/o/1">your order</a>', "your order <https://shop.example/o/1>"),
        ('<a href="https://shop.example/">shop.example</a>', "shop.example"),
        ("a &lt; b &amp; c &nbsp;d &#8364;", "a < b & c d €"),
        ("<style>p{}</style><script>x</script><!-- no -->Yes<head><title>t</title></head>", "Yes"),
        ("<style>unclosed <b>Still here</b>", "unclosed Still here"),
        ("<b>bold<i>both</b> 1 < 2", "boldboth 1 < 2"),
        ("Sp<b>l</b>it word", "Split word"),
        ("<![if !mso]>x<![endif]><!--[if mso]>hidden<![endif]-->y", "xy"),
        ("", ""),
    ],
)
def test_html_reads_like_the_mail(html, text):
    assert html_to_text(html) == text
