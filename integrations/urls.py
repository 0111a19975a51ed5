"""Addresses of this app's pages."""

from django.urls import URLPattern, URLResolver, include, path

from integrations.adapters.media.form import views as form
from integrations.adapters.trackers import browser
from integrations.inbound.webhooks import hook
from integrations.views import lent, links, orders, originals, templates

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/<int:pk>/original/", originals.original, name="original"),
    path("settings/connectors/", include("integrations.admin_urls")),
    path("settings/imports/", include("integrations.moving_urls")),
    path(
        "conversations/<int:pk>/channels/<int:channel_pk>/templates/",
        templates.message_templates,
        name="message_templates",
    ),
    path("customers/<int:pk>/links/", links.customer_links, name="customer_links"),
    path("orders/<int:pk>/acts/", orders.order_acts, name="order_acts"),
    path("orders/<int:pk>/acts/<slug:what>/", orders.order_act, name="order_act"),
    path("lent/<str:signed>/<str:name>", lent.lent, name="lent_file"),
    path("hooks/<int:connector_id>/<str:secret>/", hook, name="hook"),
    path("hooks/<int:connector_id>/<str:secret>/<slug:kind>/", hook, name="hook_kind"),
    path("", include("integrations.adapters.media.chat.urls")),
    path("form/form.js", form.script, name="form_script"),
    path("form/<str:key>/", form.form, name="form"),
    path("form/<str:key>/sent/", form.sent, name="form_sent"),
    path("tracker/throughline.js", browser.script, name="tracker"),
    path("tracker/here", browser.here, name="tracker_here"),
    path("v1/", include("integrations.adapters.trackers.urls")),
]
