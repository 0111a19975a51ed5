"""How far tallies are watched and kept finely; and a table that changes by days is vacuumed often: it is read by its
index alone, which is quick only where PostgreSQL knows that all see its rows."""

from django.db import migrations, models

OFTEN = """
  alter table conversations_tally set (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01,
    autovacuum_analyze_scale_factor = 0.05
  )
"""
AS_USUAL = """
  alter table conversations_tally reset (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor
  )
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0044_sales")]

    operations = [
        migrations.AddField("tallymark", "watched", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("tallymark", "settles_at", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("tallymark", "fine_from", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "tally",
            "grain",
            models.CharField(
                choices=[("h", "hour"), ("d", "day"), ("m", "month"), ("w", "hour of the week, of a month")],
                max_length=1,
            ),
        ),
        migrations.RunSQL(OFTEN, AS_USUAL),
    ]
