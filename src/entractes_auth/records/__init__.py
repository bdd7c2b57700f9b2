"""Records: what the store keeps. Frozen values with a version; rules about them are pure.

kinds         the closed lists: states, steps, channels, purposes, languages
registration  one application, from draft to its end
changes       what can happen to a registration
transitions   the table of what may follow what, and how a registration moves
effects       what each change does to its fields
account       one member and the credential that opens the account
challenge     one proof in progress; spent, never read
message       one line of the outbox
event         one line of the audit trail
"""
