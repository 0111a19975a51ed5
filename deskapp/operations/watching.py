"""Sentry and OpenTelemetry, each only when its environment variable is set: unset, nothing of them is imported."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from deskapp.environment import address, text

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start() -> None:
    if dsn := address("SENTRY_DSN", "http", "https"):
        _begin("SENTRY_DSN", lambda: _sentry(dsn))
    if address("OTEL_EXPORTER_OTLP_ENDPOINT", "http", "https"):
        _begin("OTEL_EXPORTER_OTLP_ENDPOINT", _opentelemetry)


def _begin(variable: str, watch: Callable[[], None]) -> None:
    """A desk that is to be watched and is not would be noticed too late, so it does not start."""
    try:
        watch()
    except ImportError as error:
        words = f"{variable} is set, but {error.name} is not installed: install requirements.txt, or unset it."
        raise ImproperlyConfigured(words) from error
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable} cannot be used: {error}.") from error


def _sentry(dsn: str) -> None:
    """Without bodies, local variables, the words of an exception and the lines before it: customers may have written
    them."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=text("SENTRY_ENVIRONMENT", "production"),
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=_without_words,
        traces_sample_rate=0.0,
    )


def _without_words(event: "Event", hint: "Hint") -> "Event":
    for raised in event.get("exception", {}).get("values", []):
        raised["value"] = ""
    return event


def _opentelemetry() -> None:
    """Address and headers are read by the exporter itself, from the OTEL_ variables."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": text("OTEL_SERVICE_NAME", "throughline")}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument()
