"""Django's migrations of the store's tables. They add first, and drop in a later release only."""
