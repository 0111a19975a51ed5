"""Addresses of the demo shop, under /demo-shop/."""

from django.urls import path, re_path

from integrations.simulators.demo_shop import views
from integrations.simulators.demo_shop.checkout import acts, checkout, label, order

urlpatterns = [
    path("", views.home, name="demo_shop"),
    re_path(r"^(?P<section>women|men|packs)/$", views.home, name="demo_shop_section"),
    path("repairs/", views.repairs, name="demo_shop_repairs"),
    path("write/", views.write, name="demo_shop_write"),
    path("bots/", views.bots, name="demo_shop_bots"),
    path("products/<slug:slug>/", views.product, name="demo_shop_product"),
    path("products/<slug:slug>/basket/", views.put_in_basket, name="demo_shop_add"),
    path("products/<slug:slug>/basket/remove/", views.take_out, name="demo_shop_remove"),
    path("basket/", views.basket, name="demo_shop_basket"),
    path("checkout/", checkout, name="demo_shop_checkout"),
    path("orders/<str:signed>/", order, name="demo_shop_order"),
    path("labels/<str:signed>/", label, name="demo_shop_label"),
    path("acts/", acts, name="demo_shop_acts"),
    path("sign-in/", views.sign_in, name="demo_shop_sign_in"),
    path("sign-out/", views.sign_out, name="demo_shop_sign_out"),
]
