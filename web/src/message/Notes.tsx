import { IconAlertTriangle, IconCheck, IconCopy, IconMailBolt } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, apiUrl, messagePath } from "../api/client";
import type { Message } from "../api/types";
import { copyText } from "../ui/clipboard";
import { counted } from "../ui/format";
import { PlaceLink } from "../follow/PlaceLink";
import { kindWords } from "../follow/words";
import { Hint } from "../timeline/Hint";
import { codesIn } from "./codes";
import { useTab } from "./tabs";
import styles from "./message.module.css";
import notes from "./notes.module.css";

const TEXT_LIMIT = 2_000_000;

export const textQuery = (id: string) => ({
  queryKey: ["text", id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.text(apiUrl(messagePath(id, "/text")), TEXT_LIMIT, signal),
});

/** What a reader would look for first: a code to copy, a defect to know of. Nothing if there is neither. */
export function Notes({ message }: { message: Message }) {
  const { data } = useQuery(textQuery(message.id));
  const codes = useMemo(() => codesIn(`${message.subject}\n${data?.text ?? ""}`), [message.subject, data]);
  const openTab = useTab(message.id);
  const [first] = message.defects;
  if (codes.length === 0 && !first && message.readable && !message.simulation_hint && !message.report_of) return null;
  return (
    <div className={notes.notes}>
      {message.report_of && <About report={message.report_of} isOurs={message.source === "report"} />}
      {codes.map((code) => (
        <Code key={code} code={code} />
      ))}
      {!message.readable && <span className={notes.warning}>The content could not be taken apart; the raw source and the envelope are complete.</span>}
      {message.simulation_hint && <Hint text={message.simulation_hint} />}
      {first && (
        <button type="button" className={notes.warning} onClick={() => openTab("parts", first.path || null)}>
          <IconAlertTriangle size={14} aria-hidden />
          <span className="ellipsis">{message.defects.length === 1 ? first.text : `${counted(message.defects.length, "defect")} in the MIME: ${first.text}`}</span>
        </button>
      )}
    </div>
  );
}

function About({ report, isOurs }: { report: NonNullable<Message["report_of"]>; isOurs: boolean }) {
  return (
    <span className={notes.report}>
      <IconMailBolt size={14} aria-hidden /> {isOurs ? `The sandbox wrote this ${kindWords(report.kind)}` : `This ${kindWords(report.kind)} came from elsewhere`}
      {report.message && <PlaceLink place={{ name: "message", id: report.message, tab: null, part: null }}>Open the original</PlaceLink>}
    </span>
  );
}

function Code({ code }: { code: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyText(code))) return;
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <button type="button" className={notes.code} onClick={() => void copy()} title="Copy this code">
      <span className={styles.label}>{done ? "Copied" : "Code"}</span>
      <span className="mono">{code}</span>
      {done ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
    </button>
  );
}
