"""Bounces of many servers are recognised, with the right recipients, and nothing else is taken for one."""

import pytest

from integrations.adapters.media.email.parse import parse

DSN = """\
Return-Path: <>
From: {sender}
To: support@shop.example
Subject: {subject}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{fields}
--b
Content-Type: message/rfc822

From: support@shop.example
To: ann@example.com
Subject: Your order
Message-ID: <conversation-7@shop.example>

Hello
--b--
"""


def bounce_of(text, sender="MAILER-DAEMON@mx.example", subject="failure notice", more=""):
    return parse(f"From: {sender}\nTo: support@shop.example\nSubject: {subject}\n{more}\n{text}".encode()).bounce


def report(
    fields, subject="Undelivered Mail Returned to Sender", sender="Mail Delivery System <MAILER-DAEMON@mx.example>"
):
    return parse(DSN.format(fields=fields, subject=subject, sender=sender).encode()).bounce


def test_a_report_names_recipient_status_reason_and_the_message():
    bounce = report(
        "Final-Recipient: rfc822; Ann@Example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 No such\n  user here\n"
    )
    assert bounce.recipients == ("Ann@Example.com",)
    assert (bounce.status, bounce.is_temporary) == ("5.1.1", False)
    assert bounce.diagnostic == "550 No such user here"
    assert bounce.original_message_id == "conversation-7@shop.example"


def test_a_report_names_the_address_that_we_wrote_to_rather_than_where_it_was_forwarded():
    bounce = report(
        "Original-Recipient: rfc822;ann@example.com\nFinal-Recipient: rfc822;ann.b@inner.example\nAction: failed\nStatus: 5.0.0\n"
    )
    assert bounce.recipients == ("ann@example.com",)


def test_a_delay_is_temporary_and_only_failures_count_where_there_are_both():
    delayed = "Final-Recipient: rfc822; a@example.com\nAction: delayed\nStatus: 4.2.2\n"
    assert report(delayed).is_temporary
    both = report(delayed + "\nFinal-Recipient: rfc822; b@example.com\nAction: failed\nStatus: 5.1.1\n")
    assert (both.recipients, both.is_temporary) == (("b@example.com",), False)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action):
    assert (
        report(
            f"Final-Recipient: rfc822; a@example.com\nAction: {action}\nStatus: 2.0.0\n", subject="Successful delivery"
        )
        is None
    )


@pytest.mark.parametrize(
    "address",
    ["rfc822; <ann@example.com>", "RFC822;ann@example.com (Ann)", "<ann@example.com>", "rfc822; ann@example.com."],
)
def test_an_address_is_read_in_each_form_that_servers_write(address):
    assert report(f"Final-Recipient: {address}\nAction: Failed (bad)\nStatus: 5.0.0 (permanent)\n").recipients == (
        "ann@example.com",
    )


FREE_FORM = {
    "qmail": "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <support@shop.example>\nTo: bob@example.com\n",
    "postfix": "This is the Postfix program at host mx.example.\n\nFor further assistance, please contact <postmaster@mx.example>\n\n<ann@example.com>: host mail.example[1.2.3.4] said: 550 5.1.1\n    <ann@example.com>... User unknown\n",
    "sendmail": "   ----- The following addresses had permanent fatal errors -----\n<ann@example.com>\n    (reason: 553 5.3.0 <ann@example.com>... Unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mail.example.:\n>>> RCPT To:<ann@example.com>\n<<< 550 unknown\n",
    "sendmail expanded": "   ----- The following addresses had permanent fatal errors -----\nann@inner.example\n    (expanded from: ann@example.com)\n",
    "exim": "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@example.com\n    unrouteable mail domain\n\n------ This is a copy of the message, including all the headers. ------\n\nTo: bob@example.com\n",
    "exchange": "Your message\n\n  To:      bob@example.com\n  Subject: Your order\n  Sent:    Fri, 3 Jan 2020 10:00:00\n\ndid not reach the following recipient(s):\n\nann@example.com on Fri, 3 Jan 2020 10:00:05\n    The recipient name is not recognized\n",
    "exchange of today": "Delivery has failed to these recipients or groups:\n\nAnn Example (ann@example.com)<mailto:ann@example.com>\nThe email address you entered couldn't be found.\n\nDiagnostic information for administrators:\n\nGenerating server: x.prod.outlook.com\n\nann@example.com\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n",
    "gmail": "** Address not found **\n\nYour message wasn't delivered to ann@example.com because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 user unknown\n",
    "groupwise": "The message that you sent was undeliverable to the following:\n\tann@example.com (user not found)\n",
    "yahoo": "Message from yahoo.example.\nUnable to deliver message to the following address(es).\n\n<ann@example.com>:\nThis user doesn't have an account.\n\n--- Original message follows.\n\nFrom: bob@example.com\n",
    "imail": "Unknown user: ann@example.com\n\nRCPT TO generated following response:\n550 unknown user\n\nOriginal message follows.\n\nReceived: from x\n",
    "interscan": "Sent <<< RCPT TO:<ann@example.com>\nReceived >>> 550 5.1.1 unknown user.\n\nUnable to deliver message to <ann@example.com> (and other recipients in the same domain).\n",
    "compuserve": "Your message could not be delivered for the following reason:\n\nInvalid receiver address: ann@example.com\n",
    "mdaemon": "The attached message had PERMANENT fatal delivery errors!\n\nThe following data may help:\nFailed address: ann@example.com\n--- Session Transcript ---\n Thu: --> RCPT To:<ann@example.com>\n",
    "french": "Votre message n'a pas pu être délivré à\nann@example.com\n",
    "german": "Ihre Nachricht konnte nicht zugestellt werden an:\n\n  ann@example.com\n\nDer Empfänger ist unbekannt.\n",
    "chinese": "抱歉,您的邮件无法投递到以下地址:\n\n<ann@example.com>:\n",
    "mdaemon of old": "The following addresses did NOT receive a copy of your message:\n\n> ann@example.com\n\n--- Session Transcript ---\n> RCPT To:<ann@example.com>\n",
    "smail": "|------------------------- Failed addresses follow: ---------------------|\n ann@example.com ... unknown host\n|------------------------- Message text follows: ------------------------|\nTo: bob@example.com\n",
    "hotpop": "Your mail could not be delivered.\n\nUndeliverable Address: ann@example.com\n\nOriginal message attached.\n",
    "smtpsvc": "The email below could not be delivered to the following user:\n\n<ann@example.com>\n\nOld message:\nReceived: from x\nTo: bob@example.com\n",
    "delivery failed": "Delivery to the following recipient failed permanently:\n\n     ann@example.com\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected by the server. 550 no such user\n\n----- Original message -----\n\nMIME-Version: 1.0\nTo: bob@example.com\n",
    "lotus": "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  ann@example.com\n\nbecause:\n\n  User ann not listed in directory\n",
    "sender and recipient in one line": "Your message (from <bounces@lists.example>) to <ann@example.com> failed: no such user.\n",
    "a contact below": "We could not deliver your message to ann@example.com.\n\nIf you have questions, please contact:\n\n  desk@isp.example\n",
    "an id below": "Your message could not be delivered to ann@example.com: user unknown.\n\nMessage-ID:\n <20200303.1@lists.example>\n",
    "an answer of the server": "Delivery failed.\n\n550 <ann@example.com>: Recipient address rejected: User unknown\n",
    "spanish": "No se pudo entregar el mensaje a los siguientes destinatarios:\n\n  ann@example.com\n",
    "italian": "Non è stato possibile consegnare il messaggio al seguente destinatario: ann@example.com\n",
    "russian": "Ваше сообщение не было доставлено:\n\n  ann@example.com\n",
    "mailbox full": "User's mailbox is full: <ann@example.com>\nUnable to deliver mail.\n",
}  # fmt: skip


