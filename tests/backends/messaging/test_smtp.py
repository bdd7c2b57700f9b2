"""E-mails reach a real server as they should, and a server that refuses, lies or vanishes is told apart."""

from __future__ import annotations

import socket
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entractes_auth.backends.messaging.mail import compose, read_sender
from entractes_auth.backends.messaging.smtp import SmtpMessenger
from entractes_auth.backends.ports import Messenger, Outgoing
from entractes_auth.errors import ConfigurationError, DeliveryFailed
from entractes_auth.records.kinds import Channel, Locale
from entractes_auth.redact import Secret
from tests.backends.messaging.conftest import Certificate, Handler, Server, StartServer

_MAIL = Outgoing(
    id="message-1",
    channel=Channel.EMAIL,
    locale=Locale.FR,
    to="chloe.durand@example.org",
    subject="Entr'Actes\u00a0: récupérez votre accès",
    text="Bonjour Chloé,\n.\nhttps://www.example.fr/recuperation/" + "x" * 120 + "\n",
    html='<!DOCTYPE html>\n<html lang="fr"><body><p>Bonjour Chloé</p></body></html>\n',
)
_FROM = "Entr'Actes <no-reply@example.fr>"


def messenger(server: Server, **settings: Any) -> SmtpMessenger:
    """A messenger to this server, without TLS unless the settings say so."""
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "security": "plaintext-loopback-only",
        "timeout_seconds": 5.0,
    }
    return SmtpMessenger(port=server.port, sender=_FROM, **(given | settings))


def received(handler: Handler) -> EmailMessage:
    (envelope,) = handler.envelopes
    assert isinstance(envelope.content, bytes)
    parsed = message_from_bytes(envelope.content, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def failure(carrier: SmtpMessenger, outgoing: Outgoing = _MAIL) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        carrier.send(outgoing)
    # Neither the text nor what an error reporter finds behind it may name the person.
    assert "chloe" not in str(failed.value)
    assert failed.value.__context__ is None
    assert failed.value.__cause__ is None
    return failed.value


def test_both_parts_and_every_header_arrive(start_server: StartServer) -> None:
    server = start_server()
    carrier: Messenger = messenger(server)
    receipt = carrier.send(_MAIL)
    mail = received(server.handler)
    (envelope,) = server.handler.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.fr", [_MAIL.to])
    assert (mail["From"], mail["To"], mail["Subject"]) == (_FROM, _MAIL.to, _MAIL.subject)
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "fr")
    assert mail["Message-ID"] == receipt.reference
    assert receipt.reference.endswith("@example.fr>")
    assert parsedate_to_datetime(str(mail["Date"])).utcoffset() is not None
    assert mail.get_content_type() == "multipart/alternative"
    # Line ends are CRLF on the way (RFC 5321, section 2.3.8).
    parts = [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n")) for part in mail.iter_parts()
    ]
    assert parts == [("text/plain", _MAIL.text), ("text/html", _MAIL.html)]


def test_what_travels_is_ascii_in_lines_that_every_server_takes(start_server: StartServer) -> None:
    """A server without 8BITMIME must not spoil accents; RFC 5322 allows lines of 998 characters, QP 76."""
    server = start_server()
    messenger(server).send(_MAIL)
    (envelope,) = server.handler.envelopes
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()
    assert b"\n" not in envelope.content.replace(b"\r\n", b"")
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 78


def test_the_message_id_is_the_same_at_each_retry_and_another_for_another_message(
    start_server: StartServer,
) -> None:
    server = start_server()
    carrier = messenger(server)
    first, again = carrier.send(_MAIL), carrier.send(_MAIL)
    other = carrier.send(
        Outgoing(id="message-2", channel=Channel.EMAIL, locale=Locale.FR, to=_MAIL.to, text="x")
    )
    assert first == again != other


def test_the_server_learns_the_senders_domain_and_not_this_machines_name(start_server: StartServer) -> None:
    server = start_server()
    messenger(server).send(_MAIL)
    assert set(server.handler.introduced_as) == {"example.fr"}


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "permanent"), [("550 5.1.1 no", True), ("451 4.3.0 later", False)])
def test_a_refused_message_is_over_for_good_with_5xx_and_for_a_while_with_4xx(
    start_server: StartServer, step: str, answer: str, permanent: bool
) -> None:
    server = start_server()
    server.handler.answers[step] = f"{answer} {_MAIL.to}"
    failed = failure(messenger(server))
    assert failed.permanent is permanent
    assert answer[:3] in str(failed)
    assert server.handler.envelopes == []


def test_a_refused_greeting_is_no_fault_of_the_message(start_server: StartServer) -> None:
    server = start_server()
    server.handler.answers["EHLO"] = "550 go away"
    assert failure(messenger(server)).permanent is False


def test_a_message_that_was_taken_is_not_sent_again_because_the_goodbye_failed(
    start_server: StartServer,
) -> None:
    server = start_server()
    server.handler.answers["QUIT"] = "421 crashed"
    messenger(server).send(_MAIL)
    assert len(server.handler.envelopes) == 1


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    failed = failure(messenger(Server(Handler(), port)))
    assert failed.permanent is False


