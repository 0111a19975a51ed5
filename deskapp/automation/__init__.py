"""/settings/automation/: rules that act by themselves, their log, dry runs, webhooks, and what solving asks for."""
