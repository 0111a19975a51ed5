import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_privacy")]

    operations = [
        migrations.AddField(
            "order", "cart_id", models.CharField(blank=True, max_length=120, default=""), preserve_default=False
        ),
        migrations.AddField(
            "return", "of_order", models.CharField(blank=True, max_length=120, default=""), preserve_default=False
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["cart_id", "source"], name="order_of_cart", condition=models.Q(("cart_id", ""), _negated=True)
            ),
        ),
        migrations.AddIndex(
            "return",
            models.Index(
                fields=["of_order", "source"],
                name="return_waits",
                condition=models.Q(("order", None), models.Q(("of_order", ""), _negated=True)),
            ),
        ),
        migrations.AddIndex(
            "product",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("name", "sku", config="simple"), name="product_words"
            ),
        ),
    ]
