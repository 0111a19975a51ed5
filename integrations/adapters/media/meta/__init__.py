"""Meta's messengers: WhatsApp, Messenger and Instagram share one Graph API, one signature and one form of webhook."""
