"""Moment: where the customer was, with what in the cart and which order last, at the second they wrote."""

from django.db import models


class Moment(models.Model):
    message = models.OneToOneField("conversations.Message", models.CASCADE, primary_key=True, related_name="moment")
    page = models.JSONField(default=dict, blank=True)  # {"url", "title", "since"}; empty when they were not on the site
    cart = models.JSONField(default=dict, blank=True)  # {"lines", "total", "currency", "step"}
    order = models.ForeignKey("customers.Order", models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"moment of {self.message_id}"
