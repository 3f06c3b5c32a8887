/** Tags: which there are, and the search for one. */
import { api } from "../api/client";

export const tagsQuery = { queryKey: ["tags"], queryFn: ({ signal }: { signal: AbortSignal }) => api.tags(signal), staleTime: 60_000 };

/** The search that finds exactly what has this tag. */
export const searchOfTag = (tag: string): string => (/^[\w.@-]+$/u.test(tag) ? `tag:${tag}` : `tag:"${tag}"`);

/** What somebody typed as tags, as the server takes it: letters, digits and - _ . @, single blanks, at most 100. */
export function cleanTags(typed: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const one of typed) {
    const tag = one.replace(/[^A-Za-z0-9\- _.@]/gu, " ").replace(/\s+/gu, " ").trim().slice(0, 100).trim();
    if (tag && !found.has(tag.toLowerCase())) found.set(tag.toLowerCase(), tag);
  }
  return [...found.values()].slice(0, 100);
}
