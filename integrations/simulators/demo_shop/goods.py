"""What Hollin & Fell sells, and the customers one can be."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Tones:
    """The four colours of a drawn picture: cloth, its shade, its deepest fold, the trim."""

    cloth: str
    shade: str
    deep: str
    trim: str


MOSS = Tones("oklch(52% .055 130)", "oklch(45% .052 130)", "oklch(31% .035 140)", "oklch(72% .12 60)")
SLATE = Tones("oklch(50% .055 240)", "oklch(43% .052 240)", "oklch(30% .035 245)", "oklch(78% .1 90)")
OAT = Tones("oklch(84% .03 85)", "oklch(77% .035 82)", "oklch(60% .035 75)", "oklch(52% .08 45)")
RUST = Tones("oklch(55% .11 42)", "oklch(48% .1 40)", "oklch(34% .06 38)", "oklch(82% .06 85)")
PINE = Tones("oklch(40% .05 160)", "oklch(34% .045 160)", "oklch(24% .03 165)", "oklch(76% .11 80)")
STONE = Tones("oklch(62% .015 100)", "oklch(55% .015 100)", "oklch(38% .012 100)", "oklch(56% .1 150)")
BARK = Tones("oklch(45% .055 55)", "oklch(38% .05 52)", "oklch(27% .03 50)", "oklch(80% .06 80)")


@dataclass(frozen=True)
class Product:
    slug: str
    name: str
    kind: str
    picture: str  # a file in templates/demo_shop/pictures
    tones: Tones
    colour: str
    pence: int
    about: str
    sections: tuple[str, ...]
    sizes: tuple[str, ...] = ("XS", "S", "M", "L", "XL")
    gone: tuple[str, ...] = ()
    note: str = ""

    def has(self, size: str) -> bool:
        return size in self.sizes and size not in self.gone

    @property
    def amount(self) -> Decimal:
        return Decimal(self.pence) / 100

    @property
    def price(self) -> str:
        return f"£{self.pence / 100:,.2f}"

    @property
    def told(self) -> dict[str, object]:
        """The product as the tracker tells it, in the words of the e-commerce events that analytics tools share."""
        price = self.pence / 100
        return {"product_id": self.slug, "name": self.name, "category": self.kind, "price": price, "currency": "GBP"}

    @property
    def drawing(self) -> str:
        return f"demo_shop/pictures/{self.picture}.svg"

    @property
    def caption(self) -> str:
        return f"{self.name}, {self.colour}"


WEAR, PACKS = ("women", "men"), ("packs",)
PRODUCTS = (
    Product(
        "kestrel-trail-jacket",
        "Kestrel Trail Jacket",
        "Shells",
        "jacket",
        MOSS,
        "moss green",
        129_00,
        "A light shell for changeable days. Three-layer, mended free for ten years. Cut to go over a thin fleece; go "
        "up one size for a thick one.",
        WEAR,
        gone=("L",),
        note="L comes back on 2 December. Oslo Torggata has 2.",
    ),
    Product(
        "harrier-storm-shell",
        "Harrier Storm Shell",
        "Shells",
        "jacket",
        SLATE,
        "slate blue",
        189_00,
        "The one for sideways rain. A hood that turns with your head, pockets above the hip belt, and tape you can "
        "replace yourself.",
        WEAR,
        gone=("XS",),
    ),
    Product(
        "wren-fleece",
        "Wren Fleece",
        "Layers",
        "fleece",
        OAT,
        "oat",
        74_00,
        "Recycled wool and nothing else. Warm when wet, quiet when dry, and it does not shed in the wash.",
        WEAR,
        note="Runs a little short in the body.",
    ),
    Product(
        "linnet-gilet",
        "Linnet Gilet",
        "Layers",
        "gilet",
        RUST,
        "rust",
        95_00,
        "Down where you need it, none where your pack goes. Folds into its own pocket.",
        ("women",),
        gone=("XL",),
    ),
    Product(
        "dipper-merino-tee",
        "Dipper Merino Tee",
        "Base layers",
        "tee",
        STONE,
        "river stone",
        48_00,
        "150-gram merino, flat seams, four days between washes. We have asked, politely: it is true.",
        WEAR,
    ),
    Product(
        "plover-trousers",
        "Plover Walking Trousers",
        "Trousers",
        "trousers",
        BARK,
        "bark",
        89_00,
        "Stretch that lasts, knees that bend, hems that stay out of the mud. Three lengths at no extra charge.",
        WEAR,
        sizes=("28", "30", "32", "34", "36"),
        gone=("30",),
    ),
    Product(
        "rook-28",
        "Rook 28 Pack",
        "Packs",
        "pack",
        PINE,
        "pine",
        110_00,
        "For a long day or a short night. Carries eleven kilos well and tells you at twelve.",
        PACKS,
        sizes=("28 l",),
        note="Every buckle can be replaced without sewing.",
    ),
    Product(
        "jackdaw-18",
        "Jackdaw 18 Day Pack",
        "Packs",
        "pack",
        RUST,
        "rust",
        75_00,
        "Lunch, a layer, a book. The side pocket really does reach.",
        PACKS,
        sizes=("18 l",),
    ),
    Product(
        "scree-boot",
        "Scree Boot",
        "Footwear",
        "boot",
        BARK,
        "bark leather",
        165_00,
        "Full-grain leather on a sole our cobbler can change. Give them two weeks.",
        WEAR,
        sizes=("38", "39", "40", "41", "42", "43", "44"),
        gone=("41",),
        note="Half sizes from the spring.",
    ),
    Product(
        "lapwing-beanie",
        "Lapwing Beanie",
        "Small things",
        "beanie",
        SLATE,
        "slate blue",
        24_00,
        "Knitted in Hawick from the ends of the yarn. So no two are quite alike.",
        WEAR,
        sizes=("One size",),
    ),
    Product(
        "tarn-flask",
        "Tarn Flask",
        "Small things",
        "flask",
        MOSS,
        "moss green",
        28_00,
        "Tea at seven, still tea at four. One lid, two cups.",
        PACKS,
        sizes=("0.7 l",),
    ),
    Product(
        "otter-socks",
        "Otter Hiking Socks",
        "Small things",
        "sock",
        OAT,
        "oat",
        16_00,
        "Thick at the heel, thin at the toe. Send us the holes and we send you a new pair.",
        WEAR,
        sizes=("36–39", "40–43", "44–47"),
    ),
)
BY_SLUG = {product.slug: product for product in PRODUCTS}


@dataclass(frozen=True)
class Shopper:
    """A customer of the demo shop; `id` is what the shop's back end calls them."""

    id: str
    name: str
    email: str
    language: str
    about: str


