import { IconAlertTriangle, IconCalendarEvent, IconCode, IconFile, IconFileText, IconFolder, IconMail, IconPhoto, type Icon } from "@tabler/icons-react";
import { useRef, type KeyboardEvent } from "react";
import type { Message, Part } from "../api/types";
import { visible } from "../ui/bidi";
import { bytes } from "../ui/format";
import { PartView } from "./PartView";
import { flatten, previewOf, type Node, type Preview } from "./parts";
import { useTab } from "./tabs";
import styles from "./parts.module.css";

const SIGNS: Record<Preview, Icon> = {
  container: IconFolder, image: IconPhoto, text: IconFileText, calendar: IconCalendarEvent, message: IconMail, hex: IconFile,
};

/** The MIME tree, and beside it the selected part: facts, content, own source. */
export default function Parts({ message, selected }: { message: Message; selected: string | null }) {
  const nodes = flatten(message.parts);
  const current = nodes.find(({ part }) => part.path === selected) ?? nodes.find(({ part }) => previewOf(part) !== "container") ?? nodes[0];
  const openTab = useTab(message.id);
  const tree = useRef<HTMLDivElement>(null);
  const choose = (part: Part) => openTab("parts", part.path || null);
  const key = (event: KeyboardEvent) => {
    const at = nodes.findIndex((node) => node === current);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: nodes.length - 1 }[event.key];
    const node = to === undefined ? undefined : nodes[to];
    if (!node) return;
    event.preventDefault();
    choose(node.part);
    tree.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[to as number]?.focus();
  };
  return (
    <div className={styles.split}>
      <div ref={tree} role="tree" aria-label="MIME parts" className={styles.tree} onKeyDown={key}>
        {nodes.map((node, index) => (
          <Leaf key={`${node.part.path}-${index}`} node={node} selected={node === current} onChoose={() => choose(node.part)} />
        ))}
      </div>
      {current && <PartView key={current.part.path} message={message} part={current.part} />}
    </div>
  );
}

function Leaf({ node: { part, depth }, selected, onChoose }: { node: Node; selected: boolean; onChoose(): void }) {
  const kind = previewOf(part);
  const Sign = part.content_type === "text/html" ? IconCode : SIGNS[kind];
  const about = [part.charset, part.encoding, part.disposition].filter(Boolean).map(visible).join(" · ");
  return (
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      className={styles.leaf}
      style={{ paddingLeft: 8 + Math.min(depth, 8) * 16 }}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") onChoose();
      }}
    >
      <Sign size={16} className={styles.sign} aria-hidden />
      <span className={styles.leafText}>
        <span className={styles.type}>
          {part.path && <span className={styles.path}>{part.path}</span>}
          <span className="ellipsis">{visible(part.content_type)}</span>
          {part.defects.length > 0 && <IconAlertTriangle size={13} className={styles.warn} aria-label="with a defect" />}
        </span>
        {part.filename && <bdi className="ellipsis">{visible(part.filename)}</bdi>}
        {about && <span className={styles.about}>{about}</span>}
      </span>
      {part.children.length === 0 && <span className={styles.size}>{bytes(part.size_bytes)}</span>}
    </div>
  );
}
