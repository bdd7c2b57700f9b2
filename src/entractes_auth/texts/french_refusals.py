"""Refusals in French: what to show for each problem of a field and for each error, and how to mend it."""

from __future__ import annotations

from typing import Final

from entractes_auth import errors
from entractes_auth.texts.wording import Wording
from entractes_auth.typography import french

__all__ = ["FRENCH_REFUSALS"]

_PAGES: Final = {
    "identity": "Identité et adresse d'exercice",
    "practice": "Profession et type d'exercice",
    "care": "Type de prise en charge",
    "contacts": "Contacts",
}

_LABELS: Final = {
    "identity.last_name": "Nom",
    "identity.first_name": "Prénom",
    "identity.organisation": "Établissement ou structure",
    "identity.street": "Adresse",
    "identity.postcode": "Code postal",
    "identity.city": "Ville",
    "practice.profession": "Profession",
    "practice.networks": "Réseaux d'appartenance",
    "practice.professional_number": "N° RPPS (ADELI)",
    "practice.structure_number": "N° FINESS/SIRET",
    "care.visit": "Visite",
    "care.consultation": "Consultation",
    "contacts.mobile": "Téléphone portable",
    "contacts.contact_phone": "Téléphone de contact",
    "contacts.email": "E-mail",
    "contacts.newsletter": "Actualités",
    "document": "Document justificatif",
    "documents": "Document justificatif",
    "identifier": "Identifiant",
    "password": "Mot de passe",
    "code": "Code de vérification",
    "email": "E-mail",
    "question": "Question",
    "reason": "Raison",
    "note": "Note",
    "text": "Texte",
    "steps": "Pages à revoir",
    "limit": "Nombre de lignes",
    **_PAGES,
}

_TYPED: Final = {
    "missing": ("Remplissez le champ « {label} ».",),
    **{f"{page}:missing": ("Remplissez la page « {label} ».",) for page in _PAGES},
    "to_redo": ("Notre équipe vous demande de revoir la page « {label} ».",),
    "not_text": ("Le champ « {label} » doit être un texte : tapez-le de nouveau.",),
    "too_long": (
        "Le champ « {label} » est trop long : {maximum} caractères au plus.",
        "Le champ « {label} » est trop long : raccourcissez-le.",
    ),
    "too_short": (
        "Le champ « {label} » est trop court : {minimum} caractères au moins.",
        "Le champ « {label} » est trop court : complétez-le.",
    ),
    "too_small": (
        "La valeur du champ « {label} » est trop petite : {minimum} au moins.",
        "La valeur du champ « {label} » est trop petite.",
    ),
    "out_of_range": (
        "La valeur du champ « {label} » doit être comprise entre {minimum} et {maximum}.",
        "La valeur du champ « {label} » est hors limites.",
    ),
    "bad_character": (
        "Le caractère n° {position} du champ « {label} » n'est pas accepté : effacez-le.",
        "Le champ « {label} » contient un caractère qui n'est pas accepté : effacez-le.",
    ),
    "no_letter": ("Le champ « {label} » ne contient aucune lettre : tapez-le en toutes lettres.",),
    "unknown_field": ("Le formulaire contient un champ inconnu : rechargez la page et recommencez.",),
    "not_an_object": ("Le formulaire n'est pas lisible : rechargez la page et recommencez.",),
    "not_a_list": ("Choisissez au moins une réponse pour « {label} ».",),
    "not_a_choice": ("Cochez ou décochez « {label} ».",),
    "digits_only": (
        "Tapez les {digits} chiffres du code, sans lettre.",
        "Le champ « {label} » ne contient que des chiffres : effacez le reste.",
    ),
    "wrong_length": (
        "Le code a {digits} chiffres : vérifiez votre saisie.",
        "Le nombre de chiffres du champ « {label} » n'est pas le bon : vérifiez votre saisie.",
    ),
    "not_a_postcode": ("Un code postal a cinq chiffres, par exemple 75011.",),
    "bad_cursor": ("Cette page de la liste n'existe plus : revenez au début de la liste.",),
}

_CONTACTS: Final = {
    "not_a_phone": (
        "Ce n'est pas un numéro de téléphone : tapez ses dix chiffres, par exemple 06 12 34 56 78.",
    ),
    "not_a_mobile": (
        "Ce n'est pas un numéro de téléphone portable : les codes sont envoyés par SMS, "
        "indiquez un numéro en 06 ou 07.",
    ),
    "country_code_needed": (
        "Ce numéro existe dans plusieurs territoires : tapez-le avec son indicatif, par exemple +687.",
    ),
    "region_not_accepted": ("Les numéros de ce pays ne sont pas acceptés : indiquez un numéro français.",),
    "premium_not_accepted": (
        "Les numéros surtaxés ou spéciaux ne sont pas acceptés : indiquez un numéro fixe ou portable.",
    ),
    "not_an_email": (
        "Ce n'est pas une adresse e-mail : vérifiez-la, elle ressemble à prenom.nom@exemple.fr.",
    ),
    "email_not_ascii": (
        "Les adresses e-mail avec des accents ne sont pas acceptées : indiquez une adresse sans accent.",
    ),
}

_ONE_CARE: Final = "Choisissez au moins un type de prise en charge : visite, consultation, ou les deux."

