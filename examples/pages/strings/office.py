"""Texts for the operators who check registrations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["OFFICE"]

_PAGES: Final = {
    "office.sign_in": ("Connexion de l'équipe", "Staff sign-in"),
    "office.sign_in.text": (
        "Réservé aux personnes qui vérifient les inscriptions.",
        "For those who check registrations.",
    ),
    "office.sign_in.refused": (
        "Le nom ou le mot de passe n'est pas le bon.",
        "The name or the password is not right.",
    ),
    "office.username": ("Nom d'utilisateur", "User name"),
    "office.queue": ("Inscriptions", "Registrations"),
    "office.filters": ("Filtrer les inscriptions", "Filter the registrations"),
    "office.filter": ("Filtrer", "Filter"),
    "office.state": ("État", "State"),
    "office.state.review": ("À vérifier", "To check"),
    "office.kind": ("Profil", "Audience"),
    "office.kind.all": ("Tous", "All"),
    "office.number": ("Numéro", "Number"),
    "office.mine": ("Les miennes", "Mine"),
    "office.applicant": ("Demandeur", "Applicant"),
    "office.since": ("Depuis", "Since"),
    "office.empty": ("Aucune inscription ne correspond.", "No registration matches."),
    "office.next_page": ("Page suivante", "Next page"),
    "office.back": ("Retour aux inscriptions", "Back to the registrations"),
    "office.unnamed": ("Sans nom", "No name yet"),
    "office.claimed_until": ("Prise par {name} jusqu'au {time}", "Taken by {name} until {time}"),
    "office.findings": ("Remarques sur les numéros", "Findings on the numbers"),
    "office.findings.none": ("Rien à signaler.", "Nothing to report."),
    "severity.info": ("À savoir", "To know"),
    "severity.warning": ("À vérifier", "To check"),
    "office.documents": ("Documents", "Documents"),
    "office.documents.none": ("Aucun document.", "No document."),
    "office.new_tab": ("(nouvel onglet)", "(new tab)"),
    "office.decision": ("Décision", "Decision"),
    "office.claim": ("Prendre en charge", "Take it"),
    "office.claim.text": (
        "Prenez l'inscription en charge pour décider : personne d'autre ne le fera en même temps.",
        "Take the registration to decide: nobody else will at the same time.",
    ),
    "office.release": ("Rendre à la file", "Put it back"),
    "office.claimed_by_other": (
        "Une autre personne s'en occupe en ce moment.",
        "Somebody else is on it right now.",
    ),
    "office.approve": ("Approuver", "Approve"),
    "office.approve.hint": (
        "Le compte est créé ; l'identifiant et le mot de passe partent aussitôt.",
        "The account is created; the identifier and the password leave at once.",
    ),
    "office.ask": ("Demander un complément", "Ask for more"),
    "office.ask.steps": ("Pages à revoir", "Pages to look at again"),
    "office.ask.question": ("Votre question", "Your question"),
    "office.ask.question.hint": (
        "Le demandeur la reçoit telle quelle.",
        "The applicant receives it as it is.",
    ),
    "office.ask.send": ("Envoyer la demande", "Send the request"),
    "office.reject": ("Refuser", "Reject"),
    "office.reject.reason": ("Raison du refus", "Reason"),
    "office.reject.hint": ("Le demandeur la reçoit telle quelle.", "The applicant receives it as it is."),
    "office.reject.send": ("Refuser l'inscription", "Reject the registration"),
    "office.notes": ("Notes de l'équipe", "Staff notes"),
    "office.notes.none": ("Aucune note.", "No note."),
    "office.note": ("Nouvelle note", "New note"),
    "office.note.hint": ("Le demandeur ne la voit pas.", "The applicant does not see it."),
    "office.note.add": ("Ajouter la note", "Add the note"),
    "office.history": ("Historique", "History"),
    "office.dead": ("Messages non remis", "Undelivered messages"),
    "office.dead.text": (
        "Ces messages n'ont pas pu partir et ne seront plus essayés.",
        "These messages could not be sent and will not be tried again.",
    ),
    "office.dead.none": ("Tous les messages sont partis.", "Every message was sent."),
    "office.dead.message": ("Message", "Message"),
    "office.dead.to": ("Destinataire", "To"),
    "office.dead.tries": ("Essais", "Tries"),
    "office.dead.reason": ("Raison", "Reason"),
    "office.approved": (
        "L'inscription est approuvée. L'identifiant et le mot de passe sont partis.",
        "The registration is approved. The identifier and the password have left.",
    ),
    "office.rejected": (
        "L'inscription est refusée. Le demandeur est prévenu.",
        "The registration is rejected. The applicant is told.",
    ),
    "office.asked": ("La demande est envoyée.", "The request is sent."),
    "office.claimed": ("Vous avez pris cette inscription en charge.", "You have taken this registration."),
    "office.released": ("L'inscription est rendue à la file.", "The registration is back in the queue."),
    "office.taken": (
        "Un compte existe déjà avec cette adresse e-mail : rien n'a été fait.",
        "An account with this e-mail address exists already: nothing was done.",
    ),
    "office.noted": ("La note est ajoutée.", "The note is added."),
    "office.changed": (
        "L'inscription a changé entre-temps : rien n'a été fait.",
        "The registration has changed meanwhile: nothing was done.",
    ),
    "fact.name": ("Nom et prénom", "Name"),
    "fact.organisation": ("Structure", "Organisation"),
    "fact.address": ("Adresse", "Address"),
    "fact.networks": ("Réseaux", "Networks"),
    "fact.care": ("Prise en charge", "Care"),
    "fact.proven": ("Contacts prouvés", "Contacts proven"),
    "fact.newsletter": ("Actualités", "News"),
    "fact.yes": ("Oui", "Yes"),
    "fact.no": ("Non", "No"),
}

_EVENTS: Final = {
    "event.registration_begun": ("Inscription commencée", "Registration begun"),
    "event.registration_submitted": ("Inscription envoyée", "Registration submitted"),
    "event.registration_amended": (
        "Inscription reprise pour correction",
        "Registration taken back to correct it",
    ),
    "event.registration_resubmitted": ("Complément envoyé", "Answer sent"),
    "event.registration_withdrawn": ("Désistement", "Withdrawn"),
    "event.registration_expired": ("Inscription expirée", "Registration expired"),
    "event.contacts_proven": ("E-mail et téléphone prouvés", "E-mail and phone proven"),
    "event.code_sent": ("Code envoyé", "Code sent"),
    "event.code_refused": ("Code refusé", "Code refused"),
    "event.claimed": ("Prise en charge", "Taken"),
    "event.released": ("Rendue à la file", "Put back"),
    "event.noted": ("Note ajoutée", "Note added"),
    "event.document_seen": ("Document consulté", "Document looked at"),
    "event.approved": ("Approuvée", "Approved"),
    "event.rejected": ("Refusée", "Rejected"),
    "event.information_requested": ("Complément demandé", "More was asked"),
    "event.other": ("Autre événement", "Another event"),
}

_MESSAGES: Final = {
    "message.confirm_link": ("Lien de validation", "Confirmation link"),
    "message.confirm_code": ("Code de validation", "Confirmation code"),
    "message.information_wanted": ("Complément demandé", "More was asked"),
    "message.rejected": ("Inscription refusée", "Registration rejected"),
    "message.identifier_issued": ("Identifiant", "Identifier"),
    "message.password_issued": ("Mot de passe", "Password"),
    "message.login_code": ("Code de connexion", "Sign-in code"),
    "message.codes_refused": ("Alerte : codes erronés", "Warning: wrong codes"),
    "message.recovery_link": ("Lien de récupération", "Recovery link"),
    "message.recovery_code": ("Code de récupération", "Recovery code"),
    "message.recovery_no_account": ("Récupération : aucun compte", "Recovery: no account"),
    "message.recovery_pending": ("Récupération : inscription en cours", "Recovery: not decided yet"),
    "message.password_changed": ("Mot de passe changé", "Password changed"),
}

OFFICE: Final[Mapping[str, tuple[str, str]]] = {**_PAGES, **_EVENTS, **_MESSAGES}
