"""Who of the demo's customers writes next, and what: the words of the past, said anew."""

import random

from conversations.models import Medium
from customers.models import Customer, Identity, Order
from customers.models.identity import Kind
from deskapp.demo.asked import SAID
from deskapp.demo.language import SIZES, Language
from deskapp.demo.words import SHARES
from integrations.simulators.customers import Scene
from integrations.simulators.demo_shop.goods import PRODUCTS

BY_PHONE, BY_MAIL_ANYHOW = 0.4, 0.1
PHONES = (
    Kind.PHONE, Kind.WHATSAPP, Kind.TELEGRAM, Kind.MESSENGER, Kind.INSTAGRAM, Kind.MASTODON, Kind.X, Kind.LINE,
)  # fmt: skip
SIMPLE = 0.7
SIMPLE_TOPICS = ("return", "size", "late", "address", "stock", "invoice", "hours")
BUYS, SENDS_BACK = 0.35, 0.2  # of those who write, and of those who buy
LANGUAGES = {language.code: language for language in SHARES}


def cast() -> Scene:
    """A customer who has an address, with a matter that is theirs alone. Reads rows and writes none."""
    customer = _somebody(PHONES if random.random() < BY_PHONE else (Kind.EMAIL,))
    handles = {identity.kind: identity.value for identity in customer.identities.all()}
    language = LANGUAGES[customer.language]
    topic = random.choice(list(language.topics.values()))
    size, other = random.sample(SIZES, 2)
    last = Order.objects.of(customer.pk).exclude(lines=[]).order_by("-placed_at").first()
    product = last.lines[0]["name"] if last else random.choice(PRODUCTS).name
    slots = {"product": product, "order": last.number if last else "HF-48540", "size": size, "other": other}
    opener, ask = (random.choice(pieces).format(**slots) for pieces in (topic.openers, topic.asks))
    more = (random.choice(language.more).format(**slots), random.choice(language.thanks).format(**slots))
    return Scene(
        name=customer.name,
        email=handles.get(Kind.EMAIL, ""),
        language=language.code,
        subject=random.choice(topic.subjects).format(**slots),
        letter=_letter(language, customer.name, opener, ask),
        lines=_lines(language.code, opener, ask),
        more=more,
        shop=handles.get(Kind.SHOP, ""),
        buys=_goods() if Kind.SHOP in handles and random.random() < BUYS else (),
        sends_back=random.random() < SENDS_BACK,
        by=_by(handles),
        knows=(last.number, product) if last else (),
    )


def _lines(language: str, opener: str, ask: str) -> tuple[str, ...]:
    """Most who chat have a simple matter, said in one line: the rest is for people."""
    if language in SAID and random.random() < SIMPLE:
        return (random.choice(SAID[language][random.choice(SIMPLE_TOPICS)]),)
    return (opener, ask)


def _by(handles: dict[str, str]) -> tuple[str, str, str] | None:
    """Who has a messenger or a telephone uses that, at times."""
    kinds = [kind for kind in PHONES if kind in handles]
    if not kinds or random.random() < BY_MAIL_ANYHOW:
        return None
    kind = random.choice(kinds)
    medium = random.choice((Medium.SMS, Medium.VOICE)) if kind == Kind.PHONE else Medium(kind)
    return str(medium), str(kind), handles[kind]


def _goods() -> tuple[tuple[str, str, int], ...]:
    some = random.sample(PRODUCTS, random.choice((1, 1, 2)))
    return tuple((product.slug, random.choice(product.sizes), 1) for product in some)


def _somebody(kinds: tuple[str, ...]) -> Customer:
    reachable = Identity.objects.filter(kind__in=kinds, is_verified=True).values("customer")
    known = Customer.objects.living().filter(language__in=LANGUAGES, is_blocked=False, pk__in=reachable)
    known = known.exclude(name="").exclude(conversations__is_spam=True)
    count = known.count()
    if not count:
        raise LookupError("The demo has no customers: run manage.py seed first.")
    return known.prefetch_related("identities").order_by("pk")[random.randrange(count)]


def _letter(language: Language, name: str, opener: str, ask: str) -> str:
    detail = f" {random.choice(language.details)}" if random.random() < 0.5 else ""
    return f"{random.choice(language.hello)}\n\n{opener}{detail}\n\n{ask}\n\n{random.choice(language.bye)}\n{name}"
