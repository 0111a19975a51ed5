"""Mails for the ingest bench: the same ones each time, as mail programs write them."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

NEW_SHARE, ATTACHED_SHARE, ATTACHMENT_BYTES = 0.6, 0.05, 50_000
WORDS = (
    "jacket size medium large parcel order exchange return label invoice sleeve zip seam fleece rucksack shop Friday "
    "delivery courier address refund colour moss tent pole repair warranty stitching waterproof spray wash boots sole "
    "gift voucher payment receipt please thank know when could you send another still waiting since last week"
).split()


@dataclass(frozen=True)
class Mail:
    message_id: str
    raw: bytes
    is_reply: bool
    has_attachment: bool


def mails(count: int, *, to: str, seed: int = 7) -> Iterator[Mail]:
    """`count` mails: 40 % answer an earlier one, 5 % bring 50 kB."""
    chance = random.Random(seed)
    sent: list[tuple[str, str, str]] = []  # sender, Message-ID, subject
    for number in range(count):
        is_reply = bool(sent) and chance.random() >= NEW_SHARE
        has_attachment = number % round(1 / ATTACHED_SHARE) == 3
        message_id = f"<{number:06}.{chance.getrandbits(64):x}@mail.bench.example>"
        mail = EmailMessage(policy=SMTP)
        if is_reply:
            sender, parent, subject = chance.choice(sent[-400:])
            mail["In-Reply-To"] = mail["References"] = parent
            subject = f"Re: {subject}"
        else:
            sender, subject, parent = f"customer{number}@bench.example", sentence(chance, 5), ""
            sent.append((sender, message_id, subject))
        fill(mail, sender, to, subject, message_id, number)
        write(mail, chance, is_reply, has_attachment)
        yield Mail(message_id, mail.as_bytes(), is_reply, has_attachment)


def fill(mail: EmailMessage, sender: str, to: str, subject: str, message_id: str, number: int) -> None:
    mail["Return-Path"] = f"<{sender}>"
    mail["Received"] = (
        f"from mail.bench.example by mx.desk.example with ESMTPS id {number:08x}; Mon, 16 Nov 2026 09:12:00 +0000"
    )
    mail["Authentication-Results"] = (
        "mx.desk.example; dkim=pass header.d=bench.example; dmarc=pass header.from=bench.example"
    )
    mail["From"] = f"{sender.split('@')[0].title()} Bell <{sender}>"
    mail["To"], mail["Subject"], mail["Message-ID"] = to, subject, message_id
    mail["Date"] = "Mon, 16 Nov 2026 09:12:00 +0000"


def write(mail: EmailMessage, chance: random.Random, is_reply: bool, has_attachment: bool) -> None:
    said = [sentence(chance, chance.randint(6, 18)) + "." for _ in range(chance.randint(2, 6))]
    quoted = [sentence(chance, 12) + "." for _ in range(4)] if is_reply else []
    text = "\n\n".join(said) + "\n"
    html = "".join(f"<p>{line}</p>" for line in said)
    if quoted:
        intro = "On Mon, 16 Nov 2026 at 08:01, Hollin & Fell <support@hollinfell.example> wrote:"
        text += f"\n{intro}\n" + "".join(f"> {line}\n" for line in quoted)
        html += (
            f'<div class="gmail_quote">{intro.replace("&", "&amp;")}<blockquote>{" ".join(quoted)}</blockquote></div>'
        )
    mail.set_content(text)
    mail.add_alternative(f"<html><body>{html}</body></html>", subtype="html")
    if has_attachment:
        picture = base64.b64decode("iVBORw0KGgo=") + chance.randbytes(ATTACHMENT_BYTES - 8)
        mail.add_attachment(picture, maintype="image", subtype="png", filename="the seam.png")


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize()
