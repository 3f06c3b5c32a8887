import gc
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mailpit_py import __version__
from mailpit_py.cli import COMMANDS, main, serve
from mailpit_py.config import Config, options

DOCUMENT = (Path(__file__).parents[2] / "docs" / "mailpit-differences.md").read_text("utf-8")


@pytest.fixture
def served(monkeypatch):
    """What `mailpit-py` would have served with."""
    seen = {}
    monkeypatch.setattr(serve, "run", lambda values: seen.update(values) or 0)
    return seen


def invoke(*args, **env):
    return CliRunner().invoke(main, args, env={one.variable: None for one in options()} | env, prog_name="mailpit-py")


def test_without_options_the_defaults_are_served(served):
    assert invoke().exit_code == 0
    assert served == {one.name: one.default for one in options()}


def test_a_flag_wins_over_a_variable_and_a_variable_over_the_file(served, tmp_path):
    file = tmp_path / "mailpit.toml"
    file.write_text('max = 1\nlabel = "file"\nsmtp-max-recipients = 7\n')
    result = invoke("--config", str(file), "--max", "3", MP_MAX_MESSAGES="2", MP_LABEL="variable")
    assert result.exit_code == 0, result.output
    assert (served["max"], served["label"], served["smtp_max_recipients"]) == (3, "variable", 7)


@pytest.mark.parametrize(
    ("args", "quiet"),
    [((), False), (("--quiet",), True), (("-q",), True), (("--quiet=true",), True), (("--quiet=false",), False)],
)
def test_a_switch_works_bare_and_with_a_value(served, args, quiet):
    assert invoke(*args).exit_code == 0
    assert served["quiet"] is quiet


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (("-qv",), (True, True, 500)),
        (("-qvm5",), (True, True, 5)),
        (("-vm", "5"), (False, True, 5)),
        (("-m=5", "-q"), (True, False, 5)),
        (("-q=false", "-v=true"), (False, True, 500)),
        (("-m", "-1"), (False, False, -1)),
    ],
)
def test_short_flags_stand_together_and_take_an_equals_sign(served, args, expected):
    assert invoke(*args).exit_code == 0
    assert (served["quiet"], served["verbose"], served["max"]) == expected


@pytest.mark.parametrize(
    ("quiet", "verbose", "is_said"), [(False, False, True), (True, False, False), (True, True, True)]
)
def test_the_start_is_said_unless_quiet_and_verbose_wins(capsys, quiet, verbose, is_said):
    interval = sys.getswitchinterval()
    try:
        serve.serve(Config(smtp="127.0.0.1:0", listen="127.0.0.1:0", quiet=quiet, verbose=verbose), lambda: None)
    finally:
        sys.setswitchinterval(interval)
        gc.unfreeze()
    assert ("[http] accessible via http://127.0.0.1:" in capsys.readouterr().out) is is_said


def test_a_switch_does_not_eat_the_command_behind_it(served):
    assert invoke("--verbose", "serve").exit_code == 0
    assert served["verbose"] is True


def test_flags_behind_the_name_of_a_command_are_its_own():
    assert "Usage: mailpit-py sendmail" in invoke("--label", "serve", "-q", "sendmail", "-v", "--help").output


def test_a_former_flag_takes_its_value_and_no_more(served):
    assert invoke("--db-file", "serve", "-q", "serve", "--smtp-tls-required").exit_code == 0
    assert (served["database"], served["quiet"], served["smtp_require_starttls"]) == ("serve", True, True)


@pytest.mark.parametrize("text", ["1", "true", "yes"])
def test_variables_switch_on(served, text):
    invoke(MP_QUIET=text)
    assert served["quiet"] is True


def test_secrets_never_stand_on_the_command_line(served):
    invoke(MP_UI_AUTH="ann:secret")
    assert served["ui_auth"] == "ann:secret"
    assert "No such option" in invoke("--ui-auth", "ann:secret").output


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--max", "many"], "'many' is not a valid integer"),
        (["--smpt", "x"], "--smtp"),
        (["-qx"], "No such option"),
        (["--quiet="], "--quiet= needs true or false behind it"),
        (["--config", "/nowhere.toml"], "does not exist"),
        (["serv"], "No such command 'serv'"),
    ],
)
def test_a_wrong_call_says_what_is_wrong(served, args, words):
    result = invoke(*args)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    ("text", "words"),
    [("max = [", "not valid TOML"), ("maxx = 1", "unknown key 'maxx'"), ("[smtp]\nx=1", "'smtp' takes one value")],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path, text, words):
    file = tmp_path / "mailpit.toml"
    file.write_text(text)
    result = invoke("--config", str(file))
    assert result.exit_code == 2
    assert words in result.output


def test_the_version_is_said():
    assert invoke("--version").output == f"mailpit-py {__version__}\n"


def test_the_help_names_every_flag_and_variable():
    text = " ".join(invoke("--help").output.split())
    for one in options():
        assert one.flag in text, one
        assert one.variable in text, one


def test_a_config_that_cannot_work_is_a_usage_error():
    with pytest.raises(click.UsageError, match="needs a certificate"):
        serve.run({"smtp_require_tls": True})


def test_serve_takes_the_same_options_as_no_command(served):
    assert invoke("--max", "3", "--label", "before", "serve", "--label", "after", "--quiet").exit_code == 0
    assert (served["max"], served["label"], served["quiet"]) == (3, "after", True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MP_MAX_MESAGES", "MP_MAX_MESAGES has no effect here; is MP_MAX_MESSAGES meant?"),
        ("MP_UTTERLY_UNKNOWN", "MP_UTTERLY_UNKNOWN has no effect here"),
    ],
)
def test_a_variable_that_means_nothing_is_named(name, words):
    assert serve.unknown_variables({name: "1", "MP_LABEL": "x", "HOME": "/"}) == [words]


