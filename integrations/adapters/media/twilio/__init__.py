"""What our adapters at Twilio share: messages and calls go through one account."""