_PRACTICE: Final = {
    "one_number_needed": ("Indiquez un N° RPPS (ADELI), un N° FINESS/SIRET, ou les deux.",),
    "unknown_profession": ("Choisissez votre profession dans la liste.",),
    "profession_not_offered": ("Cette profession n'est pas proposée ici : choisissez-en une dans la liste.",),
    "not_offered": ("Ce choix n'est pas proposé ici : choisissez dans la liste.",),
    "unknown_network": ("Choisissez vos réseaux d'appartenance dans la liste.",),
    "none_with_another": (
        "Vous avez coché un réseau, et aussi que vous n'êtes dans aucun : décochez l'un des deux.",
    ),
    "adeli_not_accepted": (
        "Le répertoire ADELI est fermé : indiquez votre numéro RPPS, à 11 chiffres. "
        "Votre ordre ou votre ARS peut vous le communiquer.",
    ),
    "test_number_not_accepted": ("Ce numéro est réservé aux essais : indiquez votre propre numéro.",),
    "test_number": ("Ce numéro est réservé aux essais : indiquez votre propre numéro.",),
    "one_choice_needed": ("Faites au moins un choix pour « {label} ».",),
    "care.visit:one_choice_needed": (_ONE_CARE,),
    "one_care_needed": (_ONE_CARE,),
}

_DOCUMENTS: Final = {
    "document_missing": (
        "Joignez un document attestant votre habilitation, par exemple une photo de votre carte CPS "
        "ou une attestation ARS.",
    ),
    "empty": ("Ce fichier est vide : choisissez-en un autre.",),
    "too_large": (
        "Ce fichier est trop lourd : {megabytes} au plus. Une photo du document suffit.",
        "Ce fichier est trop lourd : une photo du document suffit.",
    ),
    "not_accepted": ("Ce fichier n'est pas accepté : envoyez un PDF ou une photo (JPEG, PNG ou HEIC).",),
    "ambiguous": (
        "Ce fichier en cache un autre, d'un autre type : "
        "photographiez le document ou enregistrez-le de nouveau en PDF.",
    ),
    "too_many": (
        "C'est trop : {maximum} au plus. Retirez-en un avant d'en ajouter un autre.",
        "C'est trop : retirez-en un avant d'en ajouter un autre.",
    ),
}

_MISCONFIGURED: Final = "Le service est mal réglé et ne peut pas répondre. Écrivez à l'assistance."

_ERRORS: Final[dict[type[errors.AuthError], str]] = {
    errors.AuthError: "Une erreur s'est produite. Rechargez la page et recommencez.",
    errors.InvalidInput: "Un champ n'est pas bien rempli : vérifiez votre saisie.",
    errors.DocumentRefused: "Ce fichier n'est pas accepté : envoyez un PDF ou une photo (JPEG, PNG ou HEIC).",
    errors.NumberRefused: "Ce numéro n'est pas valide : vérifiez-le sur votre carte.",
    errors.LinkRefused: (
        "Le lien est incomplet, expiré ou a déjà servi. "
        "Ouvrez-le de nouveau depuis le message le plus récent, ou demandez-en un nouveau."
    ),
    errors.CodeRefused: (
        "Ce code n'est pas valable. Vérifiez que c'est bien celui du message le plus récent, "
        "ou demandez-en un nouveau."
    ),
    errors.SignInRefused: (
        "L'identifiant ou le mot de passe n'est pas le bon. "
        "Vérifiez-les, ou choisissez « Mot de passe oublié »."
    ),
    errors.CaptchaRefused: "La vérification contre les robots n'a pas abouti : recommencez-la.",
    errors.Limited: "Il y a eu trop d'essais. Réessayez plus tard.",
    errors.NotPossibleNow: "Cette étape n'est pas possible maintenant. Rechargez la page pour continuer.",
    errors.NotFound: "Cette page n'existe pas, ou vous n'y avez pas accès. Vérifiez son adresse.",
    errors.StoreError: "Rien n'a été enregistré. Recommencez dans un instant.",
    errors.Conflict: (
        "Quelqu'un vient de modifier ces données, rien n'a été enregistré. Rechargez la page et recommencez."
    ),
    errors.Taken: "Rien n'a été enregistré. Rechargez la page et recommencez.",
    errors.AlreadyRedeemed: "Ce code ou ce lien a déjà servi. Demandez-en un nouveau.",
    errors.StoreUnavailable: (
        "Le service est momentanément indisponible, rien n'a été enregistré. Réessayez dans quelques minutes."
    ),
    errors.DeliveryFailed: "Le message n'a pas pu être envoyé. Réessayez dans quelques minutes.",
    errors.ConfigurationError: _MISCONFIGURED,
    errors.PolicyError: _MISCONFIGURED,
    errors.KeyMissing: _MISCONFIGURED,
}

FRENCH_REFUSALS: Final = Wording(
    labels=_LABELS,
    problems={**_TYPED, **_CONTACTS, **_PRACTICE, **_DOCUMENTS},
    unknown_problem="Vérifiez le champ « {label} ».",
    number="Ce numéro n'est pas valide : vérifiez-le sur votre carte.",
    errors=_ERRORS,
    limited="Il y a eu trop d'essais. Réessayez {when}.",
    now="maintenant",
    within="dans {amount} {unit}",
    units={"minute": ("minute", "minutes"), "hour": ("heure", "heures"), "day": ("jour", "jours")},
    at="le {date} à {time} ({zone})",
    date="%d/%m/%Y",
    megabytes="{amount} Mo",
    decimal_mark=",",
    typeset=french,
)
