"""Texts for who signed up: what follows the wizard, up to the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["OUTCOME"]

OUTCOME: Final[Mapping[str, tuple[str, str]]] = {
    "leave.title": ("Abandonner l'inscription ?", "Give up the registration?"),
    "leave.text": (
        "Votre inscription sera close, et vous ne pourrez plus la reprendre. Vous pourrez en commencer une "
        "autre.",
        "Your registration will be closed, and you cannot continue it. You can start another one.",
    ),
    "leave.confirm": ("Oui, me désister", "Yes, withdraw"),
    "leave.keep": ("Non, la garder", "No, keep it"),
    "next.title": ("Prochaine étape", "Next step"),
    "next.lead": (
        "Confirmez vos contacts. Vous allez recevoir :",
        "Confirm your contacts. You will receive:",
    ),
    "next.sms": ("Un code par SMS au", "A code by SMS to"),
    "next.sms.text": ("Gardez-le sous la main.", "Keep it at hand."),
    "next.email": ("Un lien par e-mail à", "A link by e-mail to"),
    "next.email.text": (
        "Ouvrez-le, puis tapez le code reçu par SMS.",
        "Open it, then type the code that you received by SMS.",
    ),
    "next.then": (
        "Ensuite, notre équipe vérifie votre identité et vous transmet vos identifiants.",
        "Then our team checks your identity and sends you your credentials.",
    ),
    "next.trouble": ("Vous n'avez rien reçu ?", "Did nothing arrive?"),
    "next.trouble.text": (
        "Regardez dans les courriers indésirables. Si un contact est faux, corrigez-le ; sinon, demandez un "
        "nouveau lien et un nouveau code.",
        "Look into your spam folder. If a contact is wrong, correct it; otherwise ask for a new link and a "
        "new code.",
    ),
    "next.restart": ("Recevoir un nouveau lien", "Receive a new link"),
    "next.restarted": (
        "Un nouveau lien et un nouveau code sont partis.",
        "A new link and a new code are on their way.",
    ),
    "next.amend": ("Corriger mes coordonnées", "Correct my contacts"),
    "next.withdraw": ("Me désister", "Withdraw"),
    "next.keep": ("Gardez cette adresse", "Keep this address"),
    "next.keep.text": (
        "Elle ouvre votre inscription : vous y verrez où elle en est. Ne la donnez à personne.",
        "It opens your registration and shows how far it is. Give it to nobody.",
    ),
    "confirmation.title": ("Validez votre inscription", "Confirm your registration"),
    "confirmation.lead": (
        "Tapez le code à {digits} chiffres reçu par SMS au",
        "Type the {digits}-digit code sent by SMS to",
    ),
    "confirmation.confirm": ("Valider mon inscription", "Confirm my registration"),
    "confirmation.used_up": (
        "Pour recevoir un nouveau lien et un nouveau code, ouvrez la page « Prochaine étape » de votre "
        "inscription, à l'adresse que vous avez gardée, et choisissez « Recevoir un nouveau lien ».",
        "To receive a new link and a new code, open the “Next step” page of your registration, at the "
        "address that you kept, and choose “Receive a new link”.",
    ),
    "code.label": ("Code de validation", "Confirmation code"),
    "code.missing": ("Tapez le code que vous avez reçu.", "Type the code that you received."),
    "code.hint": (
        "{digits} chiffres. Vous pouvez coller le code entier.",
        "{digits} digits. You can paste the whole code.",
    ),
    "code.attempts.one": ("Il vous reste 1 essai.", "You have 1 try left."),
    "code.attempts.many": ("Il vous reste {number} essais.", "You have {number} tries left."),
    "code.life": ("Le code est valable encore {time}.", "The code is good for another {time}."),
    "code.over": ("Le code a expiré : demandez-en un nouveau.", "The code has expired: ask for a new one."),
    "code.nothing": ("Vous n'avez pas reçu le code ?", "Did the code not arrive?"),
    "code.nothing.text": (
        "Un SMS peut mettre une minute à arriver. Un nouveau code remplace le précédent.",
        "An SMS may take a minute. A new code replaces the one before.",
    ),
    "code.wait": ("Vous pourrez en demander un nouveau dans {time}.", "You can ask for a new one in {time}."),
    "code.no_more": (
        "Il n'est plus possible d'en envoyer un autre ici : utilisez le dernier reçu.",
        "No other can be sent here: use the last one that you received.",
    ),
    "code.resend": ("Recevoir un nouveau code", "Receive a new code"),
    "code.resent": (
        "Un nouveau code est parti. L'ancien ne fonctionne plus.",
        "A new code is on its way. The old one no longer works.",
    ),
    "code.used_up": ("Il n'y a plus d'essai", "No tries are left"),
    "review.title": ("En cours de vérification", "Being checked"),
    "review.lead": (
        "Vos contacts sont confirmés. Notre équipe vérifie votre identité.",
        "Your contacts are confirmed. Our team is checking your identity.",
    ),
    "review.now": ("Une personne étudie votre dossier.", "A person is reading your file."),
    "review.nothing_to_do": (
        "Vous n'avez rien à faire. S'il nous manque une information, nous vous écrirons.",
        "There is nothing for you to do. If anything is missing, we will write to you.",
    ),
    "status.approved": ("Votre inscription est acceptée", "Your registration is approved"),
    "status.approved.text": (
        "Votre identifiant et votre mot de passe vous ont été envoyés dans deux messages.",
        "Your identifier and your password were sent to you in two messages.",
    ),
    "status.rejected": ("Votre inscription n'est pas acceptée", "Your registration was not accepted"),
    "status.rejected.text": (
        "Si vous pensez qu'il s'agit d'une erreur, écrivez-nous.",
        "If you think that this is a mistake, write to us.",
    ),
    "status.reason": ("La raison", "The reason"),
    "status.withdrawn": ("Votre inscription est retirée", "Your registration is withdrawn"),
    "status.withdrawn.text": ("Elle est close, à votre demande.", "It is closed, as you asked."),
    "status.expired": ("Votre inscription a expiré", "Your registration has expired"),
    "status.expired.text": (
        "Elle est restée trop longtemps sans nouvelle de votre part. Vous pouvez en commencer une autre.",
        "We had no news from you for too long. You can start another one.",
    ),
    "status.home": ("Retour à l'accueil", "Back to the home page"),
}
