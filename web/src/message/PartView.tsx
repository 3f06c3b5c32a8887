import { SegmentedControl } from "@mantine/core";
import { IconAlertTriangle, IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { apiUrl, partPath } from "../api/client";
import type { Message, Part } from "../api/types";
import { visible } from "../ui/bidi";
import { Copy } from "../ui/Copy";
import { bytes } from "../ui/format";
import { Tip } from "../ui/Tip";
import { fileName, previewOf } from "./parts";
import { Calendar, HexPreview, Picture, TextPreview } from "./Previews";
import styles from "./parts.module.css";

type Side = "content" | "source";

/** One part: what it says of itself, what is wrong with it, what is in it. */
export function PartView({ message, part }: { message: Message; part: Part }) {
  const kind = previewOf(part);
  const [side, setSide] = useState<Side>("content");
  // The root of a multipart has no number, and its content is its parts.
  const addressable = part.path !== "";
  return (
    <div className={styles.view}>
      <div className={styles.bar}>
        <strong className="ellipsis">{part.filename || part.path ? fileName(part) : "The whole message"}</strong>
        <span className={styles.spring} />
        {addressable && kind !== "container" && (
          <SegmentedControl
            aria-label="What of the part"
            value={side}
            onChange={(value) => setSide(value as Side)}
            data={[{ value: "content", label: "Content" }, { value: "source", label: "As received" }]}
          />
        )}
        {addressable && (
          <Tip label="Download this part" onClick={() => location.assign(apiUrl(partPath(message.id, part.path), { download: true }))}>
            <IconDownload size={16} />
          </Tip>
        )}
      </div>
      <Facts part={part} />
      {part.defects.map((defect, index) => (
        <p key={index} className={styles.defect}>
          <IconAlertTriangle size={14} aria-hidden /> <span>{defect.text}</span> <code>{defect.code}</code>
        </p>
      ))}
      <div className={styles.content}>{side === "source" ? <TextPreview url={apiUrl(partPath(message.id, part.path), { source: true })} /> : <Content message={message} part={part} />}</div>
    </div>
  );
}

function Facts({ part }: { part: Part }) {
  const facts: [string, string][] = [
    ["Type", part.content_type],
    ["Charset", part.charset],
    ["Encoding", part.encoding],
    ["Disposition", part.disposition],
    ["File name", part.filename],
    ["Content-ID", part.content_id],
    ["Size", sizes(part)],
    ...Object.entries(part.parameters).filter(([name]) => !["charset", "name"].includes(name)).map(([name, value]): [string, string] => [name, value]),
  ];
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value], index) => (
          <div key={index}>
            <dt>{visible(name)}</dt>
            <dd>
              <bdi>{visible(value).slice(0, 500)}</bdi>
              {name === "Content-ID" && <Copy value={`cid:${value}`} label="Copy as cid: address" size={20} />}
            </dd>
          </div>
        ))}
    </dl>
  );
}

function sizes({ size_bytes, encoded_bytes, children }: Part): string {
  if (children.length > 0) return bytes(encoded_bytes);
  return size_bytes === encoded_bytes ? bytes(size_bytes) : `${bytes(size_bytes)}, ${bytes(encoded_bytes)} encoded`;
}

function Content({ message, part }: { message: Message; part: Part }) {
  const url = apiUrl(partPath(message.id, part.path));
  const asText = apiUrl(partPath(message.id, part.path), { as: "text" });
  switch (previewOf(part)) {
    case "container":
      return <p className={styles.hint}>{part.children.length === 1 ? "One part is inside." : `${part.children.length} parts are inside.`} Choose one in the tree.</p>;
    case "image":
      return <Picture url={url} name={fileName(part)} />;
    case "calendar":
      return <Calendar url={asText} />;
    case "text":
      return <TextPreview url={asText} />;
    case "message":
      return <TextPreview url={apiUrl(partPath(message.id, part.path), { source: true })} />;
    case "hex":
      return <HexPreview url={apiUrl(partPath(message.id, part.path), { download: true })} size_bytes={part.size_bytes} />;
  }
}
