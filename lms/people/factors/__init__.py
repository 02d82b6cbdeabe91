"""What somebody shows besides the passphrase: codes of an app, the screen lock of a phone (passkeys), recovery codes.

Whoever can see another person's data needs a second factor (`rules.needs_second`); a lost one is re-proofed in person by two
accounts. An identity of an OpenID provider stands in for the passphrase, never for the second factor.
"""
