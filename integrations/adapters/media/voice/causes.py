"""Why a call was not answered, or ended, in the agent's words: the one table for the words of every phone system."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

BUSY, CANCELLED, SILENT, FAILED = "busy", "cancelled", "silent", "failed"
UNKNOWN_NUMBER, REJECTED, CONGESTED, OFFLINE, FORWARDED = "unknown", "rejected", "congested", "offline", "forwarded"

# In the words of each: Twilio (CallStatus), Asterisk (disposition, DialStatus, Q.850 names and numbers), FreeSWITCH
# (hangup_cause), sipgate and Zammad (cause). In small letters, with blanks for what joins words.
SAME_AS: dict[str, str] = {
    "busy": BUSY, "user busy": BUSY, "17": BUSY,
    "canceled": CANCELLED, "cancelled": CANCELLED, "cancel": CANCELLED, "originator cancel": CANCELLED,
    "no answer": SILENT, "noanswer": SILENT, "no user response": SILENT, "18": SILENT, "19": SILENT,
    "allotted timeout": SILENT, "recovery on timer expire": SILENT, "102": SILENT, "attended transfer": FORWARDED,
    "failed": FAILED, "chanunavail": OFFLINE, "user not registered": OFFLINE, "subscriber absent": OFFLINE,
    "20": OFFLINE, "destination out of order": OFFLINE, "27": OFFLINE,
    "unallocated number": UNKNOWN_NUMBER, "1": UNKNOWN_NUMBER, "notfound": UNKNOWN_NUMBER,
    "not found": UNKNOWN_NUMBER, "invalid number format": UNKNOWN_NUMBER, "28": UNKNOWN_NUMBER,
    "no route destination": UNKNOWN_NUMBER, "3": UNKNOWN_NUMBER,
    "call rejected": REJECTED, "21": REJECTED, "reject": REJECTED, "dontcall": REJECTED, "torture": REJECTED,
    "congestion": CONGESTED, "normal circuit congestion": CONGESTED, "switch congestion": CONGESTED, "34": CONGESTED,
    "42": CONGESTED, "normal temporary failure": CONGESTED, "41": CONGESTED, "network out of order": CONGESTED,
    "38": CONGESTED, "forwarded": FORWARDED, "blind transfer": FORWARDED,
}  # fmt: skip
# Of a call that came in; of one that went out.
OURS: dict[str, Words] = {
    BUSY: _("The line was busy."),
    CANCELLED: _("The caller hung up before anybody answered."),
    SILENT: _("Nobody answered."),
    FAILED: _("The call could not be put through."),
    UNKNOWN_NUMBER: _("The line that was called does not exist."),
    REJECTED: _("The call was declined."),
    CONGESTED: _("The phone network had no line free."),
    OFFLINE: _("No phone was signed in there."),
    FORWARDED: _("The call was put through to another line."),
}
THEIRS: dict[str, Words] = {
    BUSY: _("Their line was busy."),
    CANCELLED: _("We hung up before they answered."),
    SILENT: _("They did not answer."),
    FAILED: _("The call could not be put through."),
    UNKNOWN_NUMBER: _("Their number is out of use."),
    REJECTED: _("They declined the call."),
    CONGESTED: _("The phone network had no line free."),
    OFFLINE: _("Their phone is off or out of reach."),
    FORWARDED: _("The call was put through to another line."),
}


def why(word: str, *, theirs: bool = False) -> str:
    """`theirs`: it was for the customer to answer. "" for what is no reason, such as that somebody hung up."""
    plain = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
    same = SAME_AS.get(plain, "")
    return str((THEIRS if theirs else OURS).get(same, ""))
