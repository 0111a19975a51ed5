"""What is allowed or refused reads as part of a sentence: "No messages of any kind"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0012_consent_to_any_message")]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("analytics", "browsing is recorded"),
                    ("email", "marketing by e-mail"),
                    ("sms", "marketing by text message"),
                    ("messaging", "marketing by messenger"),
                    ("location", "location"),
                    ("personal", "personal offers"),
                    ("any_message", "messages of any kind"),
                ],
                max_length=12,
            ),
        ),
    ]
