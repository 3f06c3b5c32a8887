import { Button } from "@mantine/core";
import type { RequestError } from "../api/client";
import { usePlace } from "../app/place";
import { list } from "../app/state";
import styles from "./list.module.css";
import type { Scope, ViewName } from "./scope";

const NOTHING: Record<ViewName, [title: string, text: string]> = {
  all: ["No mail yet", "What your app sends to the SMTP port appears here at once."],
  unread: ["All read", "New mail shows up here until you open it."],
  pinned: ["Nothing pinned", "Pin a message (P) and it stays, whatever is cleaned up."],
  files: ["No attachments", "Messages that carry files are listed here."],
  refused: ["Nothing was refused", "Attempts that ended without a message, with the reply they got."],
};

export function EmptyList({ scope, error }: { scope: Scope; error: RequestError | null }) {
  const { go } = usePlace();
  if (error && error.status !== 400) {
    return (
      <Words title="The list could not be loaded" text={error.message}>
        <Button onClick={() => void list.reload()}>Try again</Button>
      </Words>
    );
  }
  if (scope.q.trim()) {
    return (
      <Words title="Nothing matches" text={error ? error.message : `No message matches “${scope.q.trim()}”.`}>
        <Button onClick={() => go({ scope: { ...scope, q: "" } })}>Clear the search</Button>
      </Words>
    );
  }
  if (scope.folder) return <Words title={`Nothing in ${scope.folder}`} text="What is moved here by POP3 or IMAP is listed here." />;
  const [title, text] = NOTHING[scope.view];
  return (
    <Words title={title} text={text}>
      {scope.view === "all" && <Button onClick={() => go({ place: { name: "connect" } })}>How to connect</Button>}
    </Words>
  );
}

function Words({ title, text, children }: { title: string; text: string; children?: React.ReactNode }) {
  return (
    <div className={styles.empty} role="status">
      <strong>{title}</strong>
      <span>{text}</span>
      {children}
    </div>
  );
}
