"""What those whom one meets first bought and brought back: Ingrid Sørensen's twenty orders before all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from customers.models.order import OrderStatus, ReturnStatus
from deskapp.demo.bought import GivenBack, Numbers, Purchase, collected, line, sent
from deskapp.demo.talk import Person

INGRID = "Ingrid Sørensen"
RESERVED = {f"HF-{number}" for number in (48213, 47102, 45590, 47730, 48002, 48188, 46911, 47655)}

# What Ingrid bought before: days ago, and the goods with their sizes.
BEFORE: tuple[tuple[int, tuple[tuple[str, str, int], ...]], ...] = (
    (118, (("Harrier Storm Shell", "M", 1),)),
    (165, (("Scree Boot", "39", 1),)),
    (204, (("Rook 28 Pack", "28 l", 1),)),
    (247, (("Linnet Gilet", "M", 1),)),
    (283, (("Plover Walking Trousers", "30", 1),)),
    (322, (("Wren Fleece", "M", 1),)),
    (361, (("Kestrel Trail Jacket", "S", 1),)),
    (402, (("Jackdaw 18 Day Pack", "18 l", 1),)),
    (448, (("Rook 28 Pack", "28 l", 1),)),
    (489, (("Harrier Storm Shell", "M", 1),)),
    (533, (("Scree Boot", "39", 1),)),
    (579, (("Linnet Gilet", "M", 1),)),
    (624, (("Dipper Merino Tee", "M", 1),)),
    (668, (("Lapwing Beanie", "One size", 1),)),
    (715, (("Tarn Flask", "0.7 l", 1),)),
    (771, (("Plover Walking Trousers", "30", 1),)),
    (840, (("Scree Boot", "38", 1), ("Wren Fleece", "S", 1), ("Tarn Flask", "0.7 l", 2))),
)


def star_purchases(now: datetime, persons: Mapping[str, Person], numbers: Numbers) -> list[Purchase]:
    """`persons` by their names."""
    return [*_ingrid(now, persons[INGRID], numbers), *_waiting(now, persons, numbers)]


def _ingrid(now: datetime, ingrid: Person, numbers: Numbers) -> list[Purchase]:
    monday = (now - timedelta(days=(now.weekday() or 7))).replace(hour=8, minute=2, second=0, microsecond=0)
    jacket = Purchase(ingrid, "HF-48213", (line("Kestrel Trail Jacket", "M"),), [], tracking="BR7730421NO")
    placed = monday - timedelta(days=5)
    jacket.steps = sent(placed, now=now, packed=9, under_way=(monday - placed) / timedelta(hours=1) - 9)
    jacket.back = GivenBack("RT-2207", monday + timedelta(hours=1, minutes=39), reason="tight over a fleece")
    jacket.cart = "ingrid-1"
    socks = Purchase(
        ingrid, "HF-47102", (line("Otter Hiking Socks", "40–43", 3), line("Lapwing Beanie", "One size")), []
    )
    socks.steps, socks.extra = sent(now - timedelta(days=44), now=now), Decimal("2")
    ridge = Purchase(ingrid, "HF-45590", (line("Ridge 38 L rucksack", "38 l", pence=168_00),), [])
    ridge.steps = sent(now - timedelta(days=89), now=now)
    return [jacket, socks, ridge, *(_earlier(now, ingrid, days, goods, numbers) for days, goods in BEFORE)]


def _earlier(
    now: datetime, ingrid: Person, days: int, goods: tuple[tuple[str, str, int], ...], numbers: Numbers
) -> Purchase:
    at = now - timedelta(days=days, hours=days % 9)
    purchase = Purchase(ingrid, numbers.of(at), tuple(line(*each) for each in goods), [])
    if days % 3 == 0:  # she likes to fetch things in the shop
        purchase.place, purchase.is_collected, purchase.steps = "Bergen", True, collected(at, now=now)
    else:
        purchase.steps = sent(at, now=now)
    return purchase


def _waiting(now: datetime, persons: Mapping[str, Person], numbers: Numbers) -> list[Purchase]:
    """Who waits for an answer about an order: it stands as they say."""
    ago = lambda days: now - timedelta(days=days)  # noqa: E731 - it reads as the sentence it is
    sato = _way(persons["佐藤 美咲"], "HF-47730", "Harrier Storm Shell", "S", sent(ago(24), now=now, under_way=120))
    sato.back = GivenBack("RT-2188", ago(12), reason="サイズ違い", changed_at=ago(12))
    depot = _way(persons["Mateusz Wójcik"], "HF-48002", "Scree Boot", "43", sent(ago(9), now=now, under_way=1e5))
    moving = _way(persons["خالد المنصوري"], "HF-48188", "Kestrel Trail Jacket", "L", sent(ago(1), now=now, packed=90))
    invoice = _way(persons["Yusuf Demirtaş"], "HF-46911", "Rook 28 Pack", "28 l", sent(ago(49), now=now))
    amelie = _way(persons["Amélie Lefèvre-Roux"], "HF-47655", "Linnet Gilet", "S", sent(ago(27), now=now))
    amelie.back = GivenBack("RT-2191", ago(9), ReturnStatus.RECEIVED, ago(1), reason="trop petit")
    fleece = _way(persons["Thandiwe Mokoena"], numbers.of(ago(134)), "Wren Fleece", "M", sent(ago(134), now=now))
    siobhan = _way(
        persons["Siobhán Ní Bhriain"], numbers.of(ago(15)), "Plover Walking Trousers", "32", sent(ago(15), now=now)
    )
    siobhan.back = GivenBack("RT-2210", ago(2), ReturnStatus.APPROVED, ago(1), reason="too long")
    greta = _way(persons["Greta Holm-Lindner"], numbers.of(ago(141)), "Rook 28 Pack", "28 l", sent(ago(141), now=now))
    tent = Purchase(
        persons["José Ángel Peña"], numbers.of(ago(8)), (line("Loch 2 Tent", "2 people", pence=240_00),), []
    )
    tent.steps = sent(ago(8), now=now)
    boots = _way(persons["Winifred Gale"], numbers.of(ago(148)), "Scree Boot", "40", sent(ago(148), now=now))
    scouts = Purchase(
        persons["Rupert Ashdown"], numbers.of(ago(1.2)), (line("Loch 2 Tent", "2 people", 2, pence=240_00),), []
    )
    scouts.steps = sent(ago(1.2), now=now, packed=60)
    celia = _way(
        persons["Celia Marchbanks"], numbers.of(ago(6)), "Plover Walking Trousers", "34", sent(ago(6), now=now)
    )
    held = Purchase(persons["Ottilie Brandt"], numbers.of(ago(2)), (line("Tarn Flask", "0.7 l", 2),), [])
    held.steps = [*sent(ago(2), now=now, packed=999), (OrderStatus.HELD, ago(1.5))]
    return [sato, depot, moving, invoice, amelie, fleece, siobhan, greta, tent, boots, scouts, celia, held]


def _way(person: Person, number: str, product: str, size: str, steps: list[tuple[str, datetime]]) -> Purchase:
    return Purchase(person, number, (line(product, size),), steps, extra=Decimal("4"))
