"""E-mails through a mail server, with the standard library (RFC 5321, RFC 3207 for STARTTLS)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final, Literal, TypeAlias

from entractes_auth.backends.messaging.mail import compose, read_sender
from entractes_auth.backends.ports import Outgoing, Receipt
from entractes_auth.errors import ConfigurationError, DeliveryFailed
from entractes_auth.records.kinds import Channel
from entractes_auth.redact import Secret

__all__ = ["Security", "SmtpMessenger"]

Security: TypeAlias = Literal["starttls", "tls", "plaintext-loopback-only"]

_SECURITIES: Final = ("starttls", "tls", "plaintext-loopback-only")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMessenger:
    """A `Messenger` for `Channel.EMAIL`: one connection per message. Thread-safe.

    `security`: "starttls" (port 587), "tls" (port 465), or "plaintext-loopback-only" for a relay on
    this machine. There is no "when the server offers it": who is on the way would then answer that it
    does not, and read every link. `tls` is for a private authority; without it the system's apply.
    `sender` is an address, with or without a name: "Entr'Actes <no-reply@example.fr>".
    `timeout_seconds` bounds each wait for the server, not their sum.

    Raises:
        ConfigurationError: names the setting and says how to mend it.
    """

    host: str
    port: int
    sender: str
    security: Security
    username: str = ""
    password: Secret | None = None
    timeout_seconds: float = 10.0
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if self.security not in _SECURITIES:
            raise ConfigurationError(f"smtp.security must be one of {', '.join(_SECURITIES)}")
        if self.security == "plaintext-loopback-only" and self.host not in _LOOPBACK:
            raise ConfigurationError(
                "smtp.security: without TLS, smtp.host must be localhost, 127.0.0.1 or ::1"
            )
        if bool(self.username) != (self.password is not None):
            raise ConfigurationError("smtp.username and smtp.password: set both, or neither")
        if self.timeout_seconds <= 0:
            raise ConfigurationError("smtp.timeout_seconds must be above 0: without a limit a relay hangs")
        read_sender(self.sender)

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one e-mail over; the receipt's reference is its Message-ID, the same at each retry.

        Raises:
            DeliveryFailed: permanent when the server refuses this message for good (5xx), or when its
                address cannot be written into a mail; for a while otherwise. A refused login is for
                a while: it is the operator's to mend, and the message must survive it.
            ConfigurationError: the message is not an e-mail.
        """
        if outgoing.channel is not Channel.EMAIL:
            raise ConfigurationError("this messenger carries e-mails: give SMS another one")
        message = compose(outgoing, read_sender(self.sender))
        if message is None:
            raise DeliveryFailed("the address cannot be written into a mail", permanent=True)
        failed = self._transmit(message, outgoing.to)
        if failed is not None:
            # Raised here, out of any handler: smtplib's errors hold the address and the server's words.
            raise failed
        return Receipt(reference=str(message["Message-ID"]))

    def _transmit(self, message: EmailMessage, to: str) -> DeliveryFailed | None:
        """Hand the message over; None when the server has taken it."""
        connected = False
        try:
            with self._connection() as server:
                connected = True
                server.send_message(message, read_sender(self.sender).addr_spec, [to])
        except smtplib.SMTPRecipientsRefused as refused:
            code = next((answer[0] for answer in refused.recipients.values()), 0)
            return DeliveryFailed(f"the server refused the recipient ({code})", permanent=code >= 500)
        except smtplib.SMTPResponseException as refused:
            # Before the message: greeting, login. Never the message's fault.
            what = "message" if connected else "connection or the login"
            permanent = connected and refused.smtp_code >= 500
            return DeliveryFailed(f"the server refused the {what} ({refused.smtp_code})", permanent=permanent)
        except (OSError, smtplib.SMTPException) as error:
            return DeliveryFailed(f"no mail server, or it broke off: {type(error).__name__}")
        return None

    @contextmanager
    def _connection(self) -> Generator[smtplib.SMTP, None, None]:
        """A connection that is as secure as the settings say and logged in, or an error."""
        with closing(self._connect()) as server:
            if self.security == "starttls":
                # Raises where the server does not offer it: nothing is sent in clear.
                server.starttls(context=self._context())
            if self.password is not None:
                server.login(self.username, self.password.reveal())
            server.ehlo_or_helo_if_needed()
            yield server
            # The message is taken: a server that then breaks off must not make us send it again.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        # The sender's domain introduces us; smtplib's default asks the DNS for this machine's name, which
        # may take long, and tells it to strangers.
        name = read_sender(self.sender).domain
        if self.security == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, name, timeout=self.timeout_seconds, context=self._context()
            )
        return smtplib.SMTP(self.host, self.port, name, timeout=self.timeout_seconds)

    def _context(self) -> ssl.SSLContext:
        # The default context checks the certificate and the host's name; smtplib without one does not.
        return ssl.create_default_context() if self.tls is None else self.tls
