"""Addresses of what agents look up and add about purchases: stock, and what is written by hand."""

from django.urls import path

from conversations.views import by_hand, stock

urlpatterns = [
    path("stock/", stock.stock, name="stock"),
    path("customers/<int:pk>/add/<slug:what>/", by_hand.by_hand, name="by_hand"),
]
