import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { RequestError } from "../api/client";
import type { Sink } from "../api/schema";
import editor from "../simulate/editor.module.css";
import { complain } from "../ui/toast";
import { keysQuery, refreshSinks, sinks } from "./api";
import { BLANK_SINK, eventsOf, newSink, sinkChanges, sinkDraft, sinkErrors, SMTP, takesSecret, type EventKind, type SinkDraft, type SinkErrors } from "./draft";
import styles from "./sinks.module.css";

/** A sink as a form; without one it makes another. */
export function SinkEditor({ sink, onClose, onAdded }: { sink: Sink | null; onClose(): void; onAdded?(sink: Sink): void }) {
  const [draft, setDraft] = useState<SinkDraft>(sink ? sinkDraft(sink) : BLANK_SINK);
  const [errors, setErrors] = useState<SinkErrors>({});
  const { data: keys } = useQuery(keysQuery);
  const offered = eventsOf(draft.form, keys?.items ?? []);
  const set = (parts: Partial<SinkDraft>) => {
    setDraft((now) => ({ ...now, ...parts }));
    setErrors({});
  };
  const save = async () => {
    try {
      if (sink) await sinks.change(sink.id, sinkChanges(draft, sink, offered));
      else onAdded?.(await sinks.add(newSink(draft, offered)));
      refreshSinks();
      if (sink) onClose();
    } catch (error) {
      if (error instanceof RequestError && error.status === 422) setErrors(sinkErrors(error.problem?.errors ?? [{ field: "", reason: error.message }]));
      else complain(error);
    }
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") (event.stopPropagation(), onClose());
  };
  const forms = [{ value: SMTP, label: "Reports, by SMTP" }, ...(keys?.items ?? []).map(({ name, title }) => ({ value: name, label: `Webhooks as ${title}` }))];
  return (
    <form
      className={editor.form}
      aria-label={sink ? "Edit the sink" : "New sink"}
      onKeyDown={key}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={editor.fields}>
        <NativeSelect
          className={styles.form ?? ""}
          label="What goes there"
          value={draft.form}
          data={forms}
          disabled={sink !== null}
          error={errors.form ?? false}
          onChange={(event) => set({ form: event.currentTarget.value, events: [] })}
        />
        <TextInput
          className={editor.wide ?? ""}
          label={draft.form === SMTP ? "Server" : "URL"}
          placeholder={draft.form === SMTP ? "localhost:2525" : "http://localhost:8000/hooks"}
          value={draft.target}
          error={errors.target ?? false}
          spellCheck={false}
          autoComplete="off"
          autoFocus
          onChange={(event) => set({ target: event.currentTarget.value })}
        />
        {takesSecret(draft.form) && (
          <TextInput
            type="password"
            className={editor.field ?? ""}
            label="The app's own secret"
            placeholder={sink?.has_secret ? "as it is" : "the sandbox's"}
            value={draft.secret}
            error={errors.secret ?? false}
            autoComplete="new-password"
            onChange={(event) => set({ secret: event.currentTarget.value })}
          />
        )}
      </div>
      <fieldset className={styles.kinds}>
        <legend>Only these (none for all)</legend>
        {offered.map((kind: EventKind) => (
          <Checkbox
            key={kind}
            size="xs"
            label={kind.replace(/_/g, " ")}
            checked={draft.events.includes(kind)}
            onChange={({ currentTarget: { checked } }) => set({ events: checked ? [...draft.events, kind] : draft.events.filter((one) => one !== kind) })}
          />
        ))}
      </fieldset>
      {(errors.whole ?? errors.events) && (
        <p className={styles.problem} role="alert">
          {errors.whole ?? errors.events}
        </p>
      )}
      <div className={styles.foot}>
        {keys && <span className={styles.note}>Targets may be in: {keys.outbound_allow}</span>}
        <span className={editor.spring} />
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit">
          {sink ? "Save" : "Add the sink"}
        </Button>
      </div>
    </form>
  );
}
