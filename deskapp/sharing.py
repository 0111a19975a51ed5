"""What processes that are forked share: whatever one of them would load for itself is loaded before, and left alone."""

import gc

from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils import translation

from conversations import drawing
from integrations.adapters import ADAPTERS, adapter_named


def share_memory() -> None:
    """Call before the first fork, and before each: the collector would write to every page that they share."""
    _ = get_resolver().url_patterns  # with every view behind them
    reverse("home")
    for name in ADAPTERS:
        adapter_named(name)
    drawing.warm_up()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Save")
    gc.collect()
    gc.freeze()
