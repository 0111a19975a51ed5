"""What the connections to shops tell of themselves: Shopify, WooCommerce, and one that sends its orders itself."""

import secrets as randomness

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.public_web import leads_outside
from integrations.adapters.about import About, Field
from integrations.adapters.shops.base import OrderAct

_ACCESS, _WORDS = gettext_lazy("Access"), gettext_lazy("Details")
SHOP = Field(
    "shop",
    gettext_lazy("Word of the shop"),
    help=gettext_lazy("The same at the shop's chat, where customers' numbers are those of one shop."),
    is_required=False,
    group=_WORDS,
)
REGION = Field(
    "region",
    gettext_lazy("Country of phone numbers that name none"),
    help=gettext_lazy("Two letters, as in NO."),
    is_required=False,
    settled=str.upper,
    group=_WORDS,
)


def _secret(name: str, label: object) -> Field:
    return Field(name, label, "secret", is_required=False, group=_ACCESS)  # type: ignore[arg-type]  # words, lazily


SHOPIFY = About(
    title="Shopify",
    what=gettext_lazy("Orders, returns, carts, customers and stock of a Shopify shop, beside each conversation."),
    has_hook=True,
    manual="https://shopify.dev/docs/apps/build/authentication-authorization",
    at_provider=(
        gettext_lazy("In the Dev Dashboard make an app in the shop's own organisation, and give it the scopes of"
                     " docs/shops.md."),
        gettext_lazy("Install it in the shop, and copy its client id and client secret into the fields below."),
        gettext_lazy("Under Settings, Privacy, enter this address for the three webhooks of privacy law: {address}"),
        gettext_lazy("The other webhooks the desk makes by itself when the connection is tested."),
    ),
    fields=(
        Field("domain", gettext_lazy("Domain at Shopify"), example="hollin-fell.myshopify.com", group=_ACCESS),
        _secret("client_id", gettext_lazy("Client id")),
        _secret("client_secret", gettext_lazy("Client secret")),
        _secret("access_token", gettext_lazy("Access token, of an older app")),
        _secret("signing_secret", gettext_lazy("Signing secret, of webhooks made by hand")),
        _secret("former_secret", gettext_lazy("Former secret, while it is rotated")),
        SHOP,
        REGION,
        Field("api_url", gettext_lazy("Address of a simulated shop"), is_required=False, group=_WORDS),
    ),
)  # fmt: skip

WOOCOMMERCE = About(
    title="WooCommerce",
    what=gettext_lazy("Orders, customers and products of a WooCommerce shop, beside each conversation."),
    has_hook=True,
    manual="https://woocommerce.com/document/woocommerce-rest-api/",
    at_provider=(
        gettext_lazy("Under WooCommerce, Settings, Advanced, REST API, add a key with read/write, of a shop manager."),
        gettext_lazy("Copy the consumer key and the consumer secret into the fields below."),
        gettext_lazy("The desk makes the webhooks when the connection is tested. By hand they go to {address}"),
        gettext_lazy("… with this secret: {signing_secret}"),
    ),
    made={"signing_secret": lambda: randomness.token_urlsafe(32)},
    fields=(
        Field("site", gettext_lazy("Address of the shop"), example="https://shop.example", group=_ACCESS),
        _secret("consumer_key", gettext_lazy("Consumer key")),
        _secret("consumer_secret", gettext_lazy("Consumer secret")),
        Field(
            "auth",
            gettext_lazy("The key goes"),
            "choice",
            default="header",
            choices=(
                ("header", gettext_lazy("in a header")),
                ("query", gettext_lazy("in the address, where the server drops the header")),
            ),
            is_required=False,
            group=_ACCESS,
        ),
        Field(
            "verifies",
            gettext_lazy("Addresses of its accounts are"),
            "choice",
            default="nothing",
            choices=(
                ("nothing", gettext_lazy("what people typed")),
                ("email", gettext_lazy("confirmed, by a plug-in")),
            ),
            is_required=False,
            group=_WORDS,
        ),
        SHOP,
        REGION,
        Field("api_url", gettext_lazy("Address of a simulated shop"), is_required=False, group=_WORDS),
    ),
)  # fmt: skip


def _public(text: str) -> str:
    if not leads_outside(text):
        raise ValueError(_("%(text)s does not lead to a public server.") % {"text": text})
    return text


def _an_act(text: str) -> str:
    if text not in list(OrderAct):
        raise ValueError(_("It is one of %(words)s.") % {"words": ", ".join(OrderAct)})
    return text


ORDERS = About(
    title=gettext_lazy("A shop or a till of your own"),
    what=gettext_lazy("Any shop that can call a webhook sends its orders, carts and returns by itself."),
    has_hook=True,
    at_provider=(
        gettext_lazy("Have the shop's back end send each order, whenever it changes, to this address: {address}"),
        gettext_lazy("Have it sign each call with this secret, as docs/shops.md says: {signing_secret}"),
    ),
    made={"signing_secret": lambda: randomness.token_urlsafe(32)},
    fields=(
        Field(
            "act_url",
            gettext_lazy("Where the shop takes refunds and the like from the desk"),
            is_required=False,
            settled=_public,
            columns=6,
        ),
        Field(
            "acts",
            gettext_lazy("What agents may do there"),
            "list",
            help=gettext_lazy("refund, cancel, resend, hold, release; all of them, if left empty."),
            is_required=False,
            settled=_an_act,
            columns=6,
        ),
        SHOP,
        REGION,
    ),
)
