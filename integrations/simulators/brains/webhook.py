"""A bot of somebody's own, behind our signed bot webhook, on loopback: it checks our signature, and signs its calls."""

import json
from collections.abc import Callable, Mapping

from integrations.adapters import signed
from integrations.adapters.base import NotGenuineError
from integrations.simulators.server import Call, Json, ProviderServer, Reply, Webhook

SECRET = "the-signing-secret-of-the-own-bot"  # noqa: S105
Says = Callable[[Json], Json]


def repeats(question: Json) -> Json:
    new = [line["text"] for line in question["lines"] if line["id"] in question["new"]]
    return {"acts": [{"kind": "say", "text": f"You said: {' '.join(new)}"}]}


class OwnBotServer(ProviderServer):
    """`says`: what it answers to a question. `is_slow`: it takes the question with 202, and owes its answer."""

    def __init__(self, says: Says = repeats, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.says, self.secret, self.is_slow = says, SECRET, False
        self.questions: list[Json] = []
        self._answered: dict[str, Json] = {}  # by the question's id: asked twice, it thinks once

    def trust(self, secrets: Mapping[str, str]) -> None:
        self.secret = secrets.get("signing_secret", self.secret)

    def answer(self, call: Call) -> Reply:
        stamp, signature = (
            call.headers.get(signed.TIMESTAMP.lower(), ""),
            call.headers.get(signed.SIGNATURE.lower(), ""),
        )
        try:
            signed.check(self.secret, call.body, stamp=stamp, signature=signature)
        except NotGenuineError as error:
            return Reply({"error": str(error)}, 401)
        if call.method != "POST":
            return Reply({"error": "Method Not Allowed"}, 405)
        asked = call.json
        if asked.get("kind") == "ping":
            return Reply({})
        if asked.get("kind") != "question":
            return Reply({"error": f"unknown kind {asked.get('kind')}"}, 400)
        self.questions.append(asked)
        said = self._answered.setdefault(asked["id"], self.says(asked))
        if not self.is_slow:
            return Reply(said)
        self.owe({"kind": "answer", "id": asked["id"], **said}, asked["answer_to"])
        return Reply({}, 202)

    def owe(self, said: Json, url: str) -> None:
        body = json.dumps(said).encode()
        self.owed.append(Webhook("answer", signed.signed(self.secret, body), body, url))

    def refusal_down(self, call: Call) -> Reply:
        return Reply("Bad Gateway", 502)
