"""The ASGI application: pages by Django, sockets by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deskapp.settings")
pages = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402  the apps must be ready first
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.urls import path  # noqa: E402

from conversations.live.consumers import AgentConsumer  # noqa: E402
from deskapp.body_limit import BodyLimit  # noqa: E402
from deskapp.door import Door  # noqa: E402
from integrations.adapters.media.chat.consumer import VisitorConsumer  # noqa: E402

# The widget's socket is opened from the shops' pages: its consumer checks the origin against the connector's own list.
sockets = [
    path("ws/desk/", AllowedHostsOriginValidator(AuthMiddlewareStack(AgentConsumer.as_asgi()))),
    path("ws/chat/<str:key>/", VisitorConsumer.as_asgi()),
]
# Django types its scope as a dict of anything.
http = BodyLimit(Door(pages))  # type: ignore[arg-type]
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(sockets)})
