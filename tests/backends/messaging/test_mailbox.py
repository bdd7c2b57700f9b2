"""The mailbox keeps what it is given, in order, up to its capacity, and shows nothing by accident."""

from __future__ import annotations

import threading

import pytest

from entractes_auth.backends.messaging.mailbox import Mailbox
from entractes_auth.backends.ports import Messenger, Outgoing, Receipt
from entractes_auth.errors import ConfigurationError
from entractes_auth.records.kinds import Channel, Locale


def sms(number: int, to: str = "+33612345678") -> Outgoing:
    return Outgoing(id=str(number), channel=Channel.SMS, locale=Locale.FR, to=to, text=f"code {number}")


def test_messages_are_kept_newest_last_and_found_by_address() -> None:
    mailbox = Mailbox()
    messenger: Messenger = mailbox
    assert messenger.send(sms(1)) == Receipt(reference="1")
    messenger.send(sms(2, to="+33612345679"))
    messenger.send(sms(3))
    assert mailbox.messages == (sms(1), sms(2, to="+33612345679"), sms(3))
    assert mailbox.to("+33612345678") == (sms(1), sms(3))
    assert mailbox.to("+336") == ()


def test_a_retry_is_kept_as_a_second_message() -> None:
    mailbox = Mailbox()
    mailbox.send(sms(1))
    mailbox.send(sms(1))
    assert len(mailbox.messages) == 2


def test_only_the_newest_are_kept_past_the_capacity() -> None:
    mailbox = Mailbox(capacity=2)
    for number in range(5):
        mailbox.send(sms(number))
    assert mailbox.messages == (sms(3), sms(4))


def test_a_cleared_mailbox_is_empty() -> None:
    mailbox = Mailbox()
    mailbox.send(sms(1))
    mailbox.clear()
    assert mailbox.messages == ()


def test_a_mailbox_that_could_keep_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="capacity"):
        Mailbox(capacity=0)


def test_its_repr_shows_neither_address_nor_text() -> None:
    mailbox = Mailbox()
    mailbox.send(sms(1))
    assert repr(mailbox) == "Mailbox(1 messages)"
    assert "33612345678" not in repr(mailbox.messages)
    assert "code" not in repr(mailbox.messages)


def test_it_may_be_read_while_others_write() -> None:
    mailbox = Mailbox(capacity=10_000)
    together = threading.Barrier(5)

    def write(first: int) -> None:
        together.wait()
        for number in range(first, first + 500):
            mailbox.send(sms(number))

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 500, 1000, 1500)]
    for thread in threads:
        thread.start()
    together.wait()
    while any(thread.is_alive() for thread in threads):
        assert len(mailbox.to("+33612345678")) <= 2000
    for thread in threads:
        thread.join()
    assert {outgoing.id for outgoing in mailbox.messages} == {str(number) for number in range(2000)}
