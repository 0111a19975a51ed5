from django.db import migrations, models
from django.db.models.deletion import SET_NULL

KINDS = [
    ("email", "email"), ("phone", "phone"), ("shop", "shop account"), ("visitor", "web visitor"),
    ("whatsapp", "WhatsApp"), ("messenger", "Messenger"), ("instagram", "Instagram"), ("telegram", "Telegram"),
    ("mastodon", "Mastodon"), ("x", "X"), ("loyalty", "loyalty number"), ("api", "external id"),
    ("order", "order number"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_carts_of_orders")]

    operations = [
        migrations.RemoveConstraint(model_name="claim", name="claim_once"),
        migrations.AddField(
            model_name="claim", name="alike", field=models.CharField(blank=True, db_default="", max_length=320)
        ),
        migrations.AddField(
            model_name="customer",
            name="looked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="identity", name="alike", field=models.CharField(blank=True, db_default="", max_length=320)
        ),
        migrations.AddField(
            model_name="identity",
            name="brought_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=SET_NULL, related_name="brought", to="customers.identity"
            ),
        ),
        migrations.AddField(
            model_name="identity", name="name", field=models.CharField(blank=True, db_default="", max_length=200)
        ),
        migrations.AddField(model_name="identity", name="named_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            model_name="mergeentry",
            name="certainty",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(model_name="claim", name="kind", field=models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField(model_name="identity", name="kind", field=models.CharField(choices=KINDS, max_length=16)),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["alike"], name="claim_alike", condition=~models.Q(alike="")),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["id"], name="customer_to_look_at", condition=models.Q(looked_at=None, merged_into=None)
            ),
        ),
        migrations.AddIndex(
            model_name="identity",
            index=models.Index(fields=["alike"], name="identity_alike", condition=~models.Q(alike="")),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.UniqueConstraint(
                fields=["customer", "kind", "value", "identity"], name="claim_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.CheckConstraint(condition=~models.Q(kind="order"), name="identity_is_no_order"),
        ),
    ]