@pytest.mark.parametrize(
    ("args", "variables", "name", "value"),
    [
        (("--db-file", "x.db"), {}, "database", "x.db"),
        (("--db-file=x.db",), {}, "database", "x.db"),
        ((), {"MP_DATA_FILE": "x.db"}, "database", "x.db"),
        ((), {"MP_DATA_FILE": "x.db", "MP_DATABASE": "y.db"}, "database", "y.db"),
        (("--ui-ssl-cert", "c.pem"), {}, "ui_tls_cert", "c.pem"),
        (("--ui-ssl-key", "k.pem"), {}, "ui_tls_key", "k.pem"),
        ((), {"MP_UI_SSL_CERT": "c.pem"}, "ui_tls_cert", "c.pem"),
        ((), {"MP_UI_SSL_KEY": "k.pem"}, "ui_tls_key", "k.pem"),
        (("--smtp-ssl-cert", "c.pem"), {}, "smtp_tls_cert", "c.pem"),
        (("--smtp-ssl-key", "k.pem"), {}, "smtp_tls_key", "k.pem"),
        ((), {"MP_SMTP_SSL_CERT": "c.pem"}, "smtp_tls_cert", "c.pem"),
        ((), {"MP_SMTP_SSL_KEY": "k.pem"}, "smtp_tls_key", "k.pem"),
        (("--smtp-tls-required", "--quiet"), {}, "smtp_require_starttls", True),
        ((), {"MP_SMTP_TLS_REQUIRED": "true"}, "smtp_require_starttls", True),
    ],
)
def test_former_names_still_work(served, args, variables, name, value):
    result = invoke(*args, **variables)
    assert result.exit_code == 0, result.output
    assert served[name] == value
    assert all(f"{word.partition('=')[0]} is deprecated, use --" in result.output for word in args[:1])


def test_a_former_variable_is_said_to_be_deprecated():
    assert serve.unknown_variables({"MP_DATA_FILE": "x"}) == ["MP_DATA_FILE is deprecated, use MP_DATABASE"]


def test_former_names_stand_in_no_help():
    assert "--db-file" not in invoke("--help").output


def test_a_log_file_that_cannot_be_written_is_named():
    with pytest.raises(click.UsageError, match="--log-file: cannot write /nonexist/x: No such file"):
        serve.run({"log_file": "/nonexist/x"})


def test_a_command_that_is_mistyped_is_named():
    assert "Did you mean 'rules'?" in invoke("rulez").output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_found_and_has_help(command):
    result = invoke(command, "--help")
    assert result.exit_code == 0
    assert f"Usage: mailpit-py {command}" in result.output


# What is done, what comes of it, and the words of the documents for what Mailpit makes of it.
ON = {"quiet": True}
DIFFERENT = [
    ((), {"MP_QUIET": "on"}, ON, "a variable for a switch is true as 1, true or yes, and false as anything else"),
    ((), {"MP_QUIET": "perhaps"}, "is not a valid boolean", "a number that is none in a variable means 0"),
    ((), {"MP_MAX_MESSAGES": "abc"}, "'abc' is not a valid integer", "a number that is none in a variable means 0"),
    ((), {"MP_UI_SSL_CERT": "c.pem"}, {"ui_tls_cert": "c.pem"}, "former variables for certificates do nothing"),
    (("--demo-mode", "--max-age=5m"), {}, {"demo_mode": True, "max_age": "5m"}, "`MP_DEMO_MODE` is no flag"),
    (("version", "--update"), {}, "No such option '--update'", "`version` asks for a newer one"),
]


@pytest.mark.parametrize(("args", "variables", "outcome", "words"), DIFFERENT)
def test_an_option_that_means_something_else_than_with_mailpit_does_so_on_purpose(
    served, args, variables, outcome, words
):
    result = invoke(*args, **variables)
    if isinstance(outcome, str):
        assert (result.exit_code, outcome in result.stderr, result.stdout) == (2, True, "")
    else:
        assert {name: served[name] for name in outcome} == outcome
    assert f"\n| {words}" in DOCUMENT


@pytest.mark.parametrize(
    ("values", "refusal", "words"),
    [
        ({"api_cors": "http://*.x"}, "--api-cors takes web origins", "what `--api-cors` cannot use is dropped"),
        ({"log_file": "/nonexist/x"}, "--log-file: cannot write", "a log file that cannot be written is passed over"),
        ({"database": "http://rqlite:4001"}, "there is no rqlite", "rqlite (`--database` with a URL)"),
        ({"tag": "x"}, "--tag takes tag=match", ""),
        ({"tags_disable": "x"}, "--tags-disable takes x-tags", ""),
        ({"chaos_triggers": "Sender:451:5.5"}, "--chaos-triggers", ""),
        ({"webhook_url": "hook"}, "--webhook-url is a whole URL", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_start(values, refusal, words):
    with pytest.raises(click.UsageError, match=refusal):
        serve.run({**values, "smtp": "127.0.0.1:0", "listen": "127.0.0.1:0"})
    assert not words or f"\n| {words}" in DOCUMENT


@pytest.mark.parametrize(
    "values",
    [
        {"smtp_auth": "u:p"},
        {"smtp_auth": "u:p", "smtp_auth_accept_any": True},
        {"smtp_tls_cert": "auto", "smtp_require_tls": True, "smtp_auth_allow_insecure": True},
    ],
)
def test_credentials_need_no_tls(values):
    assert Config(**values)
    assert "\n| credentials without TLS, or with accept-any, are refused at the start | taken" in DOCUMENT
    assert "\n| requiring TLS and `--smtp-auth-allow-insecure` exclude each other" in DOCUMENT
