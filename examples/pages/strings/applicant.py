"""Texts for who signs up: home and the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["APPLICANT"]

_HOME: Final = {
    "home.title": ("Accueil", "Home"),
    "home.heading": ("La coordination des soins primaires", "Coordinating primary care"),
    "home.lead": (
        "Un professionnel de santé sollicite la compétence d'un autre, pour une prise en charge coordonnée "
        "du patient. Chaque membre est vérifié par notre équipe.",
        "One health professional calls on the skills of another, so that patients get coordinated care. Our "
        "team checks every member.",
    ),
    "home.choose": ("Je m'inscris", "Sign up"),
    "home.sign_up": ("Je m'inscris", "Sign up"),
    "home.about.professional": (
        "Médecin, infirmier, pharmacien, kinésithérapeute… en cabinet ou en maison de santé.",
        "Physicians, nurses, pharmacists, physiotherapists… in a practice or a health centre.",
    ),
    "home.about.establishment": (
        "Hôpital, clinique, centre de santé, hospitalisation à domicile.",
        "Hospitals, clinics, health centres, hospital care at home.",
    ),
    "home.about.social_care": (
        "EHPAD, service à domicile, établissement ou service médicosocial.",
        "Care homes, home care, social care services.",
    ),
    "home.how": ("Comment cela se passe", "How it works"),
    "home.how.form": ("Vous remplissez le formulaire", "You fill in the form"),
    "home.how.form.text": (
        "Quatre étapes, enregistrées au fur et à mesure. Préparez votre numéro RPPS ou FINESS et une photo "
        "de votre carte CPS ou une attestation.",
        "Four steps, saved as you go. Have your RPPS or FINESS number ready, and a photo of your CPS card "
        "or a certificate.",
    ),
    "home.how.proof": ("Vous confirmez vos contacts", "You confirm your contacts"),
    "home.how.proof.text": (
        "Un lien reçu par e-mail et un code reçu par SMS.",
        "A link by e-mail and a code by SMS.",
    ),
    "home.how.review": ("Notre équipe vérifie votre identité", "Our team checks your identity"),
    "home.how.open": ("Vous recevez vos identifiants", "You receive your credentials"),
    "home.how.review.text": ("Une personne étudie chaque inscription.", "A person reads every registration."),
    "home.how.open.text": (
        "Votre identifiant et votre mot de passe arrivent dans deux messages séparés.",
        "Your identifier and your password come in two separate messages.",
    ),
    "home.already": ("Déjà inscrit(e) ?", "Already a member?"),
    "home.already.text": (
        "Connectez-vous avec votre identifiant et votre mot de passe.",
        "Sign in with your identifier and your password.",
    ),
}

_WIZARD: Final = {
    "wizard.title": ("Inscription", "Registration"),
    "wizard.steps": ("Étapes de l'inscription", "Steps of the registration"),
    "wizard.step_of": ("Inscription, étape {number} sur {total}", "Registration, step {number} of {total}"),
    "wizard.question": ("Notre équipe vous demande", "Our team asks you"),
    "wizard.next": ("Suivant", "Next"),
    "wizard.previous": ("Précédent", "Previous"),
    "wizard.submit": ("S'inscrire", "Sign up"),
    "wizard.answer": ("Envoyer ma réponse", "Send my answer"),
    "wizard.later": ("Reprendre plus tard", "Continue later"),
    "wizard.later.text": (
        "Chaque étape est enregistrée quand vous passez à la suivante. Pour reprendre sur cet appareil ou "
        "sur un autre, gardez cette adresse secrète : elle ouvre votre inscription.",
        "Each step is saved when you go on to the next. To continue on this device or another, keep this "
        "address secret: it opens your registration.",
    ),
    "wizard.withdraw": ("Abandonner mon inscription", "Give up my registration"),
    "wizard.not_saved": (
        "L'étape que vous avez quittée est incomplète : elle n'a pas été enregistrée.",
        "The step that you left is incomplete: it was not saved.",
    ),
    "wizard.amended": ("Vous pouvez corriger vos coordonnées.", "You can correct your contacts."),
    "step.identity": ("Identité et adresse d'exercice", "Identity and practice address"),
    "step.practice": ("Profession et type d'exercice", "Profession and practice"),
    "step.care": ("Type de prise en charge", "Type of care"),
    "step.contacts": ("Contacts", "Contacts"),
    "step.document": ("Document justificatif", "Supporting document"),
    "step.short.identity": ("Identité", "Identity"),
    "step.short.practice": ("Exercice", "Practice"),
    "step.short.care": ("Prise en charge", "Care"),
    "step.short.contacts": ("Contacts", "Contacts"),
    "identity.intro": (
        "Indiquez l'adresse de votre installation professionnelle.",
        "Give the address where you practise.",
    ),
    "identity.last_name": ("Nom", "Last name"),
    "identity.first_name": ("Prénom", "First name"),
    "identity.same": ("Nom et prénom identiques au RPPS.", "Last and first name as in the RPPS."),
    "identity.organisation.professional": ("Nom du cabinet", "Name of the practice"),
    "identity.organisation.establishment": ("Nom de l'établissement", "Name of the establishment"),
    "identity.organisation.social_care": ("Nom de la structure", "Name of the organisation"),
    "identity.address": ("Adresse d'exercice", "Practice address"),
    "identity.street": ("Adresse", "Address"),
    "identity.street.hint": ("Numéro et rue.", "Number and street."),
    "identity.postcode": ("Code postal", "Postcode"),
    "identity.city": ("Ville", "Town"),
    "practice.profession": ("Profession", "Profession"),
    "practice.profession.blank": ("Choisissez dans la liste", "Choose from the list"),
    "practice.networks": ("Réseaux d'appartenance", "Networks"),
    "practice.networks.hint": ("Un au moins.", "One at least."),
    "practice.numbers": ("Vos numéros", "Your numbers"),
    "practice.numbers.hint": ("Indiquez l'un ou l'autre, ou les deux.", "Give one, the other, or both."),
    "practice.professional_number": ("N° RPPS (ADELI)", "RPPS (ADELI) number"),
    "practice.professional_number.hint": (
        "De 9 à 12 caractères, comme sur la carte CPS.",
        "9 to 12 characters, as on the CPS card.",
    ),
    "practice.structure_number": ("N° FINESS/SIRET", "FINESS/SIRET number"),
    "practice.structure_number.hint": (
        "FINESS : 9 caractères. SIREN : 9 chiffres. SIRET : 14 chiffres.",
        "FINESS: 9 characters. SIREN: 9 digits. SIRET: 14 digits.",
    ),
    "practice.document": ("Document justificatif", "Supporting document"),
    "practice.document.hint": (
        "Photo de votre carte CPS, attestation de l'ARS… PDF, JPEG, PNG ou HEIC, {megabytes} Mo au plus.",
        "A photo of your CPS card, a certificate of the ARS… PDF, JPEG, PNG or HEIC, {megabytes} MB at most.",
    ),
    "practice.documents": ("Documents joints", "Attached documents"),
    "practice.document.attach": ("Joindre ce fichier", "Attach this file"),
    "practice.document.remove": ("Retirer", "Remove"),
    "practice.document.label": ("Document {number} ({kind}, {size})", "Document {number} ({kind}, {size})"),
    "care.legend": (
        "Pour quel type de prise en charge souhaitez-vous être sollicité(e) ?",
        "For which type of care would you like to be called on?",
    ),
    "care.hint": ("Un choix au moins.", "One choice at least."),
    "care.visit": ("Visite", "Visit"),
    "care.visit.hint": ("Au domicile du patient.", "At the patient's home."),
    "care.consultation": ("Consultation", "Consultation"),
    "care.consultation.hint": ("À votre lieu d'exercice.", "Where you practise."),
    "contacts.intro": (
        "Le téléphone portable et l'e-mail servent à vous identifier : vous les confirmerez juste après.",
        "The mobile phone and the e-mail identify you: you will confirm them right after.",
    ),
    "contacts.mobile": ("Téléphone portable", "Mobile phone"),
    "contacts.mobile.hint": ("Il reçoit vos codes par SMS.", "It receives your codes by SMS."),
    "contacts.email": ("E-mail", "E-mail"),
    "contacts.email.hint": ("Exemple : prenom.nom@example.fr", "Example: first.last@example.fr"),
    "contacts.contact_phone": ("Téléphone de contact", "Contact phone"),
    "contacts.contact_phone.hint": (
        "Visible par les professionnels de santé.",
        "Health professionals can see it.",
    ),
    "contacts.newsletter": (
        "J'accepte de recevoir 1 à 2 fois par mois les actualités (nouvelles fonctionnalités, conseils et "
        "retours d'expérience).",
        "I agree to receive news once or twice a month (new features, advice and experience).",
    ),
    "recap.title": ("Vérifiez avant de vous inscrire", "Check before you sign up"),
    "recap.change": ("Modifier", "Change"),
    "recap.purpose": (
        "Ces données servent à vérifier votre identité et à vous contacter.",
        "These data serve to check your identity and to contact you.",
    ),
    "recap.documents": ("Documents joints", "Attached documents"),
    "recap.nothing": ("Non renseigné", "Not given"),
}

APPLICANT: Final[Mapping[str, tuple[str, str]]] = {**_HOME, **_WIZARD}