def test_a_server_that_never_answers_is_given_up_after_the_timeout() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        server = Server(Handler(), silent.getsockname()[1])
        assert failure(messenger(server, timeout_seconds=0.2)).permanent is False


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_with_tls_the_message_and_the_login_travel_encrypted(
    start_server: StartServer, certificate: Certificate, security: str
) -> None:
    if security == "starttls":
        server = start_server(tls_context=certificate.server, require_starttls=True, auth_required=True)
    else:
        server = start_server(tls=certificate.server, auth_require_tls=False)
    messenger(
        server,
        host="localhost",
        security=security,
        tls=certificate.client,
        username="mailer",
        password=Secret("right horse"),
    ).send(_MAIL)
    assert (server.handler.secure, server.handler.logged_in) == ([True], [True])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_stops_the_delivery(
    start_server: StartServer, certificate: Certificate, security: str
) -> None:
    """Without this check, who is on the way reads every link."""
    where = {"tls_context": certificate.server} if security == "starttls" else {"tls": certificate.server}
    server = start_server(**where)
    failed = failure(messenger(server, host="localhost", security=security))
    assert failed.permanent is False
    assert "SSLCertVerificationError" in str(failed)
    assert server.handler.envelopes == []


def test_a_certificate_for_another_host_stops_the_delivery(
    start_server: StartServer, certificate: Certificate
) -> None:
    server = start_server(tls_context=certificate.server)
    failure(messenger(server, host="127.0.0.1", security="starttls", tls=certificate.client))
    assert server.handler.envelopes == []


def test_starttls_that_is_not_offered_is_not_done_without(start_server: StartServer) -> None:
    """Taking the offer away is all that an attacker on the way has to do."""
    server = start_server()
    assert failure(messenger(server, host="localhost", security="starttls")).permanent is False
    assert server.handler.envelopes == []


def test_a_refused_login_keeps_the_message_for_a_retry(
    start_server: StartServer, certificate: Certificate
) -> None:
    """A password that expired on the mail server must not throw away every queued message."""
    server = start_server(tls_context=certificate.server, auth_required=True)
    carrier = messenger(
        server,
        host="localhost",
        security="starttls",
        tls=certificate.client,
        username="mailer",
        password=Secret("wrong"),
    )
    failed = failure(carrier)
    assert (failed.permanent, "535" in str(failed)) == (False, True)


@pytest.mark.parametrize(
    "address",
    ["", "chloe", "chloe@", "@example.org", "chloé@example.org", "chloe@example.org\r\nBcc: x@example.org"],
)
def test_an_address_that_is_none_is_given_up_without_asking_a_server(address: str) -> None:
    outgoing = Outgoing(id="1", channel=Channel.EMAIL, locale=Locale.FR, to=address, text="x")
    assert failure(messenger(Server(Handler(), 9)), outgoing).permanent is True


@given(st.text(alphabet=st.sampled_from('ab.@<>"\\[](),:; \r\n\x00é'), max_size=20))
def test_no_address_breaks_the_writing_of_a_mail(address: str) -> None:
    """Whatever is stored as an address, there is one recipient, written as it is, or no mail at all."""
    mail = compose(
        Outgoing(id="1", channel=Channel.EMAIL, locale=Locale.FR, to=address, text="x"), read_sender(_FROM)
    )
    if mail is not None:
        assert [recipient.addr_spec for recipient in mail["To"].addresses] == [address]


@given(st.text(alphabet=st.sampled_from("aé\r\n: "), max_size=30))
def test_no_subject_adds_a_header(subject: str) -> None:
    """Whatever the subject is, it is one header, or the message is refused."""
    outgoing = Outgoing(
        id="1", channel=Channel.EMAIL, locale=Locale.FR, to=_MAIL.to, text="x", subject=subject
    )
    mail = compose(outgoing, read_sender(_FROM))
    refused = "\r" in subject or "\n" in subject
    assert (mail is None) == refused
    if mail is not None:
        names = [line.partition(b":")[0] for line in mail.as_bytes().split(b"\r\n\r\n")[0].split(b"\r\n")]
        assert b"Bcc" not in names
        assert names.count(b"Subject") == 1


def test_an_sms_is_not_for_this_messenger() -> None:
    with pytest.raises(ConfigurationError):
        messenger(Server(Handler(), 9)).send(
            Outgoing(id="1", channel=Channel.SMS, locale=Locale.FR, to="+33612345678", text="x")
        )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"security": "none"}, "smtp.security"),
        ({"host": "mail.example.fr"}, "smtp.host"),
        ({"username": "mailer"}, "smtp.password"),
        ({"password": Secret("x")}, "smtp.username"),
        ({"timeout_seconds": 0.0}, "smtp.timeout_seconds"),
        ({"sender": "Entr'Actes"}, "smtp.sender"),
        ({"sender": ""}, "smtp.sender"),
        ({"sender": "no-reply@exämple.fr"}, "smtp.sender"),
        ({"sender": "x <no-reply@example.fr>\r\nBcc: y@example.fr"}, "smtp.sender"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once_by_name(settings: dict[str, Any], named: str) -> None:
    working: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": 25,
        "sender": _FROM,
        "security": "plaintext-loopback-only",
    }
    SmtpMessenger(**working)
    with pytest.raises(ConfigurationError) as refused:
        SmtpMessenger(**(working | settings))
    assert named in str(refused.value)


def test_its_repr_hides_the_password() -> None:
    carrier = SmtpMessenger(
        host="mail.example.fr",
        port=587,
        sender=_FROM,
        security="starttls",
        username="mailer",
        password=Secret("right horse"),
    )
    assert "right horse" not in repr(carrier)


def test_one_messenger_serves_many_threads(start_server: StartServer) -> None:
    server = start_server()
    carrier = messenger(server)
    together = threading.Barrier(6)

    def send(number: int) -> None:
        together.wait()
        carrier.send(Outgoing(id=str(number), channel=Channel.EMAIL, locale=Locale.FR, to=_MAIL.to, text="x"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.handler.envelopes) == 6
