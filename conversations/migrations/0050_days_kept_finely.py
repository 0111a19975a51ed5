"""From when on days are kept of every cut; older ones are only in their month."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0049_sales_of_before")]

    operations = [migrations.AddField("tallymark", "days_from", models.DateTimeField(blank=True, null=True))]
