"""The adapter of DeepL's API (developers.deepl.com/docs).

POST /v2/translate {"text": [texts], "target_lang", "source_lang"} → {"translations": [{"text",
"detected_source_language"}]}; GET /v2/usage. Keys of the free plan end in “:fx” and go to a server of their own. 456 is
a quota that is used up. Setting: api_url, of a simulator. Secret: api_key.
"""

import time
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.adapters.about import About, Field, Step
from integrations.adapters.base import AdapterError
from integrations.adapters.translators.base import Translator, an_address, call, texts_in
from integrations.models import Connector

FREE, PAID = "https://api-free.deepl.com", "https://api.deepl.com"
AT_ONCE = 50  # texts of one call
# Where its names differ from ISO 639-1: as a target, some want the country.
TARGETS = {"en": "EN-GB", "pt": "PT-PT", "no": "NB", "zh": "ZH-HANS"}
SOURCES = {"no": "NB"}


class DeepLAdapter(Translator):
    about = About(
        title="DeepL",
        what=gettext_lazy("Translates customers' words and agents' answers, by DeepL's API, free or paid."),
        manual="https://developers.deepl.com/docs",
        at_provider=(
            gettext_lazy("In your account at DeepL, under API keys, make a key for the desk."),
            gettext_lazy("Copy it into the field below. What the plan allows is shown when the connection is tested."),
        ),
        fields=(
            Field("api_key", gettext_lazy("Key"), "secret", columns=6),
            Field(
                "api_url",
                gettext_lazy("Another address than DeepL's own"),
                is_required=False,
                settled=an_address,
                columns=6,
            ),
        ),
    )

    def translate(self, connector: Connector, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        found: list[str] = []
        for start in range(0, len(texts), AT_ONCE):
            found += self._some(connector, texts[start : start + AT_ONCE], source, target)
        return found

    def _some(self, connector: Connector, texts: Sequence[str], source: str, target: str) -> list[str]:
        asked: dict[str, object] = {"text": list(texts), "target_lang": TARGETS.get(target, target.upper())}
        if source:
            asked["source_lang"] = SOURCES.get(source, source.upper())
        answer = call("POST", f"{_base(connector)}/v2/translate", headers=_key(connector), json=asked)
        rows = answer.get("translations") if isinstance(answer, dict) else None
        rows = rows if isinstance(rows, list) else []
        return texts_in([each.get("text") for each in rows if isinstance(each, dict)], len(texts))

    def check(self, connector: Connector) -> Iterator[Step]:
        began = time.monotonic()
        used, limit = self._usage(connector)
        numbers = {"used": f"{used:,}", "limit": f"{limit:,}"}
        words = _("Signed in: %(used)s of %(limit)s signs are used this month") % numbers
        yield Step(words, is_well=used < limit, seconds=time.monotonic() - began,
                   fix=_("Choose a larger plan, or wait for the next month.") if used >= limit else "")  # fmt: skip
        if used < limit:
            began = time.monotonic()
            [text] = self.translate(connector, ["Good morning"], source="en", target="de")
            words = _("Translated “Good morning”: %(text)s") % {"text": text[:80]}
            yield Step(words, seconds=time.monotonic() - began)

    def prove(self, connector: Connector) -> None:
        self._usage(connector)

    def _usage(self, connector: Connector) -> tuple[int, int]:
        found = call("GET", f"{_base(connector)}/v2/usage", headers=_key(connector))
        try:
            return int(found["character_count"]), int(found["character_limit"])
        except (TypeError, KeyError, ValueError) as error:
            words = _("The translator's answer cannot be read: is this the address of its API?")
            raise AdapterError(words) from error


def _key(connector: Connector) -> dict[str, str]:
    return {"Authorization": f"DeepL-Auth-Key {connector.secrets.get('api_key', '')}"}


def _base(connector: Connector) -> str:
    own = str(connector.settings.get("api_url", "")).rstrip("/")
    return own or (FREE if connector.secrets.get("api_key", "").endswith(":fx") else PAID)