@dataclass
class Basket:
    """What the signed cookie holds: (slug, size) and how many."""

    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    id: str = ""

    @property
    def count(self) -> int:
        return sum(self.lines.values())

    @property
    def rows(self) -> list[tuple[Product, str, int, str]]:
        return [
            (BY_SLUG[slug], size, number, f"£{BY_SLUG[slug].pence * number / 100:,.2f}")
            for (slug, size), number in self.lines.items()
        ]

    @property
    def pence(self) -> int:
        return sum(BY_SLUG[slug].pence * number for (slug, _), number in self.lines.items())

    @property
    def total(self) -> str:
        return f"£{self.pence / 100:,.2f}"

    @property
    def told(self) -> dict[str, object]:
        products = [
            {**BY_SLUG[slug].told, "variant": size, "quantity": number} for (slug, size), number in self.lines.items()
        ]
        return {"cart_id": self.id, "products": products, "total": self.pence / 100, "currency": "GBP"}


SHOPPERS = (  # three of them have written to the demo's desk before, by mail and chat; Tom has not
    Shopper(
        "10418", "Ingrid Sørensen", "ingrid.sorensen@fjordmail.example", "no", "Bergen. A jacket that came up small."
    ),
    Shopper("30001", "Tom Ashworth", "tom.ashworth@dalesmail.example", "en", "Kendal. Walks a lot, mends everything."),
    Shopper("30002", "Thandiwe Mokoena", "thandiwe.mokoena@northmail.example", "en", "Durban. Lives in one fleece."),
    Shopper("30003", "خالد المنصوري", "khaled.almansouri@webpost.example", "ar", "Dubai. Moves house this week."),
)
BY_ID = {shopper.id: shopper for shopper in SHOPPERS}
