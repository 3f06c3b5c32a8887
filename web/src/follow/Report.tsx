import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { api, apiUrl, partPath } from "../api/client";
import type { Finding, Outcome, Report as ReportValue } from "../api/schema";
import { useSettings } from "../settings/store";
import { visible, visibleLines } from "../ui/bidi";
import { exact } from "../ui/format";
import { Trouble } from "../ui/Trouble";
import { reportQuery } from "./api";
import styles from "./follow.module.css";
import { PlaceLink } from "./PlaceLink";
import { verdictWords } from "./words";

/** A report as it was understood: plain words, a table, and what its RFC says to it. */
export default function Report({ id }: { id: string }) {
  const { data, error } = useQuery(reportQuery(id));
  if (error) return <Trouble error={error} title="This report cannot be read" />;
  if (!data) return <div aria-busy="true" />;
  return (
    <div className={styles.report}>
      <Original report={data} />
      <div className={styles.beside}>
        <div>
          {data.outcomes.map((one, place) => (
            <About key={place} outcome={one} />
          ))}
          <Facts report={data} />
        </div>
        <Raw id={id} path={data.path} />
      </div>
      <Verdict report={data} />
    </div>
  );
}

function Original({ report: { original, return_path: layers } }: { report: ReportValue }) {
  return (
    <p className={styles.original}>
      About <bdi>{visible(original.subject || original.message_id || "an earlier message")}</bdi>
      {original.id ? (
        <PlaceLink place={{ name: "message", id: original.id, tab: null, part: null }}>Open the original</PlaceLink>
      ) : (
        <span className="dim">which is not in this inbox</span>
      )}
      {layers.map((one) => (
        <span key={one.explanation} className="mono dim">
          {visible(one.explanation)}
        </span>
      ))}
    </p>
  );
}

function About({ outcome }: { outcome: Outcome }) {
  const { zone } = useSettings();
  const rows: [string, string][] = [
    ["Final recipient", outcome.address],
    ["Original recipient", outcome.original_address],
    ["Action", outcome.action],
    ["Status", outcome.status_meaning ? `${outcome.status}: ${outcome.status_meaning}` : outcome.status],
    ["Remote MTA", outcome.remote_mta],
    ["Diagnostic", outcome.diagnostic],
    ["Last attempt", outcome.last_attempt ? exact(outcome.last_attempt, zone) : ""],
    ["Retried until", outcome.will_retry_until ? exact(outcome.will_retry_until, zone) : ""],
  ];
  return (
    <section aria-label={`About ${outcome.address}`}>
      <p className={styles.explanation}>{visible(outcome.explanation)}</p>
      <Known rows={rows} />
    </section>
  );
}

const RAW_LIMIT = 20_000;

/** The part that the tables are read from, as it came. */
function Raw({ id, path }: { id: string; path: string }) {
  const url = apiUrl(partPath(id, path), { as: "text" });
  const { data } = useQuery({ queryKey: ["content", url, RAW_LIMIT], queryFn: ({ signal }) => api.text(url, RAW_LIMIT, signal), retry: false });
  if (!data?.text) return null;
  return (
    <pre className={styles.raw} tabIndex={0} aria-label={`Part ${path} as it came`}>
      {visibleLines(data.text)}
      {data.truncated && "…"}
    </pre>
  );
}

function Facts({ report }: { report: ReportValue }) {
  const { zone } = useSettings();
  const rows: [string, string][] = [
    ["Kind", report.kind],
    ["In the form of", report.agent],
    ["Reporting MTA", report.reporting_mta],
    ["Arrival", report.arrival ? exact(report.arrival, zone) : ""],
    ["Envelope id", report.original.envelope_id],
  ];
  return <Known rows={rows} label="About the report" />;
}

/** A table of what is known: names with values, without those that are empty. */
function Known({ rows, label }: { rows: readonly [string, string][]; label?: string }) {
  return (
    <table className={styles.table} aria-label={label}>
      <tbody>
        {rows.filter(([, value]) => value).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="mono">{visible(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Verdict({ report }: { report: ReportValue }) {
  const Sign = { right: IconCheck, deviates: IconAlertTriangle, wrong: IconX }[report.verdict];
  return (
    <section className={styles.verdict} data-verdict={report.verdict} aria-label="Checklist">
      <h2>
        <Sign size={15} aria-hidden /> {verdictWords(report)}
      </h2>
      <ul>
        {report.findings.map((one, place) => (
          <Deviation key={place} finding={one} />
        ))}
      </ul>
    </section>
  );
}

function Deviation({ finding }: { finding: Finding }) {
  return (
    <li data-level={finding.level}>
      {finding.text} <span className="dim">{finding.section}</span>
      {finding.detail && <span className="mono dim"> {visible(finding.detail)}</span>}
    </li>
  );
}
