"""Logs: one JSON object a line, with request, conversation and delivery ids, and without a word of a customer."""

import re
from typing import cast

import structlog
from celery.signals import setup_logging, task_postrun, task_prerun
from structlog.typing import EventDict, Processor, WrappedLogger

# What the first argument of a task is, for the lines that are logged while it runs.
FIRST_ARGUMENT = {
    "integrations.inbound.process": "raw_event_id",
    "integrations.outbound.deliver": "delivery_id",
    "conversations.web_push": "message_id",
}
NEVER = {"text", "html", "body", "subject", "snippet", "payload", "password", "authorization", "cookie"}


def without_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Addresses that open something by themselves: a webhook's, a new password's, a picture's or a file's; and what a
    provider proves itself by in the query: Meta's token, the code of a sign-in."""
    event["event"] = SECRET.sub(r"\1…", str(event.get("event", "")))
    return event


def without_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drops what may hold a customer's words, and of an exception its message, which may quote them."""
    for name in NEVER & event.keys():
        del event[name]
    for trace in (
        cast(list[dict[str, object]], event.get("exception") or []) if isinstance(event.get("exception"), list) else []
    ):
        trace.pop("exc_value", None)
        trace.pop("exc_notes", None)
    return event


_OPENS = r"/hooks/\d+/|/password/reset/key/|/pictures/|/lent/|/chat/[^/\s]+/files/"
_PROVES = r"[?&](?:hub\.verify_token|code|state|token|key)="
SECRET = re.compile(rf"({_OPENS}|{_PROVES})[^/\s?&\"']+", re.IGNORECASE)
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    without_secrets,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(*, local: bool) -> dict[str, object]:
    """Sets up structlog, and gives Django's LOGGING: people read the console, machines read JSON."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    json_traces = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if local:
        last.append(structlog.dev.ConsoleRenderer(colors=False))
    else:
        traces = structlog.processors.ExceptionRenderer(json_traces)
        last += [traces, without_words, structlog.processors.JSONRenderer()]
    desk = {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": SHARED, "processors": last}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"desk": desk},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "desk"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "INFO", "propagate": True},
            "httpx": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
        },
    }


@setup_logging.connect
def keep_ours(**kwargs: object) -> None:
    """Celery would put handlers of its own on the root logger, unless somebody listens here."""


@task_prerun.connect
def bind(task_id: str, task: object, args: tuple[object, ...], **kwargs: object) -> None:
    name = getattr(task, "name", "")
    ids = {FIRST_ARGUMENT[name]: args[0]} if name in FIRST_ARGUMENT and args else {}
    structlog.contextvars.bind_contextvars(task=name, task_id=task_id, **ids)


@task_postrun.connect
def unbind(**kwargs: object) -> None:
    structlog.contextvars.clear_contextvars()
