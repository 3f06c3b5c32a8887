import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { apiUrl, json, withSignal } from "../api/client";
import type { Timeline } from "../api/schema";
import { onArrival, queries } from "../app/state";

/** All tries of the mail to which a message or an attempt belongs; followed while more of them come. */
export function useTimeline(kind: "message" | "attempt", id: string): Timeline | null {
  const { data } = useQuery({
    queryKey: ["timeline", id],
    queryFn: ({ signal }) => json<Timeline>(apiUrl(`${kind}s/${encodeURIComponent(id)}/timeline`), withSignal(signal)),
    staleTime: 0,
    retry: false,
  });
  const path = data?.reverse_path;
  useEffect(
    () =>
      onArrival((rows) => {
        if (rows.some((row) => row.reverse_path === path || ("report" in row && row.report))) void queries.invalidateQueries({ queryKey: ["timeline", id] });
      }),
    [id, path],
  );
  return data ?? null;
}
