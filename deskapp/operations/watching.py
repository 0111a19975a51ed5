"""Sentry and OpenTelemetry, each only when its environment variable is set: unset, nothing of them is imported."""

from deskapp.environment import text


def start() -> None:
    if text("SENTRY_DSN"):
        _sentry(text("SENTRY_DSN"))
    if text("OTEL_EXPORTER_OTLP_ENDPOINT"):
        _opentelemetry()


def _sentry(dsn: str) -> None:
    """Without bodies and local variables: they are what customers wrote."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        environment=text("SENTRY_ENVIRONMENT", "production"),
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        traces_sample_rate=0.0,
    )


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
