"""Views of domain profiles: in whose words a domain answers, and how often it fails by itself."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from mailpit_py.api import simulation_schemas as schemas
from mailpit_py.api import simulation_shape as shape
from mailpit_py.api.answers import read_body
from mailpit_py.api.context import here
from mailpit_py.api.native.checked import checked
from mailpit_py.api.operation import operation
from mailpit_py.api.shape import Json
from mailpit_py.api.simulation_models import Anything, ListOfProfiles, NewProfile, ProfileList
from mailpit_py.application.profilebook import BUILT_IN, START, ProfileBook

TAG = "Simulation"
ANSWERED = ("origin",)
"""What an answer has beside the profile, so that it can be sent back as it is."""
NOT_SET = (BUILT_IN, START)


def register(routes: Blueprint) -> None:
    """Add the views of this file."""
    routes.get("/profiles")(list_profiles)
    routes.put("/profiles")(replace_profiles)
    routes.delete("/profiles")(delete_profiles)
    routes.get("/profiles/<domain_name:domain>")(show_profile)
    routes.put("/profiles/<domain_name:domain>")(set_profile)
    routes.patch("/profiles/<domain_name:domain>")(change_profile)
    routes.delete("/profiles/<domain_name:domain>")(delete_profile)


@operation(TAG, query=None, returns=schemas.Profiles, errors=(), is_common=True)
def list_profiles() -> Json:
    """List the profiles that count, by domain: built in, from the start's file or options, or set here."""
    return _all()


@operation(TAG, query=None, returns=schemas.Profiles, errors=(400, 415), document_body=ProfileList)
def replace_profiles() -> Json:
    """Make these all that is set; what the sandbox started with shows again where nothing is.

    A list as it was answered can be sent: those whose origin is not `api` are passed over.
    """
    given = read_body(ListOfProfiles).profiles
    values = [_profile(one) for one in given if not (isinstance(one, dict) and one.get("origin") in NOT_SET)]
    checked(lambda: _book().replace_all(values), "profiles")
    return _all()


@operation(TAG, query=None, returns=schemas.Profiles, errors=())
def delete_profiles() -> Json:
    """Delete all that was set; the sandbox answers as it did at its start."""
    _book().clear()
    return _all()


@operation(TAG, query=None, returns=schemas.Profile, is_common=True)
def show_profile(domain: str) -> Json:
    """Show the profile of one domain, or of `*.domain`, as it is written."""
    return shape.profile(_book().find(domain))


@operation(TAG, query=None, returns=schemas.Profile, errors=(400, 415), document_body=NewProfile)
def set_profile(domain: str) -> Json:
    """Set the profile of a domain, or of `*.domain`, which is the domain and all below it.

    It stays until it is deleted, over restarts, and stands over what the sandbox starts with.
    """
    members = _profile(read_body(Anything).members)
    return shape.profile(checked(lambda: _book().put(domain, members), "profile"))


@operation(TAG, query=None, returns=schemas.Profile, errors=(400, 404, 415), document_body=Anything)
def change_profile(domain: str) -> Json:
    """Change what is given of a profile, as in `{"defer": 0.1}`; null takes a part back to its default."""
    members = _profile(read_body(Anything).members)
    return shape.profile(checked(lambda: _book().change(domain, members), "profile"))


@operation(TAG, query=None, returns=schemas.Profile)
def delete_profile(domain: str) -> Json:
    """Delete what was set for a domain, and show what it was."""
    return shape.profile(_book().delete(domain))


def _book() -> ProfileBook:
    return here().sandbox.simulator.profiles


def _all() -> Json:
    return {"items": [shape.profile(one) for one in _book().profiles]}


def _profile(value: Any) -> Any:
    """Return the profile of a body; what is no object is left for its reader to refuse."""
    if not isinstance(value, dict):
        return value
    return {name: part for name, part in value.items() if name not in ANSWERED}
