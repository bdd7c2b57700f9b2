"""The demonstration site: `python -m examples.flask_app`, then http://127.0.0.1:8000/.

    from examples.flask_app import Desk, create_app

Routes, with the texts of their main buttons (French; `?langue=en` on any page gives English)

    /                                     home: three "Je m'inscris", ids begin-professional,
                                          begin-establishment, begin-social_care
    /inscription/                         POST kind: begins, goes to the first step
    /inscription/<token>                  the page of the present state: the wizard, "Prochaine étape",
                                          "En cours de vérification", or the outcome
    /inscription/<token>/identite         "Suivant"; last_name first_name organisation street postcode city
    /inscription/<token>/exercice         "Précédent" "Suivant"; profession networks professional_number
                                          structure_number document, "Joindre ce fichier", "Retirer"
    /inscription/<token>/prise-en-charge  visit consultation
    /inscription/<token>/contacts         "S'inscrire" ("Envoyer ma réponse" when the operator asked);
                                          mobile email contact_phone newsletter
    /inscription/<token>/correction       POST "Corriger mes coordonnées"
    /inscription/<token>/nouveau-lien     POST "Recevoir un nouveau lien"
    /inscription/<token>/desistement      "Oui, me désister"
    /confirmation/<token>                 code, "Valider mon inscription"
    /confirmation/<token>/nouveau-code    POST "Recevoir un nouveau code"
    /en-cours-de-verification             after the code
    /connexion                            identifier password captcha, "Suivant"
    /connexion/validation                 code, "Je valide & me connecte"
    /connexion/validation/envoi           POST channel, "Recevoir le code"
    /espace, /deconnexion                 the signed-in home, "Se déconnecter"
    /mot-de-passe-oublie                  email captcha, "Recevoir le lien"; /envoye and /termine follow
    /recuperation/<token>                 "Recevoir le code par SMS"; code, "Recevoir un nouveau mot de passe"
    /equipe/connexion                     username password, "Se connecter"
    /equipe                               queue; state kind number mine, "Filtrer", "Page suivante"
    /equipe/inscriptions/<id>             "Prendre en charge", "Approuver", "Demander un complément" (steps
                                          question), "Refuser" (reason), note
    /equipe/messages                      messages that could not be delivered
    /demo/boite                           demonstration only: "Téléphone et boîte aux lettres"

Every control has the id of its name; of a group of boxes or radio buttons, the first has it, the
others are `name-value`. A page with something to mend answers 422, its title begins with "Erreur :"
(with a no-break space before the colon), and its summary is `#error-summary`.

One module per feature: `home`, `wizard`, `confirmation`, `sign_in`, `recovery`, `backoffice`, `demo`.
`host`, `sessions`, `security`, `failures`, `logs`, `forms`, `rendering` and `codes` are what they share.
"""

from __future__ import annotations

from examples.flask_app.app import create_app
from examples.flask_app.host import Desk

__all__ = ["Desk", "create_app"]
