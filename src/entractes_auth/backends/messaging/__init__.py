"""Carriers of messages: `mailbox` keeps them in memory, `smtp` hands e-mails to a mail server."""
