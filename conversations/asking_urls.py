"""Addresses of what is asked of many customers at once, and of what one of them may ask of us."""

from django.urls import path

from conversations.views import privacy, segments, visitors

urlpatterns = [
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment, name="new_segment"),
    path("segments/rows/", segments.segment_rows, name="segment_rows"),
    path("segments/<int:pk>/", segments.segment, name="segment"),
    path("visitors/", visitors.visitors, name="visitors"),
    path("visitors/<int:pk>/chat/", visitors.chat_with, name="chat_with"),
    path("customers/<int:pk>/export/", privacy.customer_export, name="customer_export"),
    path("customers/<int:pk>/erase/", privacy.customer_erase, name="customer_erase"),
]
