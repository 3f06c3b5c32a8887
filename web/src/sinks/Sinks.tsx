import { Button, Switch } from "@mantine/core";
import { IconPlus, IconRefresh, IconSend, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Sink } from "../api/schema";
import { usePlace } from "../app/place";
import { sinksQuery } from "../follow/api";
import { Departure } from "../follow/Departures";
import follow from "../follow/follow.module.css";
import { useCommands } from "../keys/commands";
import rules from "../simulate/rules.module.css";
import { ViewHead } from "../simulate/Simulate";
import simulate from "../simulate/simulate.module.css";
import { visible } from "../ui/bidi";
import { confirmStore } from "../ui/confirm";
import { Tip } from "../ui/Tip";
import { complain, say } from "../ui/toast";
import { Trouble } from "../ui/Trouble";
import { keysQuery, newestQuery, refreshSinks, sinks } from "./api";
import { kindsWords, standing } from "./draft";
import { Feedback } from "./Feedback";
import { Proof } from "./Proof";
import { SinkEditor } from "./SinkEditor";
import styles from "./sinks.module.css";

const NEW = "new";

/** Where reports and events go besides the inbox. `opened` is one of them by its id, or `new`. */
export function Sinks({ opened }: { opened: string | null }) {
  const { data, error } = useQuery(sinksQuery);
  const [added, setAdded] = useState<Sink | null>(null);
  const { go } = usePlace();
  const open = (item: string | null) => go({ place: { name: "simulate", view: "sinks", item }, replace: true });
  const begin = () => (setAdded(null), open(NEW));
  useCommands([{ name: "new-sink", title: "New sink", group: "View", keys: ["n"], run: begin }]);
  if (error) return <Trouble error={error} title="The sinks cannot be shown" />;
  const keep = (sink: Sink) => (setAdded(sink.kind === "webhook" ? sink : null), open(null));
  return (
    <section className={rules.page} aria-label="Sinks">
      <ViewHead view="sinks" lead="Where reports and events go besides the inbox: your bounce host, your webhook endpoint.">
        <Button variant="filled" leftSection={<IconPlus size={15} />} onClick={begin}>
          New sink
        </Button>
      </ViewHead>
      <div className={simulate.scroll}>
        {opened === NEW && <SinkEditor sink={null} onClose={() => open(null)} onAdded={keep} />}
        {added && <Proof sink={added} onClose={() => setAdded(null)} />}
        {data && data.length > 0 && <Table items={data} opened={opened} onOpen={open} />}
        {data?.length === 0 && opened !== NEW && <Nothing />}
        <Feedback />
        <Newest items={data ?? []} />
      </div>
    </section>
  );
}

function Nothing() {
  return (
    <div className={rules.empty}>
      <h2>Nothing leaves yet</h2>
      <p>
        Bounces, delays and complaints are in the inbox. A sink hands them on as well: reports by SMTP to a bounce host, or events to an endpoint in the words of your mail provider, signed and repeated as
        theirs.
      </p>
    </div>
  );
}

function Table({ items, opened, onOpen }: { items: readonly Sink[]; opened: string | null; onOpen(id: string | null): void }) {
  return (
    <table className={`${rules.table} ${rules.domains} ${styles.table}`}>
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col">In whose words</th>
          <th scope="col">What goes there</th>
          <th scope="col">On</th>
          <th scope="col">
            <span className="unseen">More</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((sink) => (
          <Row key={sink.id} sink={sink} open={opened === sink.id} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ sink, open, onOpen }: { sink: Sink; open: boolean; onOpen(id: string | null): void }) {
  const { data: keys } = useQuery(keysQuery);
  const provider = keys?.items.find(({ name }) => name === sink.provider);
  const state = standing(sink);
  const name = visible(sink.target);
  return (
    <>
      <tr data-open={open || undefined} data-off={sink.enabled ? undefined : true}>
        <td className={rules.name}>
          <button type="button" data-sink={sink.id} aria-expanded={open} onClick={() => onOpen(open ? null : sink.id)}>
            <bdi>{name}</bdi>
          </button>
          {sink.origin === "options" && (
            <span className={rules.tag} title="From an option of the start">
              start
            </span>
          )}
          {state && <span className={styles.state}>{state}</span>}
        </td>
        <td>{provider?.title ?? (sink.provider || "SMTP")}</td>
        <td className={styles.what}>{kindsWords(sink.events.length === provider?.events.length ? [] : sink.events)}</td>
        <td>
          <Switch size="xs" aria-label={`Send to ${name}`} checked={sink.enabled} onChange={(event) => void set(sink, event.currentTarget.checked)} />
        </td>
        <td className={`${rules.more} ${styles.more}`}>
          {sink.is_waiting && (
            <Tip label={`Ask ${name} again to confirm`} onClick={() => void ask(sink)}>
              <IconRefresh size={15} />
            </Tip>
          )}
          <Tip label={`Try ${name}`} onClick={() => void attempt(sink)}>
            <IconSend size={15} />
          </Tip>
          <Tip label={`Delete ${name}`} onClick={() => askRemove(sink)}>
            <IconTrash size={15} />
          </Tip>
        </td>
      </tr>
      {open && (
        <tr className={rules.editing}>
          <td colSpan={5}>
            <SinkEditor sink={sink} onClose={() => onOpen(null)} />
          </td>
        </tr>
      )}
    </>
  );
}

/** What went, goes or will go, the newest first. */
function Newest({ items }: { items: readonly Sink[] }) {
  const { data } = useQuery(newestQuery);
  if (!data || data.length === 0) return null;
  return (
    <section className={styles.newest} aria-label="Sent lately">
      <h2>Sent lately</h2>
      <div className={follow.steps}>
        <ol>
          {data.map((one) => (
            <Departure key={one.id} attempt={one} sink={items.find(({ id }) => id === one.sink)} />
          ))}
        </ol>
      </div>
    </section>
  );
}

const done = async (work: Promise<unknown>, words?: string): Promise<void> => {
  try {
    await work;
    if (words) say(words);
  } catch (error) {
    complain(error);
  }
  refreshSinks();
};

const set = (sink: Sink, enabled: boolean) => done(sinks.change(sink.id, { enabled }));
const ask = (sink: Sink) => done(sinks.ask(sink.id), "It is asked once more");
const attempt = (sink: Sink) => done(sinks.trial(sink.id).then(({ kind }) => say(`A mail of the sandbox's own is on its way: ${kind.replace(/_/g, " ")}`)));

function askRemove(sink: Sink): void {
  confirmStore.set({
    title: `Delete ${visible(sink.target)}?`,
    text: "What is on its way to it is cancelled. What was sent stays listed.",
    label: "Delete",
    run: () => void done(sinks.remove(sink.id)),
  });
}
