"""What a customer may ask for: everything we keep of them, and to be forgotten. For supervisors and admins."""

import tempfile
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from conversations import audit
from conversations.models import Conversation, Status
from conversations.tasks import erase_soon
from conversations.views.acting import agent_of
from customers import privacy
from customers.models import Customer, Erasure

if TYPE_CHECKING:
    from deskapp.models import User

IN_MEMORY = 8 * 1024 * 1024  # bytes; a bigger archive waits in a file


@login_required
@require_GET
def customer_export(request: HttpRequest, pk: int) -> FileResponse:
    """A zip with all we keep, to read and to process: for a supervisor who may see all of it."""
    customer = _customer(request, pk, erases=False)
    if not _may_export(agent_of(request)):
        raise Http404
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    privacy.export(customer, archive)
    archive.seek(0)
    _record(request, customer, _("Exported all we keep of them."))
    answer = FileResponse(archive, as_attachment=True, filename=f"customer-{customer.pk}.zip")
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def customer_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows what will go; POST with `sure` (the customer's number, typed) and a `reason` does it."""
    customer = _customer(request, pk, erases=True)
    wrong = ""
    if request.method == "POST":
        if request.POST.get("sure", "").strip() == str(customer.pk):
            privacy.ask(customer, by=agent_of(request), reason=request.POST.get("reason", ""))
            _record(request, customer, _("Asked to forget them."))
            erase_soon()
            messages.success(request, _("Customer %(pk)s is being forgotten.") % {"pk": customer.pk})
            return redirect("home")
        wrong = _("Type the number %(pk)s to say that you are sure. Nothing was erased.") % {"pk": customer.pk}
    of = privacy.whose(customer.pk)
    waiting = Conversation.objects.filter(customer__in=of.customers).exclude(status=Status.RESOLVED).count()
    context = {"customer": customer, "wrong": wrong, "people": len(of.customers), "handles": len(of.identities)}
    under_way = Erasure.objects.filter(customer=customer.pk, finished_at=None).first()
    context |= {"waiting": waiting, "under_way": under_way}
    return render(request, "conversations/customer/erase.html", context, status=422 if wrong else 200)


def _record(request: HttpRequest, customer: Customer, note: str) -> None:
    """By the number alone: a name would outlive an erasure here."""
    audit.record(agent_of(request), customer, before={}, after={}, note=note, label=f"#{customer.pk}")


def _may_export(agent: "User") -> bool:
    """Purchases and browsing are in it."""
    return agent.may("customers.export") and agent.sees_purchases and agent.sees_browsing


def _customer(request: HttpRequest, pk: int, *, erases: bool) -> Customer:
    agent = agent_of(request)
    if not agent.may("customers.erase" if erases else "customers.export"):
        raise Http404
    return get_object_or_404(Customer.objects.living().filter(erased_at=None), pk=pk)
