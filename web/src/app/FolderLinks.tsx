import { IconAlertTriangle, IconFolder, IconTrash, type Icon } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { SEES_ALL } from "../api/inbox";
import { number } from "../ui/format";
import styles from "./frame.module.css";
import { usePlace } from "./place";

const SIGNS: Record<string, Icon> = { Trash: IconTrash, Junk: IconAlertTriangle };

export const foldersQuery = {
  queryKey: ["folders"],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.folders(signal),
  staleTime: 60_000,
};

/** The folders beside the inbox that have something in them, or are open. */
export function FolderLinks({ onGo }: { onGo?: () => void }) {
  const { data } = useQuery({ ...foldersQuery, enabled: !SEES_ALL });
  const { scope, place, go, href } = usePlace();
  const shown = (data?.folders ?? []).filter(({ name, total }) => name !== "INBOX" && (total > 0 || name === scope.folder));
  if (shown.length === 0) return null;
  return (
    <ul className={styles.views} aria-label="Folders">
      {shown.map(({ name, total }) => {
        const target = { place: { name: "list" as const }, scope: { view: "all" as const, q: "", folder: name } };
        const Sign = SIGNS[name] ?? IconFolder;
        return (
          <li key={name}>
            <a
              className={styles.view}
              href={href(target)}
              aria-current={scope.folder === name && place.name !== "connect" && place.name !== "simulate" ? "page" : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey) return;
                event.preventDefault();
                go(target);
                onGo?.();
              }}
            >
              <Sign size={16} aria-hidden /> <span className="ellipsis">{name}</span>
              {total > 0 && <span className={styles.number}>{number(total)}</span>}
            </a>
          </li>
        );
      })}
    </ul>
  );
}
