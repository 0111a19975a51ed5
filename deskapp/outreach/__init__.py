"""/settings/outreach/: rules that write first, tried dry before they are on."""
