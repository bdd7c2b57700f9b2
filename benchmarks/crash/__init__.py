"""`kill -9` at every port call of every flow, and what a new process finds.

    python -m benchmarks.crash                   each point, on SQLite and on PostgreSQL, under `Auth` and `AsyncAuth`
    python -m benchmarks.crash --colour async    under `AsyncAuth` only
    python -m benchmarks.crash --short           a sample of them, spread over all flows

trials    every public flow, at a moment of a life where it has something to do
stages    how these moments are reached
homes     where a database lies, and copies of it
rig       one process on such a home, in either colour: ports, clock, randomness, carrier
rows      all that a database holds
children  a function in a process of its own
victim    what these processes do: come to a stage, note every call, be killed, look
points    the points at which a flow can be killed
laws      what must be true of the rows, after the kill and after the step was done again
campaign  all points of a trial, judged
"""
