"""Texts for members: sign-in, second factor, forgotten password, the signed-in home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["MEMBER"]

MEMBER: Final[Mapping[str, tuple[str, str]]] = {
    "login.title": ("Connexion", "Sign in"),
    "login.intro": (
        "Avec l'identifiant et le mot de passe que vous avez reçus.",
        "With the identifier and the password that you received.",
    ),
    "login.identifier": ("Identifiant", "Identifier"),
    "login.identifier.hint": ("{digits} chiffres, reçus par e-mail.", "{digits} digits, received by e-mail."),
    "login.password": ("Mot de passe", "Password"),
    "login.password.hint": ("{digits} chiffres, reçus par SMS.", "{digits} digits, received by SMS."),
    "login.next": ("Suivant", "Next"),
    "login.trouble": ("Autres possibilités", "Other ways"),
    "login.forgotten": ("Mot de passe oublié", "Forgotten password"),
    "login.no_account": ("Pas encore de compte ?", "No account yet?"),
    "login.over": (
        "La connexion a pris trop de temps. Recommencez avec votre identifiant et votre mot de passe.",
        "Signing in took too long. Start again with your identifier and your password.",
    ),
    "captcha.label": ("Je ne suis pas un robot", "I am not a robot"),
    "verify.title": ("Validation d'authentification", "Authentication check"),
    "verify.choose": ("Comment voulez-vous recevoir le code ?", "How do you want to receive the code?"),
    "verify.choose.missing": ("Choisissez e-mail ou SMS.", "Choose e-mail or SMS."),
    "verify.by.email": ("Par e-mail", "By e-mail"),
    "verify.by.sms": ("Par SMS", "By SMS"),
    "verify.send": ("Recevoir le code", "Receive the code"),
    "verify.sent": ("Un code à {digits} chiffres est parti vers", "A {digits}-digit code is on its way to"),
    "verify.code": ("Code de vérification", "Verification code"),
    "verify.confirm": ("Je valide & me connecte", "Confirm & sign in"),
    "verify.nothing": (
        "Demandez-en un nouveau, par le même moyen ou par l'autre. Il remplace le précédent.",
        "Ask for a new one, the same way or the other. It replaces the one before.",
    ),
    "verify.used_up": (
        "Recommencez avec votre identifiant et votre mot de passe.",
        "Start again with your identifier and your password.",
    ),
    "verify.again": ("Recommencer la connexion", "Start signing in again"),
    "recovery.title": ("Mot de passe oublié", "Forgotten password"),
    "recovery.intro": (
        "Indiquez l'e-mail de votre inscription : vous y recevrez un lien. Gardez votre téléphone sous la "
        "main, un code y sera envoyé ensuite.",
        "Give the e-mail of your registration: a link will be sent to it. Keep your phone at hand, a code "
        "will be sent to it next.",
    ),
    "recovery.email": ("E-mail", "E-mail"),
    "recovery.send": ("Recevoir le lien", "Receive the link"),
    "recovery.back": ("Retour à la connexion", "Back to sign-in"),
    "recovery_sent.title": ("Regardez vos e-mails", "Look at your e-mail"),
    "recovery_sent.text": (
        "Un message vient de partir vers l'adresse indiquée. Il dit comment continuer. S'il n'arrive pas, "
        "regardez dans les courriers indésirables.",
        "A message is on its way to the address that you gave. It says how to go on. If it does not arrive, "
        "look into your spam folder.",
    ),
    "recovery.code.title": ("Récupérez votre accès", "Recover your access"),
    "recovery.code.lead": (
        "Un code va vous être envoyé par SMS, au téléphone portable de votre compte.",
        "A code will be sent by SMS to your account's mobile phone.",
    ),
    "recovery.code.send": ("Recevoir le code par SMS", "Receive the code by SMS"),
    "recovery.code.confirm": ("Recevoir un nouveau mot de passe", "Receive a new password"),
    "recovery.used_up": ("Demandez un nouveau lien.", "Ask for a new link."),
    "recovery.again": ("Demander un nouveau lien", "Ask for a new link"),
    "recovered.title": ("Votre nouveau mot de passe est parti", "Your new password is on its way"),
    "recovered.text": (
        "Il arrive par SMS. Un e-mail vous rappelle votre identifiant. L'ancien mot de passe ne fonctionne "
        "plus.",
        "It comes by SMS. An e-mail reminds you of your identifier. The old password no longer works.",
    ),
    "member.title": ("Mon espace", "My space"),
    "member.hello": ("Bonjour {name}", "Hello {name}"),
    "member.profile": ("Mon profil", "My profile"),
    "member.name": ("Nom", "Name"),
    "member.kind": ("Profil", "Registered as"),
    "member.signed_out": ("Vous êtes déconnecté(e).", "You are signed out."),
}
