import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import type { Message } from "../api/types";
import { change, useSettings } from "../settings/store";
import { bidiName, visibleLines } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { useLate } from "../ui/useLate";
import { linkify, type Span } from "./linkify";
import { textQuery } from "./Notes";
import { Bones } from "./Bones";
import { linesOf } from "./source";
import styles from "./message.module.css";
import prose from "./text.module.css";

const CHUNK = 200;

/** The plain text as its reader sees it: links work, quotes step back, turning characters show. */
export default function Text({ message }: { message: Message }) {
  const { data, error, isPending } = useQuery(textQuery(message.id));
  const { fixedWidth } = useSettings();
  const late = useLate(isPending);
  const chunks = useMemo(() => {
    const lines = linesOf(data?.text ?? "");
    return Array.from({ length: Math.ceil(lines.length / CHUNK) }, (_, index) => lines.slice(index * CHUNK, (index + 1) * CHUNK).join("\n"));
  }, [data]);
  if (error) return <p className={styles.problem}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  return (
    <div className={styles.fill}>
      <div className={styles.looks}>
        <Switch size="xs" label="Fixed width" checked={fixedWidth} onChange={(event) => change({ fixedWidth: event.currentTarget.checked })} />
        <span className={styles.spring} />
        <Copy value={data.text} label="Copy the text" size={26} />
      </div>
      <div className={styles.scroll} tabIndex={0} aria-label="Text of the mail" role="region" data-arrows>
        {data.text.trim() === "" ? (
          <p className={styles.problem}>{message.has_html ? "There is no plain text beside the HTML: readers without HTML see nothing." : "The body is empty."}</p>
        ) : (
          <div className={prose.text} data-fixed={fixedWidth || undefined} dir="auto">
            {chunks.map((chunk, index) => (
              <Chunk key={index} text={chunk} />
            ))}
            {data.truncated && <p className={styles.problem}>Only the beginning is shown; the whole text is in the download.</p>}
          </div>
        )}
      </div>
    </div>
  );
}

const Chunk = memo(function Chunk({ text }: { text: string }) {
  return (
    <div className={prose.chunk}>
      {text.split("\n").map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </div>
  );
});

const Line = memo(function Line({ line }: { line: string }) {
  const depth = /^(?:> ?)+/u.exec(line)?.[0].replace(/ /gu, "").length ?? 0;
  return (
    <div data-quote={Math.min(depth, 3) || undefined} data-long={line.length > 20_000 || undefined}>
      {line === "" ? <br /> : linkify(line).map((span, index) => <Piece key={index} span={span} />)}
    </div>
  );
});

function Piece({ span }: { span: Span }) {
  if (span.kind === "text") return visibleLines(span.text);
  if (span.kind === "bidi") {
    return (
      <span className={prose.bidi} title="A character that changes the direction of the text">
        {bidiName(span.character)}
      </span>
    );
  }
  return (
    <a href={span.url} target="_blank" rel="noopener noreferrer nofollow">
      {span.text}
    </a>
  );
}
