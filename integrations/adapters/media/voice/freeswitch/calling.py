"""Calls from the desk: FreeSWITCH's own “originate”, over its HTTP interface, rings the agent and then dials.

https://developer.signalwire.com/freeswitch/module-reference/xml-interfaces/mod_xml_rpc/ (each command by HTTP, by
Basic), https://developer.signalwire.com/freeswitch/recipes/click-to-call/ (originate: the agent's leg first, then the
dialplan), https://developer.signalwire.com/freeswitch/Channel-Variables-Catalog/origination_uuid_16353330.
"""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

from conversations.envelopes import DeliveryReport, OutboundCall
from conversations.models import Delivery
from integrations.adapters.base import AdapterError
from integrations.adapters.calling import RefusedError
from integrations.adapters.media.provider import Provider
from integrations.adapters.media.voice.freeswitch.understanding import AGENT, KEY, TO
from integrations.models import Connector

RING_SECONDS = 30
# What may stand in a command: whatever else could end a variable and begin one of the writer's own.
_EXTENSION, _NUMBER, _WORD = (
    re.compile(r"[A-Za-z0-9_.*#-]{1,80}"),
    re.compile(r"\+?\d{3,18}"),
    re.compile(r"[\w.%/@-]{1,200}"),
)


def _code(refused: RefusedError) -> tuple[str, ...]:
    return (str(refused.status),)


FREESWITCH = Provider("FreeSWITCH", {}, _code)


def is_there(connector: Connector) -> bool:
    return bool(connector.settings.get("rpc_url"))


def call(connector: Connector, asked: OutboundCall) -> DeliveryReport:
    """The call's id is the desk's key, so that every record names it, and FreeSWITCH refuses it a second time. Raises
    AdapterError or UncertainError."""
    said = connector.settings
    if not is_there(connector):
        raise AdapterError(_("The desk cannot call by this line: it has no address to ask at."), permanent=True)
    if not _EXTENSION.fullmatch(asked.agent):
        raise AdapterError(_("Your extension is none of this switchboard: enter its number."), permanent=True)
    number = asked.to.replace("+", str(said.get("dial_prefix", "00")), 1)
    line = str(said.get("agent_dial") or "user/{agent}").replace("{agent}", asked.agent)
    context = str(said.get("call_context") or "default")
    if not _NUMBER.fullmatch(number) or not _WORD.fullmatch(line) or not _WORD.fullmatch(context):
        raise AdapterError(_("FreeSWITCH cannot call with these numbers."), permanent=True)
    command = f"originate {_variables(asked)}{line} {number} XML {context}"
    answer = ask(connector, "bgapi", command, changes=True)
    if not answer.startswith("+OK"):
        words = _("FreeSWITCH refused the call: %(why)s") % {"why": answer[:200]}
        raise AdapterError(words, permanent=True, said=answer[:1000])
    return DeliveryReport(Delivery.Status.SENT, external_id=asked.key, said=answer[:200])


def ask(connector: Connector, command: str, rest: str = "", *, changes: bool = False) -> str:
    """What it answers, as text. Raises AdapterError."""
    auth = (str(connector.settings.get("rpc_user", "")), connector.secrets.get("rpc_password", ""))
    address = f"{str(connector.settings.get('rpc_url', '')).rstrip('/')}/txtapi/{command}"
    url = f"{address}?{quote(rest)}" if rest else address
    answer = FREESWITCH.ask("GET", url, auth=auth, changes=changes)
    return answer.body.decode(errors="replace").strip()


def _variables(asked: OutboundCall) -> str:
    """“^^:” has a colon between them, so that one may name several. The legs that are dialled for it carry them on."""
    known = {
        "origination_uuid": asked.key,
        KEY: asked.key,
        TO: asked.to,
        AGENT: asked.agent,
        "export_vars": f"{KEY},{TO},{AGENT}",
        "originate_timeout": str(RING_SECONDS),
        "ignore_early_media": "true",
    }
    if _NUMBER.fullmatch(asked.ours):
        known |= {"origination_caller_id_number": asked.ours, "effective_caller_id_number": asked.ours}
    return "{^^:" + ":".join(f"{name}={value}" for name, value in known.items()) + "}"
