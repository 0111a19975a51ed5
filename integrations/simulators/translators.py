"""LibreTranslate and DeepL on loopback. Their dictionary is small: what is not in it comes back in brackets, with the
language, so that nobody takes it for a translation."""

from integrations.simulators.server import Call, Json, ProviderServer, Reply

KEY = "279a2e9d-83b3-c416-7e2d-f721593e42a0:fx"
LANGUAGES = ("ar", "de", "en", "es", "fr", "it", "nb", "nl", "pl")
# Of the demo's own talks.
FERN = (
    "Hei Ingrid, jeg er Fern, en bot. Du kan når som helst be om å få snakke med et menneske.\n\nKestrel i large er"
    " ikke på nett ennå, vi venter dem om to uker. Vil du ha pengene tilbake i stedet?"
)
BLACK = "Nei, da er det for sent. Svart går også bra, og jeg kan hente den i Oslo eller Bergen på fredag."
WORDS = {
    ("en", "de"): {"Good morning": "Guten Morgen"},
    ("no", "en"): {
        "Hei! Har dere fått inn Kestrel i large?": "Hi! Have you got the Kestrel in large?",
        FERN: "Hi Ingrid, I am Fern, a bot. You can ask to speak to a person at any time.\n\nThe Kestrel in large is"
        " not online yet, we expect them in two weeks. Would you like your money back instead?",
        "Pengene tilbake hjelper meg ikke, jeg trenger jakken til lørdag.": (
            "Money back is no help to me, I need the jacket by Saturday."
        ),
        "Skal jeg si fra når den er på lager igjen?": "Shall I tell you when it is in stock again?",
        BLACK: "No, that would be too late. Black is fine, too, and I can collect it in Oslo or Bergen on Friday.",
        "Dette trenger et menneske. Jeg sender videre alt du har fortalt meg.": (
            "This needs a person. I pass on everything that you have told me."
        ),
    },
    ("de", "en"): {"Wo ist meine Bestellung?": "Where is my order?"},
    ("en", "no"): {"It comes on Friday.": "Den kommer på fredag."},
}


def translated(text: str, target: str) -> str:
    target = {"nb": "no"}.get(target.lower().split("-")[0], target.lower().split("-")[0])
    for (_source, into), words in WORDS.items():
        if into == target and text in words:
            return words[text]
    return f"[{target}] {text}"


class LibreTranslateServer(ProviderServer):
    """`key`: that it wants, "" where it wants none; `most`: signs of one call."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.key, self.most = "", 50_000

    def answer(self, call: Call) -> Reply:
        if call.path == "/languages":
            return Reply([{"code": code, "name": code, "targets": list(LANGUAGES)} for code in LANGUAGES])
        if call.path == "/translate" and call.method == "POST":
            return self._translate(call.json)
        return Reply({"error": "Not Found"}, 404)

    def _translate(self, asked: Json) -> Reply:
        if self.key and asked.get("api_key") != self.key:
            return Reply({"error": "Invalid API key"}, 403)
        for name in ("q", "source", "target"):
            if not asked.get(name):
                return Reply({"error": f"Invalid request: missing {name} parameter"}, 400)
        for code in {asked["source"], asked["target"]} - {"auto"}:
            if code not in LANGUAGES:
                return Reply({"error": f"{code} is not supported"}, 400)
        texts = asked["q"] if isinstance(asked["q"], list) else [asked["q"]]
        if sum(map(len, texts)) > self.most:
            return Reply({"error": f"Invalid request: request exceeds text limit ({self.most})"}, 400)
        found = [translated(text, asked["target"]) for text in texts]
        return Reply({"translatedText": found if isinstance(asked["q"], list) else found[0]})

    def refusal_busy(self, call: Call) -> Reply:
        return Reply({"error": "Slowdown: Too many requests"}, 429)


class DeepLServer(ProviderServer):
    """`used` of `limit` signs; `key`: that it knows."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.key, self.used, self.limit = KEY, 1200, 500_000

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"DeepL-Auth-Key {self.key}":
            return Reply({"message": "Authorization failure"}, 403)
        if call.path == "/v2/usage":
            return Reply({"character_count": self.used, "character_limit": self.limit})
        if call.path == "/v2/translate" and call.method == "POST":
            return self._translate(call.json)
        return Reply({"message": "Not found"}, 404)

    def _translate(self, asked: Json) -> Reply:
        texts, target = asked.get("text") or [], str(asked.get("target_lang", ""))
        if not isinstance(texts, list) or not 0 < len(texts) <= 50:
            return Reply({"message": "Value for 'text' not supported."}, 400)
        if target.lower().split("-")[0] not in LANGUAGES or target in ("EN", "PT"):
            return Reply({"message": "Value for 'target_lang' not supported."}, 400)
        self.used += sum(map(len, texts))
        if self.used > self.limit:
            return Reply({"message": "Quota exceeded"}, 456)
        found = str(asked.get("source_lang") or "NB")
        return Reply(
            {"translations": [{"detected_source_language": found, "text": translated(text, target)} for text in texts]}
        )

    def refusal_busy(self, call: Call) -> Reply:
        return Reply({"message": "Too many requests"}, 429)
