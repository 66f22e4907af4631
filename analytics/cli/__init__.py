"""The command line: `commands` says what can be asked, `console` shows what comes back."""

from analytics.cli.commands import app, main

__all__ = ["app", "main"]
