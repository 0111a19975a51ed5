"""The adapter of LibreTranslate (docs.libretranslate.com), one's own or hosted, and of whatever speaks its API.

POST /translate {"q": [texts], "source", "target", "format": "text", "api_key"} → {"translatedText": [texts]};
GET /languages → [{"code", "name", "targets"}]. Setting: api_url. Secret: api_key, where the server wants one.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError
from integrations.adapters.translators.base import Translator, an_address, call, texts_in
from integrations.models import Connector

NORWEGIAN = ("nb", "no")  # as servers of later and of earlier years call it


class LibreTranslateAdapter(Translator):
    about = About(
        title="LibreTranslate",
        what=gettext_lazy("Translates customers' words and agents' answers, by a server of your own or a hosted one."),
        manual="https://docs.libretranslate.com/",
        at_provider=(
            gettext_lazy("Start a server of your own, or take a key at libretranslate.com."),
            gettext_lazy("Copy the server's address and, where it wants one, the key into the fields below."),
        ),
        fields=(
            Field(
                "api_url",
                gettext_lazy("Address of the server"),
                example="https://libretranslate.com",
                settled=an_address,
                columns=6,
            ),
            Field("api_key", gettext_lazy("Key"), "secret", is_required=False),
        ),
    )

    def translate(self, connector: Connector, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        known = connector.settings.get("languages")
        asked: dict[str, Any] = {
            "q": list(texts),
            "source": _code(source, known) if source else "auto",
            "target": _code(target, known),
            "format": "text",
        }
        if key := connector.secrets.get("api_key"):
            asked["api_key"] = key
        found = call("POST", f"{_base(connector)}/translate", json=asked)
        return texts_in(found.get("translatedText") if isinstance(found, dict) else None, len(texts))

    def check(self, connector: Connector) -> Iterator[Step]:
        began = time.monotonic()
        found = call("GET", f"{_base(connector)}/languages")
        codes = [str(each.get("code")) for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        if not codes:
            raise AdapterError(_("There is no translator at this address. An admin can correct it."))
        connector.settings = {**connector.settings, "languages": codes}
        words = _("Reached the server: it knows %(n)s languages") % {"n": len(codes)}
        yield Step(words, seconds=time.monotonic() - began)
        began = time.monotonic()
        [text] = self.translate(connector, ["Good morning"], source="en", target="de" if "de" in codes else codes[-1])
        yield Step(_("Translated “Good morning”: %(text)s") % {"text": text[:80]}, seconds=time.monotonic() - began)


def _base(connector: Connector) -> str:
    return str(connector.settings.get("api_url", "")).rstrip("/")


def _code(language: str, known: object) -> str:
    """As this server calls it."""
    codes = known if isinstance(known, list) else []
    if language in NORWEGIAN:
        return next((code for code in NORWEGIAN if code in codes), NORWEGIAN[0])
    if language in codes:
        return language
    return next((code for code in codes if str(code).split("-")[0] == language), language)
