"""Addresses of the customers' screens: the list, a customer's page with its fragments, their orders."""

from django.urls import path

from conversations.views import customer_list, customers, purchases

urlpatterns = [
    path("customers/", customer_list.customers, name="customers"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/panel/", customers.customer_panel, name="customer_panel"),
    path("customers/<int:pk>/about/", customers.customer_about, name="customer_about"),
    path("customers/<int:pk>/visits/<int:visit_pk>/", customers.customer_visit, name="customer_visit"),
    path("customers/<int:pk>/orders/", purchases.orders, name="customer_orders"),
    path("orders/", purchases.find_order, name="find_order"),
    path("orders/<int:pk>/", purchases.order, name="order"),
]
