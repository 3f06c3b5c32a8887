"""The domain profiles of a sandbox: those it starts with, and over them those that are set while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from mailpit_py.errors import NotFound
from mailpit_py.simulation.problem import Problem, RuleError
from mailpit_py.simulation.profile import Profile, ProfileIndex, as_mapping, default_profiles, load, load_all
from mailpit_py.storage import PATIENCE, Store

PROFILES_AT_MOST = 1_000
BUILT_IN, START, API = "built-in", "start", "api"


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile that counts; `origin` is `built-in`, `start` (a file or an option) or `api`."""

    profile: Profile
    origin: str


class ProfileBook:
    """All profiles. Every method may be called from any thread; a change that fails leaves everything as it was.

    Reading waits for a change that is under way: whoever the journal told of one finds it.
    What is set here is kept in the database, and stands over what the sandbox starts with: deleting
    it lets that show again. Methods that take a profile as a mapping raise RuleError with every
    field that cannot be used.
    """

    def __init__(self, store: Store, base: ProfileIndex, use: Callable[[ProfileIndex], object]) -> None:
        self._store = store
        self._base = base
        self._use = use
        self._editing = RLock()
        self._set: tuple[Profile, ...] = ()

    def load(self) -> None:
        """Read the profiles of the database."""
        with self._editing:
            self._take(tuple(load(body) for body in self._store.simulation.profiles()))

    @property
    def profiles(self) -> tuple[KeptProfile, ...]:
        """Those that count, by their domains: one for each."""
        built_in = set(default_profiles())
        found = {one.domain: KeptProfile(one, BUILT_IN if one in built_in else START) for one in self._base.profiles}
        with self._editing:
            found |= {one.domain: KeptProfile(one, API) for one in self._set}
        return tuple(found[domain] for domain in sorted(found))

    def find(self, domain: str) -> KeptProfile:
        """Return the profile of exactly this domain or pattern. Raises NotFound."""
        for one in self.profiles:
            if one.profile.domain == domain.lower():
                return one
        raise NotFound(f"there is no profile of {domain!r}")

    def put(self, domain: str, value: object) -> KeptProfile:
        """Set the profile of a domain, in place of the one that was set before; `value` may leave the domain out."""
        parts = {**value, "domain": domain} if isinstance(value, Mapping) else value
        added = load(parts, "")
        with self._editing:
            self._save((*(one for one in self._set if one.domain != added.domain), added))
        return KeptProfile(added, API)

    def change(self, domain: str, parts: Mapping[str, Any]) -> KeptProfile:
        """Change parts of a profile, wherever it comes from; None takes a part back to its default."""
        with self._editing:
            merged = {**as_mapping(self.find(domain).profile), **parts}
            return self.put(domain, {name: part for name, part in merged.items() if part is not None})

    def replace_all(self, values: Sequence[object]) -> tuple[KeptProfile, ...]:
        """Make these all that is set."""
        loaded = load_all(values)
        with self._editing:
            self._save(loaded)
        return tuple(KeptProfile(one, API) for one in loaded)

    def delete(self, domain: str) -> KeptProfile:
        """Delete what was set for a domain. Raises NotFound if nothing was."""
        with self._editing:
            gone = next((one for one in self._set if one.domain == domain.lower()), None)
            if gone is None:
                raise NotFound(f"no profile was set for {domain!r}; what the sandbox starts with cannot be deleted")
            self._save(tuple(one for one in self._set if one is not gone))
        return KeptProfile(gone, API)

    def clear(self) -> None:
        """Delete all that was set."""
        with self._editing:
            self._save(())

    def _save(self, profiles: tuple[Profile, ...]) -> None:
        _check(profiles)
        self._store.simulation.save_profiles([as_mapping(one) for one in profiles]).result(PATIENCE)
        self._take(profiles)

    def _take(self, profiles: tuple[Profile, ...]) -> None:
        self._set = profiles
        self._use(ProfileIndex((*self._base.profiles, *profiles)))


def _check(profiles: Iterable[Profile]) -> None:
    """Raise RuleError if there are too many, or two of one domain."""
    domains: set[str] = set()
    for number, one in enumerate(profiles):
        if one.domain in domains:
            raise RuleError([Problem(f"profiles.{number}.domain", f"{one.domain} has two profiles")])
        domains.add(one.domain)
    if len(domains) > PROFILES_AT_MOST:
        raise RuleError([Problem("profiles", f"there can be {PROFILES_AT_MOST:_} at most")])
