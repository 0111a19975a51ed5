"""What makes the desk installable on a phone: a manifest, and a service worker whose scope is the whole desk."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    icons = [
        {"src": staticfiles_storage.url(f"icons/{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    names = {"id": "/", "name": settings.DESK_NAME, "short_name": "Throughline", "start_url": "/", "scope": "/"}
    colours = {"background_color": "#f4f2ee", "theme_color": "#0b5563", "display": "standalone"}
    return JsonResponse({**names, **colours, "icons": icons}, content_type="application/manifest+json")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, because a worker rules only what lies below its own address."""
    script = (Path(settings.BASE_DIR) / "static" / "sw.js").read_text(encoding="utf-8")
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
