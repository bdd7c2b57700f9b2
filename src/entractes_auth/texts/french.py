"""The messages in French. SMS use the GSM alphabet only: é, è, à and ù, but neither ê nor ç, nor no-break spaces."""

from __future__ import annotations

from typing import Final

from entractes_auth.records.message import Template
from entractes_auth.texts.blocks import EmailText, Highlight, Language, LinkButton, Paragraph, Quote
from entractes_auth.typography import french

__all__ = ["FRENCH"]

_HELLO: Final = Paragraph("Bonjour,")
_HELLO_NAME: Final = Paragraph("Bonjour {first_name} {last_name},")

_SMS: Final = {
    Template.CONFIRM_CODE: "{site} : jeton de validation {code}. Ne le donnez à personne.",
    Template.LOGIN_CODE: "{site} : code de connexion {code}. Ne le donnez à personne.",
    Template.RECOVERY_CODE: "{site} : code de récupération {code}. Ne le donnez à personne.",
    Template.IDENTIFIER_ISSUED: (
        "{site} : votre identifiant est {identifier}. Votre mot de passe vous parvient dans un autre message."
    ),
    Template.PASSWORD_ISSUED: (
        "{site} : votre mot de passe est {password}. "
        "Ne le donnez à personne : nous ne vous le demanderons jamais."
    ),
}

_EMAILS: Final = {
    Template.CONFIRM_LINK: EmailText(
        "{site} : validez votre inscription",
        (
            _HELLO_NAME,
            Paragraph(
                "Pour activer votre compte {site}, munissez-vous du jeton de validation reçu par SMS "
                "au {masked_mobile}, puis ouvrez le lien suivant."
            ),
            LinkButton("Valider mon inscription"),
            Paragraph(
                "Après vérification de votre identité par notre équipe, vous recevrez "
                "votre identifiant et votre mot de passe."
            ),
            Paragraph(
                "Vous n'avez pas demandé d'inscription ? Ignorez ce message : "
                "sans le jeton, rien ne sera activé."
            ),
        ),
    ),
    Template.INFORMATION_WANTED: EmailText(
        "{site} : il nous manque une information",
        (
            _HELLO_NAME,
            Paragraph("Nous avons étudié votre inscription, et il nous manque une information :"),
            Quote("question"),
            Paragraph("Ouvrez le lien suivant pour compléter votre inscription, puis envoyez-la de nouveau."),
            LinkButton("Compléter mon inscription"),
        ),
    ),
    Template.REJECTED: EmailText(
        "{site} : votre inscription n'est pas acceptée",
        (
            _HELLO_NAME,
            Paragraph(
                "Nous avons étudié votre inscription et nous ne pouvons pas l'accepter. En voici la raison :"
            ),
            Quote("reason"),
            Paragraph("Si vous pensez qu'il s'agit d'une erreur, écrivez-nous à {support_email}."),
        ),
    ),
    Template.IDENTIFIER_ISSUED: EmailText(
        "{site} : votre inscription est validée",
        (
            _HELLO_NAME,
            Paragraph("Notre équipe a vérifié votre identité : votre inscription est validée."),
            Highlight("Votre identifiant", "identifier"),
            Paragraph("Votre mot de passe vous parvient dans un autre message."),
            Paragraph("Pour votre première connexion, rendez-vous sur {origin}, puis « Se connecter »."),
        ),
    ),
    Template.PASSWORD_ISSUED: EmailText(
        "{site} : votre mot de passe",
        (
            _HELLO,
            Paragraph("Voici le mot de passe de votre compte {site}."),
            Highlight("Votre mot de passe", "password"),
            Paragraph(
                "Ne le donnez à personne : notre équipe ne vous le demandera jamais. "
                "Quand vous l'aurez rangé en lieu sûr, effacez ce message."
            ),
        ),
    ),
    Template.LOGIN_CODE: EmailText(
        "{site} : votre code de connexion",
        (
            _HELLO,
            Highlight("Votre code de connexion", "code"),
            Paragraph("Ne le donnez à personne : notre équipe ne vous le demandera jamais."),
            Paragraph(
                "Vous n'essayez pas de vous connecter ? Quelqu'un connaît votre mot de passe : "
                "demandez-en un nouveau par « Mot de passe oublié »."
            ),
        ),
    ),
    Template.CODES_REFUSED: EmailText(
        "{site} : codes erronés sur votre compte",
        (
            _HELLO,
            Paragraph(
                "Quelqu'un vient de donner le bon mot de passe de votre compte {site}, "
                "puis des codes erronés : le compte est resté fermé."
            ),
            Paragraph(
                "Si c'était vous, il n'y a rien à faire : recommencez. Sinon, quelqu'un connaît votre mot de "
                "passe : demandez-en un nouveau par « Mot de passe oublié » sur {origin}."
            ),
        ),
    ),
    Template.RECOVERY_LINK: EmailText(
        "{site} : récupérez votre accès",
        (
            _HELLO,
            Paragraph("Un nouveau mot de passe a été demandé pour le compte {site} lié à cette adresse."),
            Paragraph(
                "Ouvrez le lien suivant avec votre téléphone à portée de main : "
                "un code vous sera envoyé par SMS au {masked_mobile}."
            ),
            LinkButton("Récupérer mon accès"),
            Paragraph("Vous n'avez rien demandé ? Ignorez ce message : votre mot de passe reste le même."),
        ),
    ),
    Template.RECOVERY_NO_ACCOUNT: EmailText(
        "{site} : aucun compte à cette adresse",
        (
            _HELLO,
            Paragraph(
                "Un nouveau mot de passe {site} a été demandé avec cette adresse, "
                "mais aucun compte ne lui est lié."
            ),
            Paragraph(
                "Si vous avez un compte, recommencez avec l'adresse de votre inscription. "
                "Sinon, inscrivez-vous sur {origin}."
            ),
            Paragraph("Vous n'avez rien demandé ? Ignorez ce message."),
        ),
    ),
    Template.RECOVERY_PENDING: EmailText(
        "{site} : votre inscription n'est pas terminée",
        (
            _HELLO,
            Paragraph(
                "Un nouveau mot de passe {site} a été demandé avec cette adresse. "
                "Votre inscription n'est pas encore validée : vous n'avez donc pas encore de mot de passe."
            ),
            Paragraph(
                "Si vous ne l'avez pas encore confirmée, suivez le lien de notre message précédent. "
                "Sinon, notre équipe vérifie votre identité et vous écrira."
            ),
        ),
    ),
    Template.PASSWORD_CHANGED: EmailText(
        "{site} : votre mot de passe a été changé",
        (
            _HELLO,
            Paragraph(
                "Le mot de passe de votre compte {site} vient d'être changé ; "
                "le nouveau vous parvient dans un autre message."
            ),
            Highlight("Votre identifiant", "identifier"),
            Paragraph("Vous n'avez rien demandé ? Écrivez-nous sans attendre à {support_email}."),
        ),
    ),
}

FRENCH: Final = Language(
    sms=_SMS,
    emails=_EMAILS,
    label="{label} : {value}",
    copy_link="Si le lien ne fonctionne pas, copiez-le et collez-le dans votre navigateur :",
    footer="{site} - {support_email}",
    typeset=french,
)
