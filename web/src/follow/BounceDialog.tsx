import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { NewBounce } from "../api/schema";
import { usePlace } from "../app/place";
import { catalogueQuery } from "../simulate/api";
import { useSettled } from "../simulate/useSettled";
import { visible, visibleLines } from "../ui/bidi";
import { counted } from "../ui/format";
import { complain, say } from "../ui/toast";
import { useStore } from "../ui/store";
import { followed } from "./actions";
import { bounce, dialectsQuery, previewQuery, type Wish } from "./api";
import { bouncing } from "./dialog";
import styles from "./follow.module.css";

type Kind = NonNullable<NewBounce["kind"]>;

const KINDS: { value: Kind; label: string }[] = [
  { value: "failure", label: "Bounce message" },
  { value: "expiry", label: "Delay warning, then a bounce message" },
  { value: "delay", label: "Delay warning" },
  { value: "success", label: "Success report" },
  { value: "complaint", label: "Complaint" },
  { value: "auto-reply", label: "Out-of-office reply" },
  { value: "challenge", label: "Challenge to the sender" },
  { value: "receipt", label: "Receipt" },
];
const DELAYS: [string, number][] = [
  ["now", 0], ["in 5 seconds", 5], ["in 4 hours", 4 * 3_600], ["in 5 days", 5 * 86_400],
];
const WITH_CAUSE = ["failure", "expiry", "delay"];

/** Let the open message bounce: which report, why, in whose form, when; and how it would look. */
export function BounceDialog() {
  const id = useStore(bouncing);
  const close = () => bouncing.set(null);
  return (
    <Modal opened={id !== null} onClose={close} title="Bounce this message" size="xl" closeButtonProps={{ "aria-label": "Close" }}>
      {id && <Form key={id} id={id} onDone={close} />}
    </Modal>
  );
}

function Form({ id, onDone }: { id: string; onDone: () => void }) {
  const [kind, setKind] = useState<Kind>("failure");
  const [scenario, setScenario] = useState("");
  const [dialect, setDialect] = useState("");
  const [delay, setDelay] = useState(0);
  const [recipient, setRecipient] = useState("");
  const { data: catalogue } = useQuery(catalogueQuery);
  const { data: dialects } = useQuery(dialectsQuery);
  const { go } = usePlace();
  const hasCause = WITH_CAUSE.includes(kind);
  const wish: Wish = {
    kind, delay,
    ...(hasCause && scenario ? { scenario } : {}),
    ...(dialect ? { dialect } : {}),
    ...(recipient.trim() ? { recipients: [recipient.trim()] } : {}),
  };
  const scenarios = [...new Set(catalogue?.items.map((one) => one.scenario))];
  const send = async () => {
    try {
      const { steps } = await bounce(id, wish);
      followed();
      onDone();
      const made = steps.flatMap((one) => one.reports);
      say(made.length > 0 ? `${counted(made.length, "report")} in the inbox` : "It is planned; advance the clock to see it");
      const [first] = made;
      if (first) go({ place: { name: "message", id: first, tab: null, part: null } });
    } catch (error) {
      complain(error);
    }
  };
  return (
    <div className={styles.dialog}>
      <div className={styles.choices}>
        <NativeSelect label="Report" value={kind} data={KINDS} onChange={(event) => setKind(event.currentTarget.value as Kind)} />
        <NativeSelect
          label="Cause"
          value={scenario}
          disabled={!hasCause}
          data={[{ value: "", label: "the usual one" }, ...scenarios]}
          onChange={(event) => setScenario(event.currentTarget.value)}
        />
        <NativeSelect
          label="In the form of"
          value={dialect}
          data={[{ value: "", label: "the standard" }, ...(dialects ?? []).map(({ name, title }) => ({ value: name, label: title }))]}
          onChange={(event) => setDialect(event.currentTarget.value)}
        />
        <NativeSelect
          label="When"
          value={String(delay)}
          data={DELAYS.map(([label, seconds]) => ({ value: String(seconds), label }))}
          onChange={(event) => setDelay(Number(event.currentTarget.value))}
        />
        <TextInput label="Only for" placeholder="all recipients" value={recipient} onChange={(event) => setRecipient(event.currentTarget.value)} />
      </div>
      <Preview id={id} wish={wish} />
      <div className={styles.answers}>
        <Button onClick={onDone}>Cancel</Button>
        <Button variant="filled" data-autofocus onClick={() => void send()}>
          Bounce
        </Button>
      </div>
    </div>
  );
}

function Preview({ id, wish }: { id: string; wish: Wish }) {
  const settled = useSettled(wish, 200);
  const { data, error } = useQuery(previewQuery(id, settled));
  const [first] = data?.reports ?? [];
  return (
    <section className={styles.preview} aria-label="Preview" aria-busy={!data && !error}>
      {error && <p className={styles.reason}>{error.message}</p>}
      {!error && data?.reason && <p className={styles.reason}>{visible(data.reason)}</p>}
      {first && (
        <>
          <p className="dim">
            To <bdi>{visible(first.recipient)}</bdi>
            {data && data.reports.length > 1 && `, the first of ${counted(data.reports.length, "report")}`}
          </p>
          <pre className="mono" tabIndex={0}>
            {visibleLines(first.raw.slice(0, 20_000))}
          </pre>
        </>
      )}
    </section>
  );
}
