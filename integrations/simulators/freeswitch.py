"""FreeSWITCH's HTTP interface on loopback (mod_xml_rpc), and the records of the calls that are asked for there.

Each command is a path, what follows it the query: https://developer.signalwire.com/freeswitch/module-reference/
xml-interfaces/mod_xml_rpc/. It answers in text: “+OK …” or “-ERR …”.
"""

import base64
import json
import re
from typing import Any

from integrations.simulators.server import Call, ProviderServer, Reply, Webhook
from integrations.simulators.switchboards import leg_of, record_of

USER, PASSWORD = "freeswitch", "works"  # noqa: S105  as it ships
_ASKED = re.compile(r"originate \{\^\^:(?P<said>[^}]*)\}(?P<line>\S+) (?P<number>\S+) XML (?P<context>\S+)")

Json = dict[str, Any]


class FreeSwitchServer(ProviderServer):
    """`agent_answers` and `customer_answers`: what becomes of the calls that the desk asks for. `records_to` is where
    mod_json_cdr posts."""

    def __init__(self, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.agent_answers, self.customer_answers, self.records_to = True, True, ""
        self.asked: list[Json] = []

    def answer(self, call: Call) -> Reply:
        said_in = base64.b64decode(call.headers.get("authorization", "").partition(" ")[2] or b"").decode()
        if said_in != f"{USER}:{PASSWORD}":
            return Reply("Unauthorized", 401, {"WWW-Authenticate": 'Basic realm="freeswitch"'})
        if call.path == "/txtapi/version":
            return Reply("FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)\n")
        if call.path == "/txtapi/bgapi":
            return Reply(self._begin(next(iter(call.query), "")))
        return Reply("-ERR command not found!\n")

    def _begin(self, command: str) -> str:
        found = _ASKED.fullmatch(command)
        if found is None:
            return "-ERR USAGE\n"
        said = dict(pair.split("=", 1) for pair in found["said"].split(":"))
        if any(each["origination_uuid"] == said["origination_uuid"] for each in self.asked):
            return "-ERR DESTINATION_OUT_OF_ORDER\n"
        self.asked.append({**said, "line": found["line"], "number": found["number"], "context": found["context"]})
        for record in self._records(said, found["line"].partition("/")[2], found["number"]):
            headers = {"Content-Type": "application/json"}
            self.owed.append(Webhook("cdr", headers, json.dumps(record).encode(), self.records_to))
        return "+OK Job-UUID: 7f4db0f2-b848-4b0a-b3cf-559bdca96b38\n"

    def _records(self, said: Json, line: str, number: str) -> list[Json]:
        """The agent's leg, and the customer's, once the agent has picked up."""
        ours, spoken = said.get("origination_caller_id_number", ""), self.agent_answers and self.customer_answers
        first = record_of(ours, line, answered_by=number if spoken else "", cause="NO_ANSWER", context="default")
        names = said["export_vars"].split(",")
        kept = {name: said[name] for name in names}
        first["variables"] |= {**kept, "uuid": said["origination_uuid"], "direction": "outbound"}
        if not self.agent_answers:
            return [first]
        other = leg_of(first, number, is_answered=spoken)
        other["variables"] |= kept
        if not spoken:
            first["variables"] |= {"hangup_cause": "NORMAL_CLEARING", "originate_disposition": "USER_BUSY"}
            first["variables"] |= {"answer_epoch": first["variables"]["start_epoch"]}
            other["variables"]["hangup_cause"] = "USER_BUSY"
        return [other, first]
