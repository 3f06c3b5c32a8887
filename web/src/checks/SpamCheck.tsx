import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { SpamCheck as Checked } from "../api/schema";
import type { Message } from "../api/types";
import { infoQuery } from "../app/Sidebar";
import { Bones } from "../message/Bones";
import { visible } from "../ui/bidi";
import { Trouble } from "../ui/Trouble";
import { useLate } from "../ui/useLate";
import { spamCheckQuery } from "./api";
import styles from "./checks.module.css";
import { FILTER_NAMES } from "./words";

/** What the spam filter says. A service outside gets the message only when somebody says so. */
export default function SpamCheck({ message }: { message: Message }) {
  const { data: info } = useQuery(infoQuery);
  const filter = info?.checks.spam ?? "";
  const [run, setRun] = useState(0);
  const isAsked = filter !== "" && (filter !== "postmark" || run > 0);
  const { data, error, isFetching } = useQuery({ ...spamCheckQuery(message.id, run), enabled: isAsked, placeholderData: (before) => before });
  const late = useLate(isAsked && !data);
  if (info && filter === "") return <p className={styles.hint}>No spam filter is set. Start with --enable-spamassassin host:port or --enable-rspamd URL.</p>;
  if (error) return <Trouble error={error} title="The spam filter cannot be asked" />;
  return (
    <div className={styles.page} tabIndex={0} role="region" aria-label="What the spam filter says" data-arrows>
      <div className={styles.line}>
        <Button size="xs" variant="default" loading={isFetching} onClick={() => setRun((before) => before + 1)}>
          {data ? "Ask again" : filter === "postmark" ? "Send it to Postmark" : "Ask"}
        </Button>
        {!isAsked && <span className="dim">The whole message is sent to Postmark’s public service.</span>}
      </div>
      {!data && late && <Bones />}
      {data && <Verdict checked={data} />}
    </div>
  );
}

function Verdict({ checked }: { checked: Checked }) {
  if (checked.error) return <p className={styles.warn}>{visible(checked.error)}</p>;
  return (
    <>
      <div className={styles.total}>
        <strong className={styles.number} data-tone={checked.is_spam ? "bad" : "ok"}>
          {checked.score.toFixed(1)}
        </strong>
        <span>
          {FILTER_NAMES[checked.filter]} takes this for {checked.is_spam ? "spam" : "no spam"}; spam begins at {checked.threshold}.
        </span>
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Score</th>
            <th scope="col">What it found</th>
          </tr>
        </thead>
        <tbody>
          {checked.rules.map((one) => (
            <tr key={one.name}>
              <th scope="row" className="mono">{visible(one.name)}</th>
              <td className={styles.score} data-tone={one.score > 0 ? "bad" : undefined}>{one.score.toFixed(1)}</td>
              <td>{visible(one.text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
