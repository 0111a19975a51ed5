"""Addresses of the customers' screens: the list, a customer's page with its fragments, their orders."""

from django.urls import path

from conversations.views import customer_list, customers, happened, identities, purchases

urlpatterns = [
    path("customers/", customer_list.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/panel/", customers.customer_panel, name="customer_panel"),
    path("customers/<int:pk>/about/", customers.customer_about, name="customer_about"),
    path("customers/<int:pk>/visits/<int:visit_pk>/", customers.customer_visit, name="customer_visit"),
    path("customers/<int:pk>/identities/", identities.identities, name="customer_identities"),
    path("customers/<int:pk>/identities/<int:identity_pk>/", identities.customer_identity, name="customer_identity"),
    path("customers/<int:pk>/merges/", identities.customer_merges, name="customer_merges"),
    path("customers/<int:pk>/merges/<int:entry_pk>/", identities.customer_merge_entry, name="customer_merge_entry"),
    path("customers/<int:pk>/doubles/<int:suggestion_pk>/", identities.customer_double, name="customer_double"),
    path("customers/<int:pk>/told-apart/<int:other_pk>/", identities.customer_told_apart, name="customer_told_apart"),
    path("customers/<int:pk>/orders/", purchases.orders, name="customer_orders"),
    path("conversations/<int:pk>/happened/", happened.happened, name="happened"),
    path("orders/", purchases.find_order, name="find_order"),
    path("orders/<int:pk>/", purchases.order, name="order"),
]
