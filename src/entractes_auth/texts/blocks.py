"""What an e-mail is made of. `{name}` stands for a value; a template holds no markup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from entractes_auth.records.message import Template

__all__ = ["Block", "EmailText", "Highlight", "Language", "LinkButton", "Paragraph", "Quote"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Highlight:
    """A value that the reader has come for, after its label: `value` is its name among the values."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LinkButton:
    """The message's link, as a button with this label and again as text."""

    label: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What an operator wrote, with its line ends: `value` is its name among the values."""

    value: str


Block: TypeAlias = Paragraph | Highlight | LinkButton | Quote


@dataclass(frozen=True, slots=True)
class EmailText:
    """One e-mail. The subject names the site only: what a person typed never enters a header."""

    subject: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """All messages in one language.

    `label` joins a label and its value; `copy_link` stands above the bare link. `typeset` is the language's
    typography, which SMS do without.
    """

    sms: Mapping[Template, str]
    emails: Mapping[Template, EmailText]
    label: str
    copy_link: str
    footer: str
    typeset: Callable[[str], str]

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        """A template of an e-mail with its values, which stay as they are.

        Raises:
            KeyError: the template names a value that is missing.
        """
        return self.typeset(template).format_map(values)
