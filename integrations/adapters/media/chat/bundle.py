"""The widget as one ES module: our own sources, joined and stripped of comments, with no tool but this page."""

import gzip
import hashlib
import json
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

SOURCES = Path(settings.BASE_DIR) / "static" / "widget" / "src"
TRANSLATIONS = SOURCES.parent / "strings"
LANGUAGES = {"ar", "de", "es", "fr", "it", "nl", "no", "pl"}
ORDER = ["dom", "strings", "store", "link", "log", "composer", "widget", "main"]  # each after what it imports


class Bundle:
    """The script as bytes, plain and gzipped, with its ETag."""

    def __init__(self, script: str) -> None:
        self.plain = script.encode()
        self.gzipped = gzip.compress(self.plain, 9, mtime=0)
        self.etag = f'"{hashlib.sha256(self.plain).hexdigest()[:20]}"'


def bundle() -> Bundle:
    """Made once per state of the sources, so that who works on them sees each change."""
    files = [SOURCES / "widget.css", *(SOURCES / f"{name}.js" for name in ORDER)]
    return _bundle(tuple((file, file.stat().st_mtime_ns) for file in files))


@cache
def _bundle(files: tuple[tuple[Path, int], ...]) -> Bundle:
    css, *modules = [file.read_text(encoding="utf-8") for file, _ in files]
    style = f"const CSS = {json.dumps(_pressed(css), ensure_ascii=False)};"
    return Bundle("\n".join([style, *(joined(module) for module in modules)]))


def joined(module: str) -> str:
    """Without imports and exports: in one module every name is in sight. Comments stand on their own lines or end one
    after two spaces' worth of code, as our style has them; addresses (“https://”) are never preceded by a space."""
    lines = []
    for line in re.sub(r"^\s*/\*\*.*?\*/\n", "", module, flags=re.DOTALL | re.MULTILINE).splitlines():
        line = re.sub(r"(^|\s)// .*$|/\* [^*]* \*/", "", line).strip()
        if line and not line.startswith("import {"):
            lines.append(line.removeprefix("export "))
    return "\n".join(lines)


def _pressed(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r" ?([{};,>]) ?", r"\1", css).strip()


def served(request: HttpRequest, made: Bundle) -> HttpResponse:
    """The script, for any page: what it may do is decided at the door."""
    response = HttpResponse(content_type="text/javascript; charset=utf-8")
    if request.headers.get("If-None-Match") == made.etag:
        response.status_code = 304
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content, response["Content-Encoding"] = made.gzipped, "gzip"
    else:
        response.content = made.plain
    response["ETag"] = made.etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return public(response)


def public(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"  # a module script is always fetched with CORS
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "public, max-age=300"
    return response


def words(language: str) -> str | None:
    """The module of one language's strings, or None where there is none."""
    return (TRANSLATIONS / f"{language}.js").read_text(encoding="utf-8") if language in LANGUAGES else None
