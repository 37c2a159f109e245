"""Mail by SMTP: text and HTML in one message, over TLS unless the server is this machine or told to be without."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal

from cowrie_assets.clock import from_us
from cowrie_assets.notifications.message import DeliveryError, Message
from cowrie_assets.printable import shown
from cowrie_assets.secrets import SecretError, resolve

Encryption = Literal["starttls", "starttls if offered", "tls", "none"]
_REASONS: dict[type[Exception], str] = {
    smtplib.SMTPNotSupportedError: "offers no encryption or no login; where plain text will do, write smtp+plain://",
    smtplib.SMTPRecipientsRefused: "refused every recipient",
    smtplib.SMTPServerDisconnected: "broke off the connection, or did not answer in time, before it took the mail",
    TimeoutError: "did not answer in time",
}


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """A mail server, and who writes to whom."""

    host: str
    port: int
    encryption: Encryption
    sender: str
    recipients: tuple[str, ...]
    user: str | None = None
    password: str | None = None
    """A secret reference; there is one where there is a user."""
    seconds: float = 20.0
    """How long one wait for the network may take."""

    @property
    def name(self) -> str:
        """See `Channel`."""
        return "email"

    def send(self, message: Message) -> str | None:
        """See `Channel`. Taken is a mail that the server took for one recipient at least."""
        try:
            password = resolve(self.password) if self.password else None
        except SecretError as error:
            raise DeliveryError(f"COWRIE_SMTP_PASSWORD: {error}") from None
        mail = mail_of(message, self.sender, self.recipients)
        try:
            refused = self._deliver(mail, password)
        except smtplib.SMTPAuthenticationError as error:
            raise DeliveryError(f"{self._place} refused the login of {self.user} ({error.smtp_code})") from None
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"{self._place} {_reason(error)}") from None
        return f"{self._place} refused {refused} of {len(self.recipients)} recipients" if refused else None

    def _deliver(self, mail: EmailMessage, password: str | None) -> int:
        """How many recipients were refused. Raises OSError, of which SMTPException is one, and UnicodeError."""
        server = self._connected()
        try:
            if self.user is not None and password is not None:
                server.login(self.user, password)
            refused = server.send_message(mail, self.sender, list(self.recipients))
            with suppress(OSError):  # the mail is taken: how the server says goodbye does not matter
                server.quit()
        finally:
            server.close()
        return len(refused)

    @property
    def _place(self) -> str:
        return f"the mail server {self.host}:{self.port}"

    def _connected(self) -> smtplib.SMTP:
        """A connection that is as safe as `encryption` wants it. Raises SMTPException, OSError."""
        name = socket.gethostname()
        trusted = ssl.create_default_context()
        if self.encryption == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, local_hostname=name, timeout=self.seconds, context=trusted)
        server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=self.seconds)
        try:
            server.ehlo_or_helo_if_needed()
            offered = server.has_extn("starttls")
            if self.encryption == "starttls" or (self.encryption == "starttls if offered" and offered):
                server.starttls(context=trusted)
        except BaseException:
            server.close()
            raise
        return server


def mail_of(message: Message, sender: str, recipients: tuple[str, ...]) -> EmailMessage:
    """The mail. Its Message-ID is that of every attempt to send this message; no line is longer than 80 bytes."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Subject"] = message.title
    mail["Date"] = format_datetime(from_us(message.at_us // 1_000_000 * 1_000_000))
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text(), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(message.html(), subtype="html", charset="utf-8", cte="quoted-printable")
    return mail


def _reason(error: Exception) -> str:
    """What went wrong, without the mail; a server's words are shown as they may be: cut, on one line."""
    for kind, sentence in _REASONS.items():
        if isinstance(error, kind):
            return sentence
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"answered {error.smtp_code}: {shown(words)}"
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return f"cannot be reached: {shown(error.strerror or str(error))}"
    return f"could not be spoken to ({type(error).__name__})"
