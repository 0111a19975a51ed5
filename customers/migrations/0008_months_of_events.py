"""This month and the next ones get their partitions at once; later ones are beat's."""

from django.db import migrations


def make_months(apps, schema_editor):
    from customers import partitions

    partitions.make_ahead()


class Migration(migrations.Migration):
    atomic = False  # each month is a transaction of its own

    dependencies = [
        ("customers", "0007_whence_identities_came"),
    ]

    operations = [migrations.RunPython(make_months, migrations.RunPython.noop)]
