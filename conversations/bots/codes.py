"""One-time codes: sent to an address that we knew before, limited, kept as a keyed hash, compared in constant time.

An address that we do not know leaves the same row, without an identity: nothing is sent, it counts in the same limits,
and no code is ever right for it.
"""

import re
import secrets
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from conversations.bots.proof import speaker_of
from conversations.bots.words import say
from conversations.models import Conversation, ProofCode
from customers import commerce
from customers.handles import UNVERIFIED, fitted, normalise
from customers.models import Claim, Identity
from customers.models.identity import Kind

DIGITS = 6
HOLDS = timedelta(minutes=15)
MOST_TRIES = 5  # of one code
MOST_HERE, HERE_WITHIN = 3, timedelta(hours=1)  # codes in one conversation
MOST_THERE, THERE_WITHIN = 5, timedelta(days=1)  # codes to one address: nobody's mailbox is filled by strangers
LOST_AFTER = timedelta(seconds=20)  # a code that nobody mailed
CODE = re.compile(r"(?<!\d)(\d(?:[ -]?\d){5})(?!\d)")


@transaction.atomic
def send_code(conversation: Conversation, *, email: str, order: str = "") -> Literal["sent", "no_address", "limit"]:
    """ "sent" is what is said, whether there is such an address or not. The code itself goes out by a task."""
    conversation = Conversation.objects.select_for_update(of=("self",), no_key=True).get(pk=conversation.pk)
    try:
        address = normalise(Kind.EMAIL, email)
    except ValueError:
        return "no_address"
    now = timezone.now()
    if ProofCode.objects.filter(conversation=conversation, sent_at__gt=now - HERE_WITHIN).count() >= MOST_HERE:
        return "limit"
    _one_at_a_time(address)
    identity = _known(address, order)
    if identity and ProofCode.objects.filter(identity=identity, sent_at__gt=now - THERE_WITHIN).count() >= MOST_THERE:
        identity = None
    ProofCode.objects.filter(conversation=conversation, proven_at=None).update(expires_at=now)  # the newest alone holds
    code = ProofCode.objects.create(
        conversation=conversation,
        identity=identity,
        speaker=speaker_of(conversation),
        sent_at=now,
        expires_at=now + HOLDS,
    )
    from conversations.tasks import mail_proof_code

    transaction.on_commit(lambda: mail_proof_code.delay(code.pk), robust=True)
    return "sent"


@transaction.atomic
def mail_code(pk: int) -> None:
    """Makes the code and mails it, once; where the mail cannot go, another try makes another one."""
    rows = ProofCode.objects.select_for_update(of=("self",)).select_related("conversation", "identity")
    row = rows.filter(pk=pk, digest="", expires_at__gt=timezone.now()).first()
    address = _address_of(row.identity) if row and row.identity else ""
    if row is None or not address:
        return
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row.digest = _digest(row.pk, code)
    row.save(update_fields=["digest"])
    language = row.conversation.language or settings.LANGUAGE_CODE
    text = say("code_mail", language, code=code, minutes=int(HOLDS.total_seconds() // 60))
    send_mail(say("code_mail_subject", language, desk=settings.DESK_NAME), text, None, [address])


def not_mailed() -> list[int]:
    """Whose task was lost on the way."""
    now = timezone.now()
    rows = ProofCode.objects.filter(digest="", expires_at__gt=now, sent_at__lt=now - LOST_AFTER)
    return list(rows.exclude(identity=None).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def check_code(conversation: Conversation, typed: str) -> Literal["right", "wrong", "none", "old", "over"]:
    """ "none": there are no six digits in it, which is no try. "old": none holds any more. Each try counts before it is
    compared, under the row's lock, so that many at once are not more tries."""
    found = CODE.search(typed)
    if not found:
        return "none"
    rows = ProofCode.objects.select_for_update(of=("self",)).filter(conversation=conversation)
    row = rows.filter(proven_at=None, expires_at__gt=timezone.now()).order_by("-sent_at", "-pk").first()
    if row is None:
        return "old"
    if row.tries >= MOST_TRIES:
        return "over"
    row.tries += 1
    speaker = speaker_of(conversation)
    expected = row.digest or _digest(row.pk, secrets.token_hex(DIGITS))
    is_right = constant_time_compare(expected, _digest(row.pk, re.sub(r"\D", "", found[1])))
    if is_right and row.identity_id and speaker and speaker.pk == row.speaker_id:
        row.proven_at = timezone.now()
    row.save(update_fields=["tries", "proven_at"])
    if row.proven_at:
        return "right"
    return "over" if row.tries >= MOST_TRIES else "wrong"


def _one_at_a_time(address: str) -> None:
    """Whether it is known or not: from many conversations at once, no more go to it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"proof code {address}"])


def _known(address: str, order: str) -> Identity | None:
    """Whose proven address it is; else a guest who typed it at a checkout; else the browser or the account of the order
    that they named, which claimed it."""
    living = Identity.objects.filter(customer__merged_into=None)
    if known := living.filter(kind=Kind.EMAIL, value=address, is_verified=True).first():
        return known
    if guest := living.filter(kind=Kind.EMAIL, value=fitted(f"{UNVERIFIED}{address}"), orders__isnull=False).first():
        return guest
    bought = commerce.find_order(order).values_list("identity", flat=True)[:20] if order else []
    fits = [each for each in living.filter(pk__in=list(bought)) if _address_of(each) == address]
    return fits[0] if fits else None


def _address_of(identity: Identity) -> str:
    """Its own; else the one that was typed where it bought. Of a browser that several people bought with, nobody can
    say whose the order is: ""."""
    if identity.kind == Kind.EMAIL:
        return identity.value.removeprefix(UNVERIFIED)
    typed = Claim.objects.filter(kind=Kind.EMAIL, identity=identity, source__startswith="shop")
    addresses = set(typed.values_list("value", flat=True)[:2])
    return addresses.pop() if len(addresses) == 1 else ""


def _digest(pk: int, code: str) -> str:
    return salted_hmac("conversations.bots.codes", f"{pk}:{code}", algorithm="sha256").hexdigest()
