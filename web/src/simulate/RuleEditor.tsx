import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useMemo, useState, type KeyboardEvent, type ReactNode } from "react";
import { RequestError } from "../api/client";
import { complain } from "../ui/toast";
import { saveRule } from "./actions";
import { catalogueQuery, previewQuery } from "./api";
import { draftOf, errorsAt, localTime, ruleOf, type Draft, type DraftField, type FieldErrors, type RuleParts } from "./draft";
import { Preview } from "./Preview";
import styles from "./editor.module.css";
import { useSettled } from "./useSettled";
import { STAGES } from "./words";

const SETTLE_MS = 250;
const RARE: readonly DraftField[] = ["header", "client", "identity", "larger", "smaller", "notify", "inbox"];
const SCOPES = [
  ["global", "all together"], ["recipient", "each recipient"], ["domain", "each domain"], ["message-id", "each message"], ["client", "each client"], ["inbox", "each inbox"],
] as const;
const WORDS = ["greylist", "greylist+x2+30s", "full+3msgs", "limit+1mb", "rate+5msgs+60s", "drop+rcpt", "drop+data", "drop+content", "slow+10s", "slow+1000bps", "garble+multiline", "discard", "success", "defer+4.2.2", "421+Try+later"];

/** A rule as a form. What cannot be stands at its field while one types; nothing changes before Save. */
export function RuleEditor({ id, rule, onClose }: { id: string | null; rule: RuleParts; onClose(): void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(rule));
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<FieldErrors>({});
  const settled = useSettled(draft, SETTLE_MS);
  const read = useMemo(() => ruleOf(settled), [settled]);
  const preview = useQuery({ ...previewQuery(read.rule ?? rule), enabled: read.rule !== null, placeholderData: keepPreviousData });
  const errors: FieldErrors = { ...problemsOf(preview.error), ...read.errors, ...refused };
  const set = (name: DraftField, value: string) => {
    setDraft((now) => ({ ...now, [name]: value }));
    setRefused({});
  };
  const save = async () => {
    const now = ruleOf(draft);
    if (now.rule === null) return setRefused(now.errors);
    setBusy(true);
    try {
      await saveRule(id, now.rule);
      onClose();
    } catch (error) {
      const problems = problemsOf(error);
      if (Object.keys(problems).length > 0) setRefused(problems);
      else complain(error);
    } finally {
      setBusy(false);
    }
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") (event.stopPropagation(), onClose());
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) (event.preventDefault(), void save());
  };
  return (
    <form
      className={styles.form}
      aria-label={id === null ? "New rule" : "Edit the rule"}
      onKeyDown={key}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Conditions draft={draft} errors={errors} set={set} isNew={id === null} />
      <Outcome draft={draft} errors={errors} set={set} />
      <Often draft={draft} errors={errors} set={set} />
      <Rest draft={draft} errors={errors} set={set} />
      {errors.form && (
        <p className={styles.problem} role="alert">
          {errors.form}
        </p>
      )}
      <div className={styles.foot}>
        {!preview.error && preview.data && <Preview found={preview.data} old={preview.isPlaceholderData} />}
        <span className={styles.spring} />
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit" disabled={busy} title="Ctrl or ⌘ and Enter">
          {id === null ? "Add the rule" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function problemsOf(error: unknown): FieldErrors {
  return error instanceof RequestError && error.status === 422 ? errorsAt(error.problem?.errors ?? []) : {};
}

interface Part {
  draft: Draft;
  errors: FieldErrors;
  set(name: DraftField, value: string): void;
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      <div className={styles.fields}>{children}</div>
    </fieldset>
  );
}

interface FieldProps extends Part {
  name: DraftField;
  label: string;
  hint?: string;
  wide?: boolean;
  focus?: boolean;
  list?: string;
  numeric?: boolean;
}

function Field({ name, label, hint, wide, focus, list, numeric, draft, errors, set }: FieldProps) {
  return (
    <TextInput
      className={styles[numeric ? "short" : wide ? "wide" : "field"] ?? ""}
      label={label}
      placeholder={hint ?? ""}
      value={draft[name]}
      error={errors[name] ?? false}
      spellCheck={false}
      autoComplete="off"
      {...(numeric ? { inputMode: "numeric" as const } : {})}
      {...(list ? { list } : {})}
      {...(focus ? { "data-autofocus": true, autoFocus: true } : {})}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
}

function Conditions({ isNew, ...part }: Part & { isNew: boolean }) {
  const [all, setAll] = useState(() => RARE.some((name) => part.draft[name]));
  return (
    <Group title="When">
      <Field {...part} name="recipient" label="Recipient" hint="any: *@gmail.test, /^ann/i" focus={isNew} />
      <Field {...part} name="sender" label="Sender" hint="any" />
      <Field {...part} name="subject" label="Subject" hint="any: *invoice*" />
      {!all && (
        <Button variant="subtle" className={styles.add ?? ""} onClick={() => setAll(true)}>
          More conditions
        </Button>
      )}
      {all && (
        <>
          <Textarea
            className={styles.field ?? ""}
            label="Header fields"
            placeholder="X-Campaign: spring*"
            rows={1}
            value={part.draft.header}
            error={part.errors.header ?? false}
            spellCheck={false}
            onChange={(event) => part.set("header", event.currentTarget.value)}
          />
          <Field {...part} name="client" label="Client" hint="192.0.2.0/24" />
          <Field {...part} name="identity" label="AUTH user" hint="any" />
          <Field {...part} name="larger" label="Larger than" hint="bytes" numeric />
          <Field {...part} name="smaller" label="Smaller than" hint="bytes" numeric />
          <Choice {...part} name="notify" label="NOTIFY" choices={[["", "any"], ...["NEVER", "SUCCESS", "FAILURE", "DELAY"].map((one) => [one, one] as const)]} />
        </>
      )}
    </Group>
  );
}

function Choice({ name, label, choices, draft, errors, set }: Part & { name: DraftField; label: string; choices: readonly (readonly [string, string])[] }) {
  return (
    <NativeSelect
      className={styles.choice ?? ""}
      label={label}
      value={draft[name]}
      error={errors[name] ?? false}
      data={choices.map(([value, text]) => ({ value, label: text }))}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
}

function Outcome(part: Part) {
  const list = useId();
  const { data } = useQuery(catalogueQuery);
  const scenarios = useMemo(() => [...new Set(data?.items.map(({ scenario }) => scenario))], [data]);
  const providers = data?.providers.map(({ name, title }) => [name, title] as const) ?? [];
  const shown = part.draft.provider && providers.length === 0 ? [[part.draft.provider, part.draft.provider] as const] : providers;
  return (
    <Group title="Then">
      <Field {...part} name="outcome" label="What happens" hint="mailbox_full, 550+No+such+user, greylist+x2" wide list={list} />
      <datalist id={list}>
        {[...scenarios, ...WORDS].map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <Choice {...part} name="provider" label="In whose words" choices={[["", "as the outcome says"], ...shown]} />
      <Choice {...part} name="stage" label="At" choices={[["", "as the outcome says"], ...STAGES.filter(([value]) => value !== "AFTER" || part.draft.stage === "AFTER")]} />
    </Group>
  );
}

function Often(part: Part) {
  return (
    <Group title="How often">
      <Field {...part} name="percent" label="Chance, %" hint="100" numeric />
      <Field {...part} name="first" label="The first" hint="all" numeric />
      <Field {...part} name="every" label="Every so-manyth" hint="1" numeric />
      <Field {...part} name="after" label="Let pass before" hint="0" numeric />
      <Field {...part} name="max" label="Times at most" hint="no limit" numeric />
      <Choice {...part} name="scope" label="Counted for" choices={[["", "as the outcome says"], ...SCOPES]} />
    </Group>
  );
}

const MINUTES: [number, string][] = [[10, "10 min"], [60, "1 h"], [24 * 60, "1 day"]];

function Rest(part: Part) {
  return (
    <Group title="And">
      <Field {...part} name="name" label="Name" hint="for logs, dice and counters" />
      <TextInput
        className={styles.field ?? ""}
        label="Until"
        type="datetime-local"
        step={1}
        value={part.draft.expires}
        error={part.errors.expires ?? false}
        onChange={(event) => part.set("expires", event.currentTarget.value)}
      />
      <div className={styles.soon}>
        {MINUTES.map(([minutes, label]) => (
          <Button key={label} variant="subtle" onClick={() => part.set("expires", localTime(new Date(Date.now() + minutes * 60_000).toISOString()))}>
            {label}
          </Button>
        ))}
        {part.draft.expires && (
          <Button variant="subtle" onClick={() => part.set("expires", "")}>
            For good
          </Button>
        )}
      </div>
    </Group>
  );
}
