"""Attacks on a real server: many workers, one database, and requests that arrive at the same instant.

    python -m benchmarks.attack                 both servers, both databases, 100 rounds of each attack
    python -m benchmarks.attack --rounds 3      the short form

site        the application under attack, for gunicorn and for uvicorn
servers     starting and ending them
volley      requests that wait behind one barrier and then leave together
witness     what the server's processes compared, written down where they compare
target      the member under attack, from the host's own side
rounds      the attacks, and what must have happened in each
tally       what did happen
"""
