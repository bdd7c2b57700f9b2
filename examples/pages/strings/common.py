"""Texts that every page may need: the frame, errors, kinds, states, the demonstration's side page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["COMMON"]

COMMON: Final[Mapping[str, tuple[str, str]]] = {
    "skip": ("Aller au contenu", "Skip to content"),
    "nav.main": ("Menu principal", "Main menu"),
    "nav.language": ("Langue", "Language"),
    "nav.sign_up": ("S'inscrire", "Sign up"),
    "nav.sign_in": ("Se connecter", "Sign in"),
    "nav.sign_out": ("Se déconnecter", "Sign out"),
    "nav.member": ("Mon espace", "My space"),
    "footer.help": ("Besoin d'aide ?", "Need help?"),
    "footer.office": ("Espace de l'équipe", "Staff area"),
    "field.optional": ("(facultatif)", "(optional)"),
    "error.prefix": ("Erreur :", "Error:"),
    "error.summary": ("Il y a quelque chose à corriger", "There is something to correct"),
    "kind.professional": ("Professionnel de santé", "Health professional"),
    "kind.establishment": ("Établissement de santé", "Health establishment"),
    "kind.social_care": ("Acteur médicosocial", "Social care provider"),
    "state.draft": ("Brouillon", "Draft"),
    "state.submitted": ("Contacts à prouver", "Contacts not proven yet"),
    "state.in_review": ("À vérifier", "To check"),
    "state.needs_information": ("Complément demandé", "More was asked"),
    "state.approved": ("Acceptée", "Approved"),
    "state.rejected": ("Refusée", "Rejected"),
    "state.withdrawn": ("Retirée", "Withdrawn"),
    "state.expired": ("Expirée", "Expired"),
    "path.done": ("(terminé)", "(done)"),
    "time.minutes.one": ("1 minute", "1 minute"),
    "time.minutes.many": ("{number} minutes", "{number} minutes"),
    "time.seconds": ("{number} secondes", "{number} seconds"),
    # Pages of one message.
    "link_refused.title": ("Ce lien ne fonctionne plus", "This link no longer works"),
    "link_refused.text": (
        "Il est incomplet, il a expiré, ou il a déjà servi ; s'il a servi, il n'y a rien à refaire. Vérifiez "
        "que vous l'avez copié en entier. Vous pouvez en demander un nouveau : pour une inscription, depuis "
        "la page « Prochaine étape » de votre inscription ; pour un mot de passe, depuis « Mot de passe "
        "oublié ».",
        "It is incomplete, it has expired, or it was used before; if it was used, there is nothing to do "
        "again. Check that you copied all of it. You can ask for a new one: for a registration, from its "
        "“Next step” page; for a password, from “Forgotten password”.",
    ),
    "too_soon.title": ("Encore un instant", "One moment more"),
    "too_soon.text": ("Réessayez dans {time}.", "Try again in {time}."),
    "limited.title": ("Trop d'essais pour le moment", "Too many tries for now"),
    "limited.text": ("Revenez un peu plus tard.", "Come back a little later."),
    "unavailable.title": ("Le service est indisponible", "The service is unavailable"),
    "unavailable.text": (
        "Rien n'a été enregistré. Réessayez dans quelques instants.",
        "Nothing was saved. Try again in a moment.",
    ),
    "not_found.title": ("Page introuvable", "Page not found"),
    "not_found.text": (
        "Cette adresse ne mène à aucune page. Si vous l'avez copiée, vérifiez qu'elle est entière.",
        "No page is at this address. If you copied it, check that it is whole.",
    ),
    "bad_request.title": ("Cette demande n'a pas été comprise", "This request was not understood"),
    "bad_request.text": (
        "Rien n'a été enregistré. Revenez en arrière, rechargez la page, puis recommencez.",
        "Nothing was saved. Go back, reload the page, and try again.",
    ),
    "failure.title": ("Une erreur s'est produite", "Something went wrong"),
    "failure.text": (
        "L'erreur vient de notre côté. Réessayez dans quelques instants ; si elle revient, écrivez-nous.",
        "The fault is ours. Try again in a moment; if it comes back, write to us.",
    ),
    "csrf.title": ("La page est restée ouverte trop longtemps", "The page was open for too long"),
    "csrf.text": (
        "Pour votre sécurité, le formulaire n'a pas été pris en compte. Revenez à la page, puis recommencez. "
        "Votre navigateur doit accepter les cookies de ce site.",
        "For your safety, the form was not taken. Go back to the page, and try again. Your browser must "
        "accept this site's cookies.",
    ),
    "too_large.title": ("L'envoi est trop volumineux", "What was sent is too large"),
    "too_large.text": (
        "Rien n'a été enregistré. Raccourcissez votre texte, ou choisissez un fichier plus petit.",
        "Nothing was saved. Shorten your text, or choose a smaller file.",
    ),
    "not_now.title": ("Ce n'est pas possible maintenant", "This is not possible now"),
    "not_now.text": (
        "L'état de l'inscription a changé entre-temps. Revenez à la page pour voir où elle en est.",
        "The registration has changed meanwhile. Go back to the page to see how it stands.",
    ),
    "go.back": ("Revenir à la page", "Back to the page"),
    "go.home": ("Retour à l'accueil", "Back to the home page"),
    # The demonstration's side page.
    "demo.banner": (
        "Démonstration : rien n'est vraiment envoyé.",
        "Demonstration: nothing is really sent.",
    ),
    "demo.link": ("Téléphone et boîte aux lettres", "Phone and mailbox"),
    "demo.title": ("Téléphone et boîte aux lettres", "Phone and mailbox"),
    "demo.text": (
        "Tous les SMS et e-mails de la démonstration, du plus récent au plus ancien. Rechargez la page pour "
        "voir les nouveaux.",
        "Every SMS and e-mail of the demonstration, newest first. Reload the page to see new ones.",
    ),
    "demo.empty": ("Aucun message pour l'instant.", "No message yet."),
    "demo.sms": ("SMS au", "SMS to"),
    "demo.email": ("E-mail à", "E-mail to"),
}
