"""Attacks on a real server: many workers, one database, and requests that arrive at the same instant.

    python -m benchmarks.attack                 both servers, both databases, 100 rounds of each attack
    python -m benchmarks.attack --rounds 3      the short form

site        the application under attack, for gunicorn and for uvicorn
servers     starting and ending them
volley      requests that wait behind one barrier and then leave together
rounds      the attacks, and what the database must show after each
"""
