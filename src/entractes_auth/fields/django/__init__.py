"""Django 5.2 and later: `models` has the fields for models, `forms` those for forms, of equal names.

No app to install and no setting: import the module that you need.
"""
