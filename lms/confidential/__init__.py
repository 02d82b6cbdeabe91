"""Track 5: neutral public pages. No person anywhere; no table, no account, no identifying log line."""
