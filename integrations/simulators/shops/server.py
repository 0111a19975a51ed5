"""A shop's server on loopback: a provider's server that refuses in a shop's words."""

from integrations.simulators.server import Call, ProviderServer, Reply


class ShopServer(ProviderServer):
    def refusal_down(self, call: Call) -> Reply:
        return Reply({"errors": "Service Unavailable"}, 502)

    def refusal_busy(self, call: Call) -> Reply:
        return Reply({"errors": "Exceeded 2 calls per second for api client."}, 429)
