"""Everybody who had bought or written before sales were counted is due once."""

from django.db import migrations

MARK = """
insert into conversations_due (kind, customer)
select distinct 'sales', identity.customer_id
from customers_identity identity join customers_order on customers_order.identity_id = identity.id
union
select 'sales', customer_id from conversations_conversation
"""


class Migration(migrations.Migration):
    dependencies = [("conversations", "0048_comparing")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
