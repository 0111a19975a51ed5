"""/settings/imports/exports/: everything as one archive: ordered, watched, fetched by who may until it expires."""

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from conversations import audit
from conversations.views.acting import agent_of
from integrations import exporting
from integrations.models import Export
from integrations.views.admins import MOVES, needs

SHOWN = 5


@needs(MOVES)
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponseBase:
    """POST orders one, with the attachments where `files` is given. GET is the list alone, for a page that watches."""
    if request.method == "POST":
        exporting.ask(with_files=bool(request.POST.get("files")), by=agent_of(request))
        return redirect("imports")
    found = Export.objects.select_related("by").order_by("-pk")[:SHOWN]
    return render(request, "integrations/imports/exports.html", {"exports": found})


@needs(MOVES)
@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The archive, for who may have it, until it expires; each fetching is written down."""
    one = get_object_or_404(Export, pk=pk)
    if not one.can_be_fetched:
        raise Http404
    try:
        opened = one.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    audit.record(agent_of(request), one, before={}, after={}, note=_("Fetched the export of everything."))
    answer = FileResponse(opened, as_attachment=True, filename=f"desk-{one.finished_at:%Y-%m-%d}.zip")
    answer["Cache-Control"] = "private, no-store"
    return answer
