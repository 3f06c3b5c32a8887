/** The address as a hook: where we are, and how to go elsewhere. */
import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { scopeOf, type Scope } from "../list/scope";
import { pathOf, placeOf, type Place } from "./location";

/** The path that the page was served under, without the slash at its end. */
export const BASE = new URL(document.baseURI).pathname.replace(/\/+$/u, "");

export interface Going {
  place?: Place;
  scope?: Scope;
  /** Do not add a step to the browser's history. */
  replace?: boolean;
}

export interface Where {
  place: Place;
  scope: Scope;
  go(going: Going): void;
  /** The address, base included, for links. */
  href(going: Going): string;
}

export function usePlace(): Where {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const place = useMemo(() => placeOf(path), [path]);
  const scope = useMemo(() => scopeOf(search), [search]);
  const go = useCallback(
    (going: Going) => navigate(pathOf(going.place ?? place, going.scope ?? scope), { replace: going.replace ?? false }),
    [navigate, place, scope],
  );
  const href = useCallback(
    (going: Going) => BASE + pathOf(going.place ?? place, going.scope ?? scope),
    [place, scope],
  );
  return { place, scope, go, href };
}
