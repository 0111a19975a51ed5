"""SavedView: a filter over conversations with a name, of one agent or shared with everybody."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    query = models.CharField(max_length=400)  # the filter form's query string: "status=open&tag=vip"
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
