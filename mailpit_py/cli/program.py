"""The programs: `mailpit-py`, and `sendmail` by whatever name that holds `send`, as Mailpit has it."""

from __future__ import annotations

import sys
from pathlib import PurePath

import click


def run() -> None:
    """Run the program by its name; ends the process."""
    if is_sendmail():
        sys.exit(sendmail(sys.argv[1:]))
    from mailpit_py.cli import main

    main()


def is_sendmail() -> bool:
    """True under a name by which the program is sendmail."""
    return "send" in PurePath(sys.argv[0]).name.lower()


def sendmail(arguments: list[str]) -> int:
    """Run `sendmail`; return the exit code, which is one of sysexits.h for a wrong call, too."""
    from mailpit_py.cli.sendmail import command

    if arguments[:1] == ["sendmail"]:  # from a setting that was made for `mailpit sendmail`
        arguments = arguments[1:]
    try:
        return int(command.main(arguments, prog_name="sendmail", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
