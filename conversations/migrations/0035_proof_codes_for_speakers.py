"""A code is given by who asked for it, and an unknown address leaves a row as well."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0034_ratings")]

    operations = [
        migrations.AlterField(
            "proofcode",
            "identity",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.identity",
            ),
        ),
        migrations.AlterField("proofcode", "digest", models.CharField(blank=True, max_length=128)),
        migrations.AddField(
            "proofcode",
            "speaker",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="customers.identity",
            ),
        ),
        migrations.AddIndex("proofcode", models.Index(fields=["identity", "-sent_at"], name="proof_code_of_identity")),
    ]
