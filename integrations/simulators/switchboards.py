"""Records of calls as FreeSWITCH's mod_json_cdr writes them, one for each leg."""

import uuid
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def record_of(
    caller: str, dialled: str, *, name: str = "", answered_by: str = "", cause: str = "NORMAL_CLEARING",
    context: str = "public", begun: datetime | None = None, spoken: int = 60,
) -> Json:  # fmt: skip
    """Of the caller's leg."""
    own = str(uuid.uuid4())
    said = _times(begun or datetime.now(UTC), 5, spoken if answered_by else 0)
    said |= {"uuid": own, "direction": "inbound", "hangup_cause": cause if not answered_by else "NORMAL_CLEARING"}
    profile: Json = {
        "uuid": own, "caller_id_number": caller, "caller_id_name": name or caller, "ani": caller, "context": context,
        "destination_number": dialled, "source": "mod_sofia", "chan_name": f"sofia/external/{caller}@provider.example",
    }  # fmt: skip
    if answered_by:
        other = str(uuid.uuid4())
        said |= {"bridge_uuid": other, "last_bridge_to": other, "dialed_user": answered_by, "last_app": "bridge"}
        profile["originatee"] = {"originatee_caller_profiles": [{"uuid": other, "destination_number": answered_by}]}
    return _whole(said, profile)


def leg_of(record: Json, line: str, *, is_answered: bool = True) -> Json:
    """Of a line that was rung for it."""
    first, own = record["variables"]["uuid"], str(uuid.uuid4())
    begun = datetime.fromtimestamp(int(record["variables"]["start_epoch"]) + 1, UTC)
    said = _times(begun, 4, 60 if is_answered else 0)
    said |= {"uuid": own, "direction": "outbound", "originating_leg_uuid": first, "dialed_user": line}
    said["hangup_cause"] = "NORMAL_CLEARING" if is_answered else "LOSE_RACE"
    caller = record["callflow"][0]["caller_profile"]
    profile: Json = {
        "uuid": own, "caller_id_number": caller["caller_id_number"], "caller_id_name": caller["caller_id_name"],
        "context": "default", "destination_number": line,
        "originator": {"originator_caller_profiles": [{"uuid": first}]},
    }  # fmt: skip
    return _whole(said, profile)


def _times(begun: datetime, rings: int, spoken: int) -> Json:
    start = int(begun.timestamp())
    answer, end = (start + rings if spoken else 0), start + rings + spoken
    return {
        "start_stamp": f"{begun:%Y-%m-%d %H:%M:%S}", "start_epoch": str(start), "start_uepoch": str(start * 1_000_000),
        "answer_epoch": str(answer), "answer_uepoch": str(answer * 1_000_000), "end_epoch": str(end),
        "end_uepoch": str(end * 1_000_000), "duration": str(rings + spoken), "billsec": str(spoken),
    }  # fmt: skip


def _whole(said: Json, profile: Json) -> Json:
    return {
        "core-uuid": "0", "switchname": "pbx",
        "channel_data": {"state": "CS_REPORTING", "direction": said["direction"]},
        "variables": said, "app_log": {"applications": []},
        "callflow": [{"dialplan": "XML", "profile_index": "1", "caller_profile": profile,
                      "times": {"created_time": said["start_uepoch"]}}],
    }  # fmt: skip
