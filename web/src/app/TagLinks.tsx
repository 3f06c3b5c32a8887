import { IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { searchOfTag, tagsQuery } from "../list/tags";
import { number } from "../ui/format";
import styles from "./frame.module.css";
import { usePlace } from "./place";

const SHOWN = 12;

/** The tags in use, each a search; the most used ones if there are many. */
export function TagLinks({ onGo }: { onGo?: () => void }) {
  const { data } = useQuery(tagsQuery);
  const { scope, go, href } = usePlace();
  const all = data?.tags ?? [];
  if (all.length === 0) return null;
  const chosen = new Set([...all].sort((a, b) => b.count - a.count).slice(0, SHOWN));
  return (
    <ul className={styles.views} aria-label="Tags">
      {all
        .filter((tag) => chosen.has(tag))
        .map(({ name, count }) => {
          const target = { place: { name: "list" as const }, scope: { view: "all" as const, q: searchOfTag(name) } };
          return (
            <li key={name}>
              <a
                className={styles.view}
                href={href(target)}
                aria-current={scope.q === target.scope.q ? "page" : undefined}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey) return;
                  event.preventDefault();
                  go(target);
                  onGo?.();
                }}
              >
                <IconTag size={16} aria-hidden /> <span className="ellipsis">{name}</span>
                <span className={styles.number}>{number(count)}</span>
              </a>
            </li>
          );
        })}
    </ul>
  );
}
