"""The messages in English. SMS use the GSM alphabet only."""

from __future__ import annotations

from typing import Final

from entractes_auth.records.message import Template
from entractes_auth.texts.blocks import EmailText, Highlight, Language, LinkButton, Paragraph, Quote

__all__ = ["ENGLISH"]

_HELLO: Final = Paragraph("Hello,")
_HELLO_NAME: Final = Paragraph("Hello {first_name} {last_name},")

_SMS: Final = {
    Template.CONFIRM_CODE: "{site}: your validation code is {code}. Give it to nobody.",
    Template.LOGIN_CODE: "{site}: your sign-in code is {code}. Give it to nobody.",
    Template.RECOVERY_CODE: "{site}: your recovery code is {code}. Give it to nobody.",
    Template.IDENTIFIER_ISSUED: (
        "{site}: your identifier is {identifier}. Your password comes in another message."
    ),
    Template.PASSWORD_ISSUED: (
        "{site}: your password is {password}. Give it to nobody: we will never ask for it."
    ),
}

_EMAILS: Final = {
    Template.CONFIRM_LINK: EmailText(
        "{site}: confirm your registration",
        (
            _HELLO_NAME,
            Paragraph(
                "To activate your {site} account, have at hand the validation code sent by SMS "
                "to {masked_mobile}, then open the following link."
            ),
            LinkButton("Confirm my registration"),
            Paragraph(
                "Our team will then check your identity and send you your identifier and your password."
            ),
            Paragraph(
                "You did not ask for an account? Ignore this message: without the code, nothing is activated."
            ),
        ),
    ),
    Template.INFORMATION_WANTED: EmailText(
        "{site}: we need one more thing",
        (
            _HELLO_NAME,
            Paragraph("We have looked at your registration, and something is missing:"),
            Quote("question"),
            Paragraph("Open the following link to complete your registration, then send it again."),
            LinkButton("Complete my registration"),
        ),
    ),
    Template.REJECTED: EmailText(
        "{site}: your registration is not accepted",
        (
            _HELLO_NAME,
            Paragraph("We have looked at your registration and cannot accept it. This is the reason:"),
            Quote("reason"),
            Paragraph("If you think that this is a mistake, write to us at {support_email}."),
        ),
    ),
    Template.IDENTIFIER_ISSUED: EmailText(
        "{site}: your registration is approved",
        (
            _HELLO_NAME,
            Paragraph("Our team has checked your identity: your registration is approved."),
            Highlight("Your identifier", "identifier"),
            Paragraph("Your password comes in another message."),
            Paragraph("To sign in for the first time, go to {origin} and choose “Sign in”."),
        ),
    ),
    Template.PASSWORD_ISSUED: EmailText(
        "{site}: your password",
        (
            _HELLO,
            Paragraph("This is the password of your {site} account."),
            Highlight("Your password", "password"),
            Paragraph(
                "Give it to nobody: our team will never ask for it. "
                "Once you have put it in a safe place, delete this message."
            ),
        ),
    ),
    Template.LOGIN_CODE: EmailText(
        "{site}: your sign-in code",
        (
            _HELLO,
            Highlight("Your sign-in code", "code"),
            Paragraph("Give it to nobody: our team will never ask for it."),
            Paragraph(
                "You are not trying to sign in? Somebody knows your password: "
                "ask for a new one through “Forgotten password”."
            ),
        ),
    ),
    Template.CODES_REFUSED: EmailText(
        "{site}: wrong codes on your account",
        (
            _HELLO,
            Paragraph(
                "Somebody has just given the right password of your {site} account, "
                "then wrong codes: the account stayed closed."
            ),
            Paragraph(
                "If it was you, there is nothing to do: sign in again. If not, somebody knows your "
                "password: ask for a new one through “Forgotten password” at {origin}."
            ),
        ),
    ),
    Template.RECOVERY_LINK: EmailText(
        "{site}: recover your access",
        (
            _HELLO,
            Paragraph("A new password was asked for, for the {site} account that has this address."),
            Paragraph(
                "Open the following link with your phone at hand: "
                "a code will be sent by SMS to {masked_mobile}."
            ),
            LinkButton("Recover my access"),
            Paragraph("You did not ask for anything? Ignore this message: your password stays the same."),
        ),
    ),
    Template.RECOVERY_NO_ACCOUNT: EmailText(
        "{site}: no account has this address",
        (
            _HELLO,
            Paragraph("A new {site} password was asked for with this address, but no account has it."),
            Paragraph(
                "If you have an account, try again with the address of your registration. "
                "If not, you can register at {origin}."
            ),
            Paragraph("You did not ask for anything? Ignore this message."),
        ),
    ),
    Template.RECOVERY_PENDING: EmailText(
        "{site}: your registration is not finished",
        (
            _HELLO,
            Paragraph(
                "A new {site} password was asked for with this address. "
                "Your registration is not approved yet, so there is no password yet."
            ),
            Paragraph(
                "If you have not confirmed your registration, follow the link in our earlier message. "
                "If you have, our team is checking your identity and will write to you."
            ),
        ),
    ),
    Template.PASSWORD_CHANGED: EmailText(
        "{site}: your password was changed",
        (
            _HELLO,
            Paragraph(
                "The password of your {site} account was just changed; the new one comes in another message."
            ),
            Highlight("Your identifier", "identifier"),
            Paragraph("You did not ask for this? Write to us at once at {support_email}."),
        ),
    ),
}

ENGLISH: Final = Language(
    sms=_SMS,
    emails=_EMAILS,
    label="{label}: {value}",
    copy_link="If the link does not work, copy it and paste it into your browser:",
    footer="{site} - {support_email}",
    typeset=str,  # as it is written
)
