"""What led to a sale, and what each of the five models gives it: of a million, and of its money."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from conversations.models.sale import Sale, SaleTouch
from conversations.reports.sales.known import MONTH, Known, Seen, Spoken, host_of

MODELS = ("first", "last", "linear", "position", "decay")
WHOLE = 1_000_000
MOST = 40  # touches of a sale: its first, and its last ones
HALF_LIFE = timedelta(days=7)
FINE = 10**9  # by which weights of the decay are whole
Kind = SaleTouch.Kind


def touches_of(sale: Sale, known: Known, referred: dict[int, str]) -> list[SaleTouch]:
    """Of a resolved sale, the oldest first, with their credits. A visit that came by nobody's doing is no touch."""
    if not sale.is_resolved:
        return []
    since = sale.placed_at - MONTH
    found = [_of_visit(visit, referred.get(visit.pk, "")) for visit in known.visits if _within(visit.at, since, sale)]
    touches = [touch for touch in found if touch]
    touches += [_of_talk(talk) for talk in known.spoken if _within(talk.at, since, sale)]
    touches.sort(key=lambda touch: (touch.at, touch.kind, touch.source, touch.medium, touch.campaign))
    if len(touches) > MOST:
        touches = [touches[0], *touches[1 - MOST :]]
    return credited(sale, touches)


def visits_before(sale: Sale, known: Known) -> Iterable[Seen]:
    """Of which it matters where they came from."""
    if not sale.is_resolved:
        return ()
    since = sale.placed_at - MONTH
    return (visit for visit in known.visits if not visit.campaign and _within(visit.at, since, sale))


def credited(sale: Sale, touches: list[SaleTouch]) -> list[SaleTouch]:
    """Of a sale that is not resolved any more, none."""
    if not sale.is_resolved:
        return []
    days = [(sale.placed_at - touch.at) / timedelta(days=1) for touch in touches]
    seen = set()
    for number, touch in enumerate(touches, 1):
        key = (touch.kind, touch.source, touch.medium, touch.campaign)
        touch.number, touch.is_once = number, key not in seen
        touch.placed_at, touch.currency = sale.placed_at, sale.currency
        seen.add(key)
    for model in MODELS if touches else ():
        parts = weights(model, days)
        for touch, credit, worth in zip(touches, split(WHOLE, parts), split(sale.net, parts), strict=True):
            setattr(touch, model, credit)
            setattr(touch, f"{model}_worth", worth)
    return touches


def weights(model: str, days: Sequence[float]) -> list[int]:
    """How much each of some touches weighs, the oldest first, so many days before the sale."""
    count = len(days)
    if model == "first":
        return [1, *[0] * (count - 1)]
    if model == "last":
        return [*[0] * (count - 1), 1]
    if model == "linear":
        return [1] * count
    if model == "position":  # 40 % to either end, the rest to those between
        return [1] * count if count < 3 else [2 * (count - 2), *[1] * (count - 2), 2 * (count - 2)]
    return [max(1, round(FINE * 0.5 ** (each / (HALF_LIFE / timedelta(days=1))))) for each in days]


def split(whole: int, parts: Sequence[int]) -> list[int]:
    """The whole in these proportions, to the last unit: what rounding leaves goes to the largest rests, of equal ones
    to the earliest."""
    total = sum(parts)
    shares = [whole * part // total for part in parts]
    rests = sorted(range(len(parts)), key=lambda place: (-(whole * parts[place] % total), place))
    for place in rests[: whole - sum(shares)]:
        shares[place] += 1
    return shares


def _within(at: datetime, since: datetime, sale: Sale) -> bool:
    return since < at <= sale.placed_at


def _of_visit(visit: Seen, referrer: str) -> SaleTouch | None:
    told = {name: _plain(visit.campaign.get(name)) for name in ("source", "medium", "name")}
    if any(told.values()):
        return SaleTouch(
            at=visit.at,
            kind=Kind.CAMPAIGN,
            source=told["source"][:40],
            medium=told["medium"][:24],
            campaign=told["name"][:60],
        )
    host = host_of(referrer).removeprefix("www.")
    if not host or host == visit.host.removeprefix("www."):
        return None
    return SaleTouch(at=visit.at, kind=Kind.REFERRER, source=host.replace("|", "/")[:40])


def _plain(said: object) -> str:
    """In small letters, as campaigns are compared; the bar parts the parts of a tally's key."""
    return said.replace("|", "/").strip().lower() if isinstance(said, str) else ""


def _of_talk(talk: Spoken) -> SaleTouch:
    return SaleTouch(at=talk.at, kind=Kind.TALK if talk.is_inbound else Kind.WRITTEN, medium=talk.medium)
