"""A webhook of one's own: the message as JSON, with a key by which a second delivery is known."""

import re
from dataclasses import dataclass, field

from cowrie_assets.notifications.message import DeliveryError, Message
from cowrie_assets.notifications.posting import post
from cowrie_assets.outgoing import fault_of_url
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.secrets import SecretError, is_reference, resolve

_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A URL that takes JSON by POST, with a bearer token where there is one. Secrets are fetched for each message."""

    url: str = field(repr=False)
    """A secret reference, or the URL itself."""
    token: str | None = None
    """A secret reference."""
    seconds: float = 15.0
    """How long one wait for the network may take."""

    @property
    def name(self) -> str:
        """See `Channel`."""
        return "webhook"

    def send(self, message: Message) -> None:
        """See `Channel`."""
        try:
            url = resolve(self.url) if is_reference(self.url) else self.url
            token = resolve(self.token) if self.token else None
        except SecretError as error:
            raise DeliveryError(f"the webhook's secret: {error}") from None
        fault = fault_of_url(url)
        if fault is not None:
            raise DeliveryError(f"COWRIE_WEBHOOK_URL {fault}")
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if token is not None:
            if _TOKEN.fullmatch(token) is None:
                raise DeliveryError(
                    f"COWRIE_WEBHOOK_TOKEN: {self.token} holds no token: it has blanks or line ends in it"
                )
            headers["Authorization"] = f"Bearer {token}"
        post(url, dump(message.payload, pretty=False), headers, receiver="the webhook", seconds=self.seconds)
