"""A spread of a cut has both names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0045_rolling")]

    operations = [migrations.AlterField("tally", "cut", models.CharField(blank=True, max_length=60))]
