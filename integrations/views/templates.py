"""Templates of a channel, read from its provider again: while an agent looks at what may go now."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from conversations.models import MessageTemplate
from conversations.views.acting import Toast, agent_of, is_htmx, known_or_404
from conversations.views.composing import Composer, fresh_composer, goes
from conversations.views.replies import composer_context
from conversations.writing_forms import kept_way
from integrations.adapters import adapter_named
from integrations.adapters.base import AdapterError
from integrations.models import Connector
from integrations.offered import sync


@login_required
@require_POST
def message_templates(request: HttpRequest, pk: int, channel_pk: int) -> HttpResponse:
    """Only of a channel by which the customer of this conversation can be reached."""
    known = known_or_404(request, pk)
    shown = fresh_composer(agent_of(request), known)
    reachable = [each.channel.pk for each in shown.choices if each.needs_template and each.channel.pk == channel_pk]
    said = _asked(Connector.objects.filter(channel__in=reachable, is_active=True).first())
    if not is_htmx(request):
        messages.info(request, said)
        return redirect(reverse("conversation", args=[pk]))
    context = {**composer_context(request, known.conversation, known=known), "toast": Toast(said, seconds=6)}
    again = context["composer"]
    assert isinstance(again, Composer)
    goes(again, known, kept_way(request.POST))  # what is filled in already
    return render(request, "conversations/composer/template_again.html", context)


def _asked(connector: Connector | None) -> str:
    if connector is None or not hasattr(adapter_named(connector.adapter), "templates"):
        return _("There are no templates to ask for here.")
    try:
        sync(connector)
    except AdapterError as error:
        return str(error)
    usable = MessageTemplate.objects.filter(channel=connector.channel_id, is_usable=True).count()
    return ngettext("%(n)d template may go now.", "%(n)d templates may go now.", usable) % {"n": usable}
