"""What this room keeps of a customer: the bytes that providers sent; how they are exported, and how erased."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from urllib.parse import quote

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.models import Claim, Identity, Order
from customers.models.identity import Kind
from customers.privacy import AT_ONCE, NotYetError, Section, Step, Whose
from integrations import exporting
from integrations.models import BrainTalk, Export, Import, ImportRow, RawEvent, Reread

ERASED = ("erased:", "erased-")  # what stands where a name stood
SHORTEST = 5  # characters: a handle shorter than this would be found in everything


class Escaped(Func):
    """Bytes as text that any text can be looked for in: what is not ASCII is written in octal."""

    function = "encode"
    template = "%(function)s(%(expressions)s, 'escape')"
    output_field = TextField()


def sections(of: Whose) -> Iterable[Section]:
    originals = _of_messages(of)
    columns = ("pk", "connector__name", "received_at", "kind")
    files = [(f"originals/{raw.pk}.eml", _reader(raw.pk)) for raw in originals.only("pk")]
    yield Section("originals", _("Your messages as they came"), list(originals.values(*columns)), files)


def _reader(pk: int) -> Callable[[], bytes]:
    return lambda: bytes(RawEvent.objects.get(pk=pk).body)


def _of_messages(of: Whose) -> QuerySet[RawEvent]:
    theirs = Q(message__conversation__customer__in=of.customers) | Q(message__identity__in=of.identities)
    return RawEvent.objects.filter(theirs).order_by("pk")


def _erase_originals(of: Whose, cursor: int) -> tuple[int, int | None]:
    return _empty(_of_messages(of).exclude(body=b"")), None


def _erase_mentions(of: Whose, cursor: int) -> tuple[int, int | None]:
    """Whatever names one of their handles: a shop's webhook, a batch of page views. All there is is read, so this takes
    its time; `cursor` is the id it came to. What is still to be processed is waited for: it would bring them back."""
    until = cursor + AT_ONCE * 20
    span = RawEvent.objects.filter(pk__gt=cursor, pk__lte=until).exclude(body=b"")
    more = RawEvent.objects.filter(pk__gt=until).exists()
    if not (ways := _ways(of)):
        return 0, None
    naming = span.alias(words=Escaped(F("body"))).filter(reduce(or_, ways))
    if naming.filter(state=RawEvent.State.KEPT).exists():
        raise NotYetError("A message of theirs is still to be processed.")
    return _empty(naming), until if more else None


def _ways(of: Whose) -> list[Q]:
    """In which they may be named. What they only said was theirs may be somebody else's: it is looked for in what shops
    and trackers sent, and not in anybody's mail."""
    claims = Claim.objects.filter(customer__in=of.customers).exclude(kind=Kind.ORDER).values_list("value", flat=True)
    ways = [Q(words__icontains=value) for value in _written(_handles(of))]
    ways += [Q(words__icontains=value, message=None) for value in _written(claims)]
    return ways + list(_by_short_numbers(of))


def _by_short_numbers(of: Whose) -> Iterator[Q]:
    """“17” is in everything: such an account is looked for as one, and where it is that shop's."""
    accounts = Identity.objects.filter(pk__in=of.identities, kind=Kind.SHOP).values_list("value", flat=True)
    for shop, _colon, number in (value.rpartition(":") for value in accounts):
        if len(number) < SHORTEST:
            named = rf'"(user_?id|customer_?id|account)":\s*"?{re.escape(number)}["\s,}}]'
            yield Q(words__iregex=named, message=None, **({"connector__settings__shop": shop} if shop else {}))


def _written(handles: Iterable[str]) -> list[str]:
    """These handles in every way a provider writes them: plain, in JSON, in an address; phone numbers without the plus,
    too. Letters that are not ASCII have no case in escaped bytes, so both cases are looked for."""
    found: set[str] = set()
    for handle in handles:
        if len(handle) >= SHORTEST and not handle.startswith(ERASED):
            written = (handle, handle.upper(), quote(handle))
            found |= {as_escaped(way) for way in (*written, *(json.dumps(each)[1:-1] for each in written))}
    return sorted(found)


