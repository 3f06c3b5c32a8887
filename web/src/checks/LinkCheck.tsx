import { Button, Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CheckedLink, LinkCheck as Checked } from "../api/schema";
import type { Message } from "../api/types";
import { visible } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { counted } from "../ui/format";
import { linkCheckQuery } from "./api";
import styles from "./checks.module.css";
import { tone } from "./words";

/** Where the links of a message lead. Nobody is asked before somebody says so: a link may do what it says. */
export default function LinkCheck({ message }: { message: Message }) {
  const [follow, setFollow] = useState(false);
  const [asked, setAsked] = useState<{ follow: boolean; run: number } | null>(null);
  const { data, error, isFetching } = useQuery({
    ...linkCheckQuery(message.id, asked?.follow ?? false, asked?.run ?? 0),
    enabled: asked !== null,
    placeholderData: (before) => before,
  });
  return (
    <div className={styles.page} tabIndex={0} role="region" aria-label="Where the links lead" data-arrows>
      <div className={styles.line}>
        <Button size="xs" loading={isFetching} onClick={() => setAsked((before) => ({ follow, run: (before?.run ?? 0) + 1 }))}>
          {asked ? "Check again" : "Check the links"}
        </Button>
        <Checkbox size="xs" label="Follow redirects" checked={follow} onChange={(event) => setFollow(event.currentTarget.checked)} />
      </div>
      {!asked && (
        <p className="dim">
          Every server to which this message links is asked whether its page is there. A link that unsubscribes or confirms may do so. Addresses of
          private networks are not asked.
        </p>
      )}
      <p className={styles.verdict} role="status">
        {error ? error.message : data && !isFetching ? sum(data) : ""}
      </p>
      {data && (
        <ul className={styles.links}>
          {data.links.map((one) => (
            <Link key={one.url} link={one} />
          ))}
        </ul>
      )}
    </div>
  );
}

function sum({ links, broken }: Checked): string {
  if (links.length === 0) return "This message has no links.";
  if (broken === 0) return links.length === 1 ? "The link works." : `All ${links.length} links work.`;
  return `${broken} of ${counted(links.length, "link")} ${broken === 1 ? "leads" : "lead"} nowhere.`;
}

function Link({ link }: { link: CheckedLink }) {
  return (
    <li>
      <span className={styles.status} data-tone={tone(link.status)}>
        {link.status || "none"}
      </span>
      <span className={styles.where}>
        <bdi className="mono">{visible(link.url)}</bdi>
        <span className="dim">
          {link.text}
          {link.final_url && ` · at ${visible(link.final_url)}`}
        </span>
      </span>
      <Copy value={link.url} label="Copy this link" />
    </li>
  );
}
