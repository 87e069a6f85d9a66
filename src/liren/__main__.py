"""`python -m liren COMMAND`: the one way to run Liren from a shell."""

import os
import sys


def main() -> None:
    """Run a management command under Liren's own settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["liren", *sys.argv[1:]])


if __name__ == "__main__":
    main()