@pytest.mark.parametrize("text", FREE_FORM.values(), ids=FREE_FORM.keys())
def test_a_free_form_bounce_names_its_recipient(text):
    bounce = bounce_of(text)
    assert bounce is not None
    assert bounce.recipients == ("ann@example.com",)
    assert not bounce.is_temporary


def test_a_bounce_of_a_mail_to_oneself_names_oneself():
    raw = b"From: MAILER-DAEMON@mx.example\nTo: ann@example.com\nSubject: failure notice\n\n<ann@example.com>:\nUser unknown\n"
    assert parse(raw).bounce.recipients == ("ann@example.com",)


def test_the_header_of_exim_names_the_recipients():
    bounce = bounce_of("Sorry.", more="X-Failed-Recipients: ann@example.com, bob@example.com\n")
    assert bounce.recipients == ("ann@example.com", "bob@example.com")


@pytest.mark.parametrize(
    "text",
    [
        "A message that you sent has not yet been delivered to all its recipients\nafter more than 24 hours.\n\n  ann@example.com\n\nDelivery attempts will continue for some time.",
        "    ** THIS IS A WARNING MESSAGE ONLY **\n    ** YOU DO NOT NEED TO RESEND YOUR MESSAGE **\n\n  ----- Transcript -----\n<ann@example.com>... Deferred: could not be delivered\n",
        "Delivery to the following recipient has been delayed:\n\n     ann@example.com\n\nMessage will be retried for 2 more day(s)\n",
    ],
)
def test_a_warning_is_temporary(text):
    bounce = bounce_of(text, subject="Warning: message delayed 24 hours")
    assert (bounce.recipients, bounce.is_temporary) == (("ann@example.com",), True)


@pytest.mark.parametrize(
    ("sender", "subject", "text", "more"),
    [
        ("Ann <ann@example.com>", "Where is my order?", "The parcel could not be delivered to bob@example.com, says DHL.", ""),
        ("Ann <ann@example.com>", "Re: Delivery problem", "Your mail to bob@example.com was returned, user unknown.", "In-Reply-To: <1@shop.example>\n"),
        ("Ann <ann@example.com>", "Automatic reply: Your order", "I am away until Monday. Contact bob@example.com.", "Auto-Submitted: auto-replied\n"),
        ("Postmaster <postmaster@example.com>", "Maintenance on Sunday", "We restart our servers. Questions: help@example.com", ""),
        ("noreply@dhl.example", "Delivery status of your parcel", "Your parcel is on its way. Track it: https://dhl.example", ""),
    ],
)  # fmt: skip
def test_no_mail_of_a_person_is_taken_for_a_bounce(sender, subject, text, more):
    assert bounce_of(text, sender=sender, subject=subject, more=more) is None


def test_a_read_receipt_is_no_bounce():
    raw = b"From: ann@example.com\nSubject: Read: Your order\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nRead.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ann@example.com\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
    assert parse(raw).bounce is None