def _handles(of: Whose) -> Iterable[str]:
    """With the numbers of their accounts and orders, by which alone a shop may speak of them."""
    for kind, value, display in Identity.objects.filter(pk__in=of.identities).values_list("kind", "value", "display"):
        yield from (value.removeprefix("unverified:").lstrip("+"), display.lstrip("+"))
        if kind == Kind.SHOP:
            yield value.rpartition(":")[2]
        if kind == Kind.VISITOR:  # behind the number of the tracker, where its ids are short
            yield value.partition(":")[2]
    for names in Order.objects.filter(identity__in=of.identities).values_list("external_id", "number"):
        yield from names


def _erase_rereads(of: Whose, cursor: int) -> tuple[int, int | None]:
    """What was still to be read in a shop would bring back what is erased next."""
    named = Order.objects.filter(
        identity__in=of.identities, source=OuterRef("connector"), external_id=OuterRef("external_id")
    )
    return Reread.objects.filter(Exists(named)).delete()[0], None


def as_escaped(text: str) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte != 92 else "\\\\" if byte == 92 else f"\\{byte:03o}"
        for byte in text.encode()
    )


def _empty(raws: QuerySet[RawEvent]) -> int:
    """The bytes go; that something came under this name stays, so that it does not come in twice."""
    found = list(raws.order_by("pk").values_list("pk", flat=True))
    return RawEvent.objects.filter(pk__in=found).update(body=b"", headers={}, error=Value(""))


def _erase_moved(of: Whose, cursor: int) -> tuple[int, int | None]:
    """What lies in files: an archive of everything is made anew when it is needed; a file that is being set up and
    names them is thrown away; rows that were set aside lose their words. A file that is being brought in is waited for:
    it may bring them back."""
    count = exporting.drop(Export.objects.exclude(state=Export.State.GONE))
    if Import.objects.filter(state__in=[Import.State.WAITING, Import.State.RUNNING]).exists():
        raise NotYetError("A file that may name them is being brought in.")
    handles = [handle for handle in _handles(of) if len(handle) >= SHORTEST and not handle.startswith(ERASED)]
    for one in Import.objects.exclude(file=""):
        if _names(one, handles):
            one.file.delete(save=False)
            Import.objects.filter(pk=one.pk).update(file="", state=Import.State.STOPPED, error="")
            count += 1
    aside = ImportRow.objects.filter(state=ImportRow.State.ASIDE).alias(words=Cast("said", TextField()))
    for handle in handles:
        plain = Q(words__icontains=handle) | Q(words__icontains=json.dumps(handle)[1:-1]) | Q(why__icontains=handle)
        count += aside.filter(plain).update(said=[], why="")
    return count, None


def _names(one: Import, handles: Iterable[str]) -> bool:
    """Block by block; a handle that lies across two is found, too."""
    wanted = [form.lower() for handle in handles for form in (handle.encode(), handle.encode("utf-16-le"))]
    before = b""
    try:
        with one.file.storage.open(str(one.file.name), "rb") as file:
            while block := file.read(1_000_000):
                words = (before + block).lower()
                if any(each in words for each in wanted):
                    return True
                before = block[-2000:]
    except FileNotFoundError:
        return False
    return False


def _erase_brains(of: Whose, cursor: int) -> tuple[int, int | None]:
    """What another maker's brain wanted to have kept of a talk; its maker has a copy of what it was asked."""
    return BrainTalk.objects.filter(conversation__customer__in=of.customers).delete()[0], None


STEPS = (
    Step("moved", _erase_moved),
    Step("rereads", _erase_rereads),
    Step("mentions", _erase_mentions),
    Step("originals", _erase_originals),
    Step("brains", _erase_brains),
)
