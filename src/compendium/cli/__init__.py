"""The command: one verb for each question, one message for each failure.

A verb imports what it uses and no other verb pays for it. Every refusal is one message that says
where and why, with an exit status other than 0; no traceback reaches a reader.
"""
