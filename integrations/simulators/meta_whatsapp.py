"""The WhatsApp number of the simulated Graph API: what its people write, and what becomes of what it sends.

The payloads are those of developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from integrations.simulators.meta_graph import ACCOUNT, NUMBER, PAGE_SIZE, SHOWN, Refusal
from integrations.simulators.server import Call, Json

if TYPE_CHECKING:
    import re

WINDOW = timedelta(hours=24)
TEMPLATES: tuple[Json, ...] = (
    {
        "name": "order_on_its_way",
        "language": "en_GB",
        "status": "APPROVED",
        "category": "UTILITY",
        "id": "1",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your order {{1}}"},
            {
                "type": "BODY",
                "text": "Hello {{1}}, your order {{2}} is on its way.",
                "example": {"body_text": [["Ann", "HF-48213"]]},
            },
            {"type": "FOOTER", "text": "Hollin & Fell"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": "Follow it", "url": "https://hollinfell.example/track/{{1}}"},
                    {"type": "QUICK_REPLY", "text": "Something is wrong"},
                ],
            },
        ],
    },
    {
        "name": "may_we_answer",
        "language": "en_GB",
        "status": "APPROVED",
        "category": "UTILITY",
        "id": "2",
        "parameter_format": "NAMED",
        "components": [
            {
                "type": "BODY",
                "text": "Hello {{first_name}}, we have an answer for you. May we write?",
                "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Ann"}]},
            }
        ],
    },
    {
        "name": "winter_sale",
        "language": "en_GB",
        "status": "PAUSED",
        "category": "MARKETING",
        "id": "3",
        "components": [{"type": "BODY", "text": "Up to half off."}],
    },
)


class Numbers:
    """Mixed into the server (integrations.simulators.meta). `people` write by their numbers, without a plus."""

    if TYPE_CHECKING:
        owe: Callable[..., Json]
        name: Callable[[str], str]
        keep: Callable[[str, bytes], str]
        hear: Callable[..., None]
        is_heard: Callable[[str, timedelta], bool]
        said: list[Json]
        acted: list[Json]
        templates: list[Json]
        reports: bool
        override: str
        _try: Callable[[str, str], None]

    # What people do.

    def write(self, person: str, text: str, *, name: str = "Ann Bell", **about: Any) -> Json:
        return self.message(person, {"type": "text", "text": {"body": text}}, name=name, **about)

    def share(self, person: str, kind: str, content_type: str, body: bytes, **more: Any) -> Json:
        """A file of this kind: image, video, audio, document, sticker; `more`: caption, filename, voice."""
        media = {"id": self.keep(content_type, body), "mime_type": content_type, "sha256": "…", **more}
        return self.message(person, {"type": kind, kind: media})

    def message(
        self,
        person: str,
        said: Json,
        *,
        name: str = "Ann Bell",
        user_id: str = "",
        at: float | None = None,
        owe: bool = True,
        **about: Any,
    ) -> Json:
        """`said` as it stands in a message; `about`: context, referral …; `user_id`: the person's id without a number,
        and alone where `person` is "". Gives the message."""
        when = at or time.time()
        self.hear(person or user_id, when)
        message: Json = {"id": self.name("wamid.HBgL"), "timestamp": str(int(when)), **said, **about}
        contact: Json = {"profile": {"name": name}}
        if person:
            message["from"], contact["wa_id"] = person, person
        if user_id:
            message["from_user_id"], contact["user_id"] = user_id, user_id
        if owe:
            self.owe(self.change({"contacts": [contact], "messages": [message]}))
        return message

    def change(self, value: Json, *, field: str = "messages") -> Json:
        about = {"display_phone_number": SHOWN.replace(" ", "").lstrip("+"), "phone_number_id": NUMBER}
        whole = {"messaging_product": "whatsapp", "metadata": about, **value}
        return {
            "object": "whatsapp_business_account",
            "entry": [{"id": ACCOUNT, "changes": [{"field": field, "value": whole}]}],
        }

    def react(self, person: str, name: str, emoji: str, *, at: float | None = None) -> Json:
        return self.message(person, {"type": "reaction", "reaction": {"message_id": name, "emoji": emoji}}, at=at)

    def revoke(self, person: str, name: str) -> Json:
        return self.message(person, {"type": "revoke", "revoke": {"original_message_id": name}})

    def edit(self, person: str, name: str, text: str) -> Json:
        said = {"type": "text", "text": {"body": text}}
        return self.message(person, {"type": "edit", "edit": {"original_message_id": name, "message": said}})

    def change_number(self, person: str, new: str) -> Json:
        system = {"body": f"User A changed from {person} to {new}", "wa_id": new, "type": "user_changed_number"}
        message: Json = {"id": self.name("wamid.HBgL"), "timestamp": str(int(time.time())), "type": "system"}
        message |= {"from": person, "system": system}
        self.owe(self.change({"messages": [message]}))
        return message

    def write_on_the_phone(self, person: str, text: str) -> Json:
        """The shop answers on its own phone, beside the desk."""
        echo: Json = {"from": SHOWN, "to": person, "id": self.name("wamid.HBgE"), "timestamp": str(int(time.time()))}
        echo |= {"type": "text", "text": {"body": text}}
        self.owe(self.change({"message_echoes": [echo]}, field="smb_message_echoes"))
        return echo

    def report(self, sent: Json, status: str, *, code: int = 0, title: str = "") -> Json:
        """What becomes of a message of ours."""
        told: Json = {
            "id": sent["id"],
            "status": status,
            "timestamp": str(int(time.time())),
            "recipient_id": sent["to"],
        }
        if mark := sent["body"].get("biz_opaque_callback_data"):
            told["biz_opaque_callback_data"] = mark
        if code:
            error = {"code": code, "title": title or "Simulated", "message": title, "error_data": {"details": title}}
            told["errors"] = [error]
        else:
            told["pricing"] = {"billable": False, "pricing_model": "PMP", "category": "service", "type": "free"}
        self.owe(self.change({"statuses": [told]}))
        return told

    # What it answers.

    def send_on_whatsapp(self, body: Json) -> Json:
        if body.get("status") == "read":
            self.acted.append(body)
            return {"success": True}
        to = str(body.get("to") or body.get("recipient") or "")
        kind = str(body.get("type", ""))
        if not to or not body.get(kind):
            raise Refusal(131008, "(#131008) Required parameter is missing")
        if kind == "text" and len(body["text"]["body"]) > 4096:  # noqa: PLR2004
            raise Refusal(100, "(#100) Param text['body'] must be at most 4096 characters long.")
        if kind == "template":
            self._check_template(body["template"])
        name = self.name("wamid.HBgO")
        sent = {"id": name, "to": to, "body": body, "on": "whatsapp"}
        (self.acted if kind == "reaction" else self.said).append(sent)
        if kind != "reaction" and self.reports:
            self._report_by_itself(sent, kind)
        contact = {"input": to, "wa_id": to.lstrip("+")}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": name}]}

    def _report_by_itself(self, sent: Json, kind: str) -> None:
        """Outside the window it is taken, and fails afterwards, as at Meta."""
        if kind != "template" and not self.is_heard(sent["to"].lstrip("+"), WINDOW):
            self.report(sent, "failed", code=131047, title="Re-engagement message")
            return
        self.report(sent, "sent")
        self.report(sent, "delivered")

    def _check_template(self, asked: Json) -> None:
        language = asked["language"]["code"]
        known = [each for each in self.templates if (each["name"], each["language"]) == (asked["name"], language)]
        if not known:
            raise Refusal(132001, "(#132001) Template name does not exist in the translation", status=404)
        if known[0]["status"] != "APPROVED":
            raise Refusal(132015, "(#132015) Template is Paused")
        body = next(part["text"] for part in known[0]["components"] if part["type"] == "BODY")
        given = [part for part in asked.get("components", []) if part["type"] == "body"]
        if body.count("{{") != (len(given[0]["parameters"]) if given else 0):
            raise Refusal(132000, "(#132000) Number of parameters does not match the expected number of params")

    def list_templates(self, call: Call, found: "re.Match[str]") -> Json:
        start = int(call.query.get("after", "0"))
        rows, end = self.templates[start : start + PAGE_SIZE], start + PAGE_SIZE
        paging: Json = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(self.templates):
            paging["next"] = "https://graph.facebook.com/next"
        return {"data": rows, "paging": paging}

    def show_number(self, call: Call, found: "re.Match[str]") -> Json:
        told = {"display_phone_number": SHOWN, "verified_name": "Hollin & Fell", "quality_rating": "GREEN"}
        return {**told, "id": NUMBER, "webhook_configuration": {"phone_number": self.override}}

    def set_number(self, call: Call, found: "re.Match[str]") -> Json:
        told = call.json["webhook_configuration"]
        self._try(told["override_callback_uri"], told["verify_token"])
        self.override = told["override_callback_uri"]
        return {"success": True}
