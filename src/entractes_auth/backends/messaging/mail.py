"""From a rendered message to an Internet mail (RFC 5322), whatever carries it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from entractes_auth.backends.ports import Outgoing
from entractes_auth.errors import ConfigurationError
from entractes_auth.typography import NO_BREAK

__all__ = ["compose", "read_sender"]


def read_sender(text: str) -> Address:
    """The sender that the settings name, as an address with or without a name before it.

    Raises:
        ConfigurationError: `text` is not one address in ASCII.
    """
    name, addr_spec = parseaddr(text)
    address = _address(addr_spec, name) if text.isprintable() else None
    if address is None:
        raise ConfigurationError("smtp.sender must be like: Entr'Actes <no-reply@example.fr>")
    return address


def compose(outgoing: Outgoing, sender: Address) -> EmailMessage | None:
    """The mail; None where a header cannot hold what it should (line ends, an address that is none)."""
    recipient = _address(outgoing.to)
    # A line end in a header is a second header: whoever writes the one writes the other. French subjects
    # hold no-break spaces, which Python does not call printable.
    if recipient is None or not outgoing.subject.replace(NO_BREAK, " ").isprintable():
        return None
    message = EmailMessage(SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = outgoing.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = _message_id(outgoing.id, sender.domain)
    # No out-of-office answers: RFC 3834, section 5.
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable: safe with servers that do not take 8 bits, and without bare line ends, which some
    # servers take for the end of the message and read what follows as a second one.
    message.set_content(outgoing.text, cte="quoted-printable")
    if outgoing.html:
        message.add_alternative(outgoing.html, subtype="html", cte="quoted-printable")
    # Last: the two calls above drop what the header already says about the content.
    message["Content-Language"] = outgoing.locale.value
    return message


def _address(addr_spec: str, name: str = "") -> Address | None:
    """One address in ASCII with both its halves, or None."""
    if not (addr_spec.isascii() and addr_spec.isprintable()):
        return None
    try:
        address = Address(display_name=name, addr_spec=addr_spec)
    except (MessageError, ValueError, IndexError):  # the last one is the parser's own slip
        return None
    return address if address.username and address.domain else None


def _message_id(outgoing_id: str, domain: str) -> str:
    """The same at each retry, so that servers can drop a double. Hashed: any id is then fit for a header."""
    return f"<{hashlib.sha256(outgoing_id.encode()).hexdigest()[:32]}@{domain}>"
