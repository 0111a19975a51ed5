"""Addresses of what is asked of many customers at once, and of what one may ask of us: segments, export, erasure."""

from django.urls import path

from conversations.views import privacy, segments

urlpatterns = [
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment, name="new_segment"),
    path("segments/rows/", segments.segment_rows, name="segment_rows"),
    path("segments/<int:pk>/", segments.segment, name="segment"),
    path("customers/<int:pk>/export/", privacy.customer_export, name="customer_export"),
    path("customers/<int:pk>/erase/", privacy.customer_erase, name="customer_erase"),
]
