"""Sentry and OpenTelemetry against receivers on loopback: errors and spans arrive, a customer's words do not."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SECRET = "my secret letter"
PROJECT = Path(__file__).parents[2]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self.chunks()
        encoding = self.headers.get("Content-Encoding")
        self.server.got.append((self.path, gzip.decompress(body) if encoding == "gzip" else body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        return body

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def desk(code, **environment):
    """Runs `code` in a desk of its own that has just started; gives the finished process."""
    started = f"import django; django.setup()\n{code}"
    return subprocess.run(
        [sys.executable, "-c", started],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "deskapp.settings", "THROUGHLINE_TEST": "1", **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


FAILS = f"""
from django.urls import path
import logging, deskapp.urls, sentry_sdk

def stumble(request):
    said = request.POST["text"]
    logging.getLogger("desk").warning("read %s", said)
    raise RuntimeError("cannot read " + said)

deskapp.urls.urlpatterns.insert(0, path("stumble/", stumble))
from django.views.decorators.csrf import csrf_exempt
stumble.csrf_exempt = True
from django.test import Client
client = Client(raise_request_exception=False)
assert client.post("/stumble/?q=", {{"text": "{SECRET}"}}, HTTP_COOKIE="sessionid=abc").status_code == 500
sentry_sdk.flush(10)
"""


def test_error_arrives_at_sentry_without_the_words_of_the_request(receiver):
    done = desk(
        FAILS,
        SENTRY_DSN=f"http://key@127.0.0.1:{receiver.server_port}/42",
        SENTRY_ENVIRONMENT="staging",
        SECURE_SSL_REDIRECT="false",
    )
    assert done.returncode == 0, done.stderr
    path, body = receiver.got[0]
    assert path == "/api/42/envelope/"
    event = next(json.loads(line) for line in body.splitlines() if b'"exception"' in line)
    assert event["environment"] == "staging"
    assert event["exception"]["values"][-1]["type"] == "RuntimeError"
    everything = b"".join(body for _, body in receiver.got)
    assert SECRET.encode() not in everything
    assert b"sessionid=abc" not in everything


SPANS = """
from django.test import Client
assert Client().get("/accounts/login/").status_code == 200
from opentelemetry import trace
assert trace.get_tracer_provider().force_flush(10_000)
"""


def test_span_of_a_request_arrives_at_the_collector(receiver):
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    endpoint = f"http://127.0.0.1:{receiver.server_port}"
    done = desk(
        SPANS, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_SERVICE_NAME="desk-of-a-test", SECURE_SSL_REDIRECT="false"
    )
    assert done.returncode == 0, done.stderr
    path, body = receiver.got[0]
    assert path == "/v1/traces"
    (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
    assert ("service.name", "desk-of-a-test") in [
        (one.key, one.value.string_value) for one in resource.resource.attributes
    ]
    assert "GET" in resource.scope_spans[0].spans[0].name


def test_nothing_of_them_is_loaded_where_nothing_is_named():
    asked = "import sys; print([name for name in ('sentry_sdk', 'opentelemetry.exporter') if name in sys.modules])"
    done = desk(asked, SENTRY_DSN="", OTEL_EXPORTER_OTLP_ENDPOINT="")
    assert done.stdout.strip() == "[]", done.stderr


MISSING = "import sys; sys.modules['sentry_sdk'] = None; sys.modules['opentelemetry.exporter'] = None\n"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SENTRY_DSN", "http://key@127.0.0.1:9/42", "SENTRY_DSN is set, but sentry_sdk is not installed"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://127.0.0.1:9",
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but opentelemetry.exporter",
        ),
        ("SENTRY_DSN", "not-an-address", "SENTRY_DSN starts with"),
        ("SENTRY_DSN", "http://no-key.example/", "SENTRY_DSN cannot be used"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "it takes http or https"),
    ],
)
def test_desk_that_cannot_be_watched_as_told_says_so_and_does_not_start(variable, value, words):
    code = MISSING if ", but " in words else ""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}import django; django.setup()"],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "deskapp.settings", "THROUGHLINE_TEST": "1", variable: value},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1]
