"""The flows, one feature a module. Calling one gives a value; `Auth.run` or `AsyncAuth.run` runs it.

registration  begin, save the steps, attach a document, submit, resume, amend, withdraw
confirmation  open the link, send again, prove e-mail and phone together
review        queue, claim, approve, reject, ask for more
login         identifier and password, then a code by SMS or e-mail
recovery      a forgotten password, over two channels
account       what a member sees of the own account
limits        what an operator may see of the budgets, and give back
expiry        ends what was abandoned
outbox        delivers the queued messages (the relay)
"""
