"""The options of the program itself. A part of Config, for its length."""

from __future__ import annotations

from dataclasses import dataclass

from mailpit_py.config.option import option


@dataclass(frozen=True, kw_only=True)  # without slots, so that Config may have other bases beside it
class GeneralOptions:
    """Its name, and what it says."""

    label: str = option(
        "",
        "MP_LABEL",
        "A name for this sandbox, shown on the page and in the greeting.",
        group="General",
        metavar="TEXT",
    )
    log_file: str = option(
        "", "MP_LOG_FILE", "Append the log to this file instead of standard error.", group="General", metavar="FILE"
    )
    disable_version_check: bool = option(
        False,
        "MP_DISABLE_VERSION_CHECK",
        "Nothing to switch off: no newer version is ever looked for.",
        group="General",
    )
    quiet: bool = option(False, "MP_QUIET", "Print errors only.", group="General", short="-q")
    verbose: bool = option(False, "MP_VERBOSE", "Print every event and request.", group="General", short="-v")
