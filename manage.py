#!/usr/bin/env python
"""Runs the desk's commands, with deskapp.settings."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deskapp.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from deskapp.embedded import EmbeddedError

    try:
        execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:  # a sentence, for whoever started it
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
