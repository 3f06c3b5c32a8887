"""Every option once: its default, help, flag, variable and TOML key, and what its values must be."""

from mailpit_py.config.configuration import Config, from_values, options

__all__ = ["Config", "from_values", "options"]
