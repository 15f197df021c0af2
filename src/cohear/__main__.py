"""The command, as ``cohear`` and as ``python -m cohear``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C is answered from the first moment on, imports included."""
    try:
        from cohear.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
