"""Product and Stock: what the shop sells and where it lies; WishItem: what a customer would like to have."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """One article or variant, as the shop names it."""

    source = models.BigIntegerField()
    external_id = models.CharField(max_length=120)
    sku = models.CharField(_("article number"), max_length=120, blank=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=120, blank=True)
    url = models.URLField(max_length=500, blank=True)
    image = models.URLField(max_length=500, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    price = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    is_replenishable = models.BooleanField(default=False)  # bought again when it is used up
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="product_once")]
        indexes = [
            models.Index(fields=["sku"], name="product_sku", condition=~models.Q(sku="")),
            GinIndex(SearchVector("name", "sku", config="simple"), name="product_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Stock(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, related_name="stock")
    place = models.CharField(max_length=120)
    quantity = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "stock"
        constraints = [models.UniqueConstraint(fields=["product", "place"], name="stock_once")]

    def __str__(self) -> str:
        return f"{self.quantity} in {self.place}"


class WishItem(models.Model):
    identity = models.ForeignKey("customers.Identity", models.CASCADE, related_name="wishes")
    name = models.CharField(max_length=300)
    external_id = models.CharField(max_length=120)  # of the product, as the shop names it
    url = models.URLField(max_length=500, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "external_id"], name="wish_once")]

    def __str__(self) -> str:
        return self.name


class Loyalty(models.Model):
    """Standing in the shop's loyalty scheme."""

    identity = models.OneToOneField("customers.Identity", models.CASCADE, related_name="loyalty")
    tier = models.CharField(max_length=40, blank=True)
    points = models.IntegerField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "loyalties"

    def __str__(self) -> str:
        return self.tier
