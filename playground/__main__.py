"""`python -m playground`: the command line. What it says of bad input is one sentence, with exit code 2."""

import sys
from typing import NoReturn

from .commands import app
from .core.errors import InputError


def main() -> None:
    """Runs the command that was typed."""
    try:
        app()
    except InputError as error:
        _stop(str(error))
    except OSError as error:  # a full disk, a folder that may not be written, a path that leads nowhere
        _stop(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))


def _stop(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
