"""A simulated customer's letters: sent to the desk by SMTP, and its answers read by IMAP and now and then answered."""

import asyncio
import email
import email.policy
import imaplib
import random
import smtplib
import uuid
from email.message import EmailMessage
from email.utils import formataddr, parseaddr

from integrations.simulators.mail_servers import CUSTOMERS, PASSWORD

ANSWER_SHARE = 0.6  # of the desk's mails; the rest is left at that, as people do
SECONDS = 20  # for any one exchange with a server


class Post:
    def __init__(self, smtp: tuple[str, int], imap: tuple[str, int], mailbox: str) -> None:
        self.smtp, self.imap, self.mailbox = smtp, imap, mailbox
        self.expecting: dict[str, tuple[str, list[str]]] = {}  # address: name, and what they may still say
        self.seen_until = 0  # the uid up to which the desk's mails have been read

    def turn_to(self, smtp: tuple[str, int], imap: tuple[str, int]) -> None:
        """The demo's servers choose free ports where another program has theirs, and may do so after we began."""
        if imap != self.imap:
            self.seen_until = 0  # another mailbox counts anew; in it, only who is expected to answer does
        self.smtp, self.imap = smtp, imap

    def expect(self, address: str, *, name: str, more: tuple[str, ...]) -> None:
        self.expecting[address] = (name, list(more))

    async def send(
        self, address: str, *, name: str, subject: str, text: str, answering: EmailMessage | None = None
    ) -> None:
        mail = EmailMessage(policy=email.policy.SMTPUTF8)
        mail["From"], mail["To"] = formataddr((name, address)), self.mailbox
        mail["Subject"], mail["Message-ID"] = subject, f"<{uuid.uuid4()}@{address.partition('@')[2]}>"
        if answering is not None:
            _refer(mail, answering)
            text = f"{text}\n\n{_quoted(answering)}"
        mail.set_content(text)
        await asyncio.to_thread(self._send, mail, address)

    def _send(self, mail: EmailMessage, sender: str) -> None:
        with smtplib.SMTP(*self.smtp, timeout=SECONDS) as server:
            server.send_message(mail, from_addr=sender, to_addrs=[parseaddr(str(mail["To"]))[1]])

    async def answer_the_desk(self, pace: float) -> None:
        """Looks into the mailbox for ever; what lay there before is left alone."""
        self.seen_until = await asyncio.to_thread(self._last_uid)
        while True:
            for mail in await asyncio.to_thread(self._unread):
                await self._answer(mail, pace)
            await asyncio.sleep(max(2.0, pace / 4))

    async def _answer(self, mail: EmailMessage, pace: float) -> None:
        address = parseaddr(str(mail["To"]))[1].lower()
        name, more = self.expecting.get(address, ("", []))
        if not more or random.random() > ANSWER_SHARE:
            return
        await asyncio.sleep(random.uniform(0.2, 1.0) * pace)
        await self.send(address, name=name, subject=_re(str(mail["Subject"])), text=more.pop(0), answering=mail)

    def _box(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4(*self.imap, timeout=SECONDS)
        box.login(CUSTOMERS, PASSWORD)
        box.select("INBOX", readonly=True)
        return box

    def _last_uid(self) -> int:
        with self._box() as box:
            return max(_uids(box, "1:*"), default=0)

    def _unread(self) -> list[EmailMessage]:
        found: list[EmailMessage] = []
        with self._box() as box:
            for uid in _uids(box, f"{self.seen_until + 1}:*"):
                if uid <= self.seen_until:
                    continue  # RFC 3501 6.4.8: "n:*" always names the last message, however old
                _, parts = box.uid("fetch", str(uid), "(BODY.PEEK[])")
                raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
                found.append(email.message_from_bytes(raw, EmailMessage, policy=email.policy.default))
                self.seen_until = uid
        return found


def _uids(box: imaplib.IMAP4, span: str) -> list[int]:
    _, answer = box.uid("search", f"UID {span}")
    return sorted(int(word) for word in (answer[0] or b"").split())


def _refer(mail: EmailMessage, to: EmailMessage) -> None:
    """As mail programs do: to the Reply-To, in the thread of the mail that is answered (RFC 5322 3.6.4)."""
    if reply_to := str(to.get("Reply-To") or to.get("From") or ""):
        mail.replace_header("To", reply_to)
    if parent := str(to.get("Message-ID") or ""):
        mail["In-Reply-To"] = parent
        mail["References"] = f"{to.get('References', '')} {parent}".strip()


def _quoted(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    lines = str(part.get_content()).rstrip().splitlines() if part else []
    who = parseaddr(str(mail.get("From", "")))
    return f"On {mail.get('Date', 'that day')}, {who[0]} <{who[1]}> wrote:\n" + "\n".join(f"> {line}" for line in lines)


def _re(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"
