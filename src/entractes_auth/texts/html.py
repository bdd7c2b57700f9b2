"""The HTML part of an e-mail. Styles are inline, and nothing is fetched: no image, no font, no tracking."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

from entractes_auth.texts.blocks import Block, EmailText, Highlight, Language, LinkButton, Paragraph, Quote

__all__ = ["html_part"]

# All that stands between the marks below is escaped where it is put in.
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:24px 16px;font-family:Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:560px;margin:0 auto">
{content}
<p style="margin:32px 0 0;padding:12px 0 0;border-top:1px solid #8a94a6;font-size:14px">{footer}</p>
</div>
</body>
</html>
"""
_PARAGRAPH: Final = '<p style="margin:0 0 16px">{text}</p>'
_HIGHLIGHT: Final = (
    '<p style="margin:0 0 16px">{label}<br>\n'
    '<strong style="font-size:24px;letter-spacing:2px;word-break:break-all">{value}</strong></p>'
)
_LINK: Final = (
    '<p style="margin:0 0 16px"><a href="{link}" style="display:inline-block;padding:12px 24px;'
    'border-radius:4px;background:#0b4f8a;color:#ffffff;text-decoration:none">{label}</a></p>\n'
    '<p style="margin:0 0 16px;font-size:14px">{hint}<br>\n'
    '<span style="word-break:break-all">{link}</span></p>'
)
_QUOTE: Final = (
    '<blockquote style="margin:0 0 16px;padding:0 0 0 12px;border-left:4px solid #0b4f8a">{text}</blockquote>'
)


def html_part(email: EmailText, language: Language, lang: str, values: Mapping[str, str]) -> str:
    """A whole HTML document. Every value is escaped, also in attributes: applicants type their own names.

    Raises:
        KeyError: a template names a value that is missing.
    """
    return _PAGE.format(
        lang=lang,
        title=_filled(email.subject, language, values),
        content="\n".join(_block(block, language, values) for block in email.blocks),
        footer=_filled(language.footer, language, values),
    )


def _block(block: Block, language: Language, values: Mapping[str, str]) -> str:
    match block:
        case Paragraph(text):
            return _PARAGRAPH.format(text=_filled(text, language, values))
        case Highlight(label, value):
            return _HIGHLIGHT.format(label=_filled(label, language, values), value=escape(values[value]))
        case LinkButton(label):
            return _LINK.format(
                label=_filled(label, language, values),
                hint=_filled(language.copy_link, language, values),
                link=escape(values["link"]),
            )
        case Quote(value):
            return _QUOTE.format(text=escape(values[value]).replace("\n", "<br>\n"))


def _filled(template: str, language: Language, values: Mapping[str, str]) -> str:
    # Filled first and escaped as a whole: no value is left out, however the template is changed.
    return escape(language.fill(template, values))
