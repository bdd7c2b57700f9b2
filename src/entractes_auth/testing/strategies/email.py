"""E-mail addresses: those that mail reaches, as typed and as kept, and those that forge, deceive or lead nowhere."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from entractes_auth.testing.strategies._built import built
from entractes_auth.testing.strategies.typed import Typed

__all__ = ["emails", "refused_emails", "typed_emails"]

# As typed, and as mail servers know them (RFC 5890), written out: nothing is asked of the library.
_DOMAINS: Final = (
    ("example.fr", "example.fr"),
    ("example.org", "example.org"),
    ("Example.FR", "example.fr"),
    ("mail.chu-nantes.example.fr", "mail.chu-nantes.example.fr"),
    ("hôpital.example.fr", "xn--hpital-ixa.example.fr"),
    ("xn--hpital-ixa.example.fr", "xn--hpital-ixa.example.fr"),
    ("santé.example.fr", "xn--sant-epa.example.fr"),
    (f"{'a' * 63}.example.fr", f"{'a' * 63}.example.fr"),
)
_NAMES: Final = (
    "marie",
    "marie.dupont",
    "o'neill",
    "m",
    "Jean-Noel.LE_GOFF",
    "42",
    "a" * 64,
    "MARIE",
    "m!#$%&*/=?^`{|}~",
)
_TAGS: Final = ("", "+rdv", "+a+b", "+", "-x", ".2")
_ATOM: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
_LOCAL_LONGEST: Final = 64


def emails() -> SearchStrategy[str]:
    """Addresses as they are kept: ASCII, the domain in lower case and punycode. Shrinks to "marie@example.fr"."""
    return typed_emails().map(lambda typed: typed.value)


def typed_emails() -> SearchStrategy[Typed[str]]:
    """Addresses as people type them: capitals, tags, accents in the domain, spaces around."""
    atoms = st.text(_ATOM, min_size=1, max_size=12)
    names = st.one_of(st.sampled_from(_NAMES), atoms, st.builds("{}.{}".format, atoms, atoms))
    return built(
        _typed, names, st.sampled_from(_TAGS), st.sampled_from(_DOMAINS), st.sampled_from(("", " ", "\u00a0"))
    )


def _typed(name: str, tag: str, domain: tuple[str, str], around: str) -> Typed[str]:
    local = f"{name}{tag}" if len(f"{name}{tag}") <= _LOCAL_LONGEST else name
    return Typed(f"{around}{local}@{domain[0]}{around}", f"{local}@{domain[1]}")


# What a line end in an address does to the mail's head, or to the protocol that carries it.
_INJECTED: Final = (
    "\r\nBcc: x@example.org",
    "\nBcc: x@example.org",
    "\r\n.\r\nMAIL FROM:<x@example.org>",
    "\0",
    "\t",
    " ",
    "\u200b",
    "\u202e",
    "\u2028",
    "\x7f",
    "\u00ad",
)
_LOOKS_LIKE: Final = {"a": "а", "e": "е", "o": "о", "i": "ı", "k": "\u212a", "m": "ｍ", "r": "ŕ"}
_SHAPES: Final = (
    "",
    " ",
    "@",
    "{name}",
    "@{domain}",
    "{name}@",
    "{name}@{name}@{domain}",
    ".{name}@{domain}",
    "{name}.@{domain}",
    "{name}..{name}@{domain}",
    '"{name}"@{domain}',
    '"{name} {name}"@{domain}',
    "<{name}@{domain}>",
    "Marie <{name}@{domain}>",
    "{name}(note)@{domain}",
    "{name}@{domain}, x@{domain}",
    "{name};x@{domain}",
    "mailto:{name}@{domain}",
    "{name}@[127.0.0.1]",
    "{name}@127.0.0.1",
    "{name}@[IPv6:::1]",
    "{name}@localhost",
    "{name}@example",
    "{name}@example.test",
    "{name}@printer.local",
    "{name}@x.invalid",
    "{name}@.{domain}",
    "{name}@-{domain}",
    "{name}@exa_mple.fr",
    "{name}@exa..mple.fr",
    "{name}@{domain}/x",
    "{name}@" + "a" * 64 + ".fr",
    "{name}" + "e" * 64 + "@{domain}",
    "{name}@" + "abcdefghi." * 26 + "fr",
)


def refused_emails() -> SearchStrategy[str]:
    """Texts that are no address, or none that mail reaches, or one that looks like somebody else's."""
    names = st.sampled_from(("marie", "jean.martin"))
    shaped = built(_shaped, names, st.sampled_from(_SHAPES))
    injected = built(_injected, names, st.sampled_from(_INJECTED), st.integers(1, 15))
    return st.one_of(shaped, injected, built(_homograph, names, st.integers(0, 10)))


def _shaped(name: str, shape: str) -> str:
    return shape.format(name=name, domain="example.fr")


def _injected(name: str, symbol: str, place: int) -> str:
    """Never at an end: spaces around an address are dropped, and rightly."""
    address = f"{name}@example.fr"
    at = min(place, len(address) - 1)
    return f"{address[:at]}{symbol}{address[at:]}"


def _homograph(name: str, place: int) -> str:
    """One letter of the name in another script, or one that folds into it."""
    alike = [at for at, letter in enumerate(name) if letter in _LOOKS_LIKE]
    at = alike[place % len(alike)]
    return f"{name[:at]}{_LOOKS_LIKE[name[at]]}{name[at + 1 :]}@example.fr"
