"""WooCommerce: webhooks in, the REST API for the past and for what agents do."""
