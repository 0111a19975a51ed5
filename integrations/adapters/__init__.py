"""Every adapter there is: the key a Connector names, and the dotted path of its class, imported on first use."""

from functools import cache

from django.utils.module_loading import import_string

from integrations.adapters.base import Adapter

ADAPTERS = {
    "imap": "integrations.adapters.media.email.mailbox.MailboxAdapter",
    "esp": "integrations.adapters.media.email.esp.EspAdapter",
    "chat": "integrations.adapters.media.chat.adapter.ChatAdapter",
    "telegram": "integrations.adapters.media.telegram.adapter.TelegramAdapter",
    "whatsapp": "integrations.adapters.media.meta.whatsapp.adapter.WhatsAppAdapter",
    "messenger": "integrations.adapters.media.meta.messenger.adapter.MessengerAdapter",
    "instagram": "integrations.adapters.media.meta.instagram.adapter.InstagramAdapter",
    "api": "integrations.adapters.media.api.adapter.ApiAdapter",
    "mastodon": "integrations.adapters.media.mastodon.adapter.MastodonAdapter",
    "x": "integrations.adapters.media.x.adapter.XAdapter",
    "line": "integrations.adapters.media.line.adapter.LineAdapter",
    "form": "integrations.adapters.media.form.adapter.FormAdapter",
    "segment": "integrations.adapters.trackers.segment.SegmentAdapter",
    "shopify": "integrations.adapters.shops.shopify.adapter.ShopifyAdapter",
    "woocommerce": "integrations.adapters.shops.woocommerce.adapter.WooCommerceAdapter",
    "orders": "integrations.adapters.shops.orders.adapter.OrdersAdapter",
    "libretranslate": "integrations.adapters.translators.libretranslate.LibreTranslateAdapter",
    "deepl": "integrations.adapters.translators.deepl.DeepLAdapter",
    "twilio": "integrations.adapters.media.sms.twilio.adapter.TwilioAdapter",
    "twilio_whatsapp": "integrations.adapters.media.sms.twilio.adapter.TwilioWhatsAppAdapter",
    "bandwidth": "integrations.adapters.media.sms.bandwidth.adapter.BandwidthAdapter",
    "sms": "integrations.adapters.media.sms.own.adapter.SmsAdapter",
    "twilio_voice": "integrations.adapters.media.voice.twilio.adapter.TwilioVoiceAdapter",
    "sipgate": "integrations.adapters.media.voice.sipgate.adapter.SipgateAdapter",
    "asterisk": "integrations.adapters.media.voice.asterisk.adapter.AsteriskAdapter",
    "freeswitch": "integrations.adapters.media.voice.freeswitch.adapter.FreeSwitchAdapter",
    "calls": "integrations.adapters.media.voice.own.adapter.CallsAdapter",
    "rasa": "integrations.adapters.bots.rasa.RasaAdapter",
    "bot_webhook": "integrations.adapters.bots.webhook.WebhookAdapter",
    "bot_framework": "integrations.adapters.bots.botframework.BotFrameworkAdapter",
    "openai": "integrations.adapters.bots.openai.OpenAIAdapter",
}


@cache
def adapter_named(name: str) -> Adapter:
    """The adapter of this name, one object per process: adapters keep no state. Raises KeyError for an unknown name."""
    return import_string(ADAPTERS[name])()
