"""Addresses of what is brought in and taken out."""

from django.urls import path

from integrations.views import exports, imports

urlpatterns = [
    path("", imports.imports, name="imports"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:pk>/", exports.export, name="export"),
    path("<int:pk>/", imports.import_, name="import"),
    path("<int:pk>/progress/", imports.import_progress, name="import_progress"),
    path("<int:pk>/act/", imports.import_act, name="import_act"),
    path("<int:pk>/aside/", imports.import_aside, name="import_aside"),
]
