"""A source of messages as docs/api.md describes it: an app's back end that sends what people write, signed, and takes
the desk's answers where their signature fits."""

import json
import uuid
from datetime import UTC, datetime

from integrations.adapters import signed
from integrations.adapters.base import NotGenuineError
from integrations.simulators.server import Call, ProviderServer, Reply, Webhook


class Source(ProviderServer):
    """`gone`: people who closed their account. `taken`: the answers, by their ids, so that one that comes twice is
    one."""

    def __init__(self, secret: str, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.secret, self.gone = secret, set[str]()
        self.taken: dict[str, dict[str, object]] = {}

    def answer(self, call: Call) -> Reply:
        try:
            signed.check(
                self.secret,
                call.body,
                stamp=call.headers.get(signed.TIMESTAMP.lower(), ""),
                signature=call.headers.get(signed.SIGNATURE.lower(), ""),
            )
        except NotGenuineError as error:
            return Reply({"error": str(error)}, 401)
        said = call.json
        if said["kind"] == "ping":
            return Reply({})
        if said["to"]["id"] in self.gone:
            return Reply({"error": "This account is closed."}, 410)
        self.taken.setdefault(said["id"], said)
        return Reply({"id": f"source-{said['id']}"})

    def refusal_busy(self, call: Call) -> Reply:
        return Reply({"error": "Too many calls."}, 429, {"Retry-After": self.retry_after} if self.retry_after else {})

    def says(self, person: str, text: str, *, number: str = "", **fields: object) -> Webhook:
        """Owes the desk what this person writes; gives it, too."""
        sender = {"id": person, **fields.pop("person", {})}  # type: ignore[dict-item]  # a dict, where it is given
        return self.owe(
            {
                "kind": "message",
                "id": number or uuid.uuid4().hex,
                "from": sender,
                "text": text,
                "sent_at": datetime.now(UTC).isoformat(),
                **fields,
            }
        )

    def owe(self, *items: dict[str, object]) -> Webhook:
        body = json.dumps({"items": list(items)}).encode()
        webhook = Webhook("items", {"Content-Type": "application/json", **signed.signed(self.secret, body)}, body)
        self.owed.append(webhook)
        return webhook
