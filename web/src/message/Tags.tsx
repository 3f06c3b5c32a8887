import { TagsInput } from "@mantine/core";
import { IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { usePlace } from "../app/place";
import { setMarks } from "../list/actions";
import { cleanTags, searchOfTag, tagsQuery } from "../list/tags";
import heading from "./heading.module.css";
import styles from "./message.module.css";

/** The tags of a message, each a search for its like; and a field to change them in. */
export function Tags({ id, tags }: { id: string; tags: readonly string[] }) {
  const [editing, setEditing] = useState(false);
  if (editing) return <Editor id={id} tags={tags} onDone={() => setEditing(false)} />;
  return (
    <span className={heading.tags}>
      {tags.map((tag) => (
        <TagLink key={tag} tag={tag} />
      ))}
      <button type="button" className={styles.more} onClick={() => setEditing(true)}>
        <IconTag size={13} aria-hidden /> {tags.length > 0 ? "Edit tags" : "Add tags"}
      </button>
    </span>
  );
}

function TagLink({ tag }: { tag: string }) {
  const { go, href } = usePlace();
  const target = { place: { name: "list" as const }, scope: { view: "all" as const, q: searchOfTag(tag) } };
  return (
    <a
      className={heading.tag}
      href={href(target)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey) return;
        event.preventDefault();
        go(target);
      }}
    >
      {tag}
    </a>
  );
}

function Editor({ id, tags, onDone }: { id: string; tags: readonly string[]; onDone(): void }) {
  const { data } = useQuery(tagsQuery);
  const [value, setValue] = useState<string[]>([...tags]);
  const save = () => {
    onDone();
    const next = cleanTags(value);
    if (next.join("\n") !== tags.join("\n")) void setMarks([id], { tags: next });
  };
  return (
    <TagsInput
      className={heading.editor ?? ""}
      size="xs"
      aria-label="Tags of this message"
      placeholder="Type a tag, then Enter"
      data={data?.tags.map(({ name }) => name) ?? []}
      value={value}
      onChange={setValue}
      onBlur={save}
      acceptValueOnBlur
      splitChars={[","]}
      maxTags={100}
      autoFocus
      onKeyDown={(event) => {
        if (event.key === "Escape") {
          event.stopPropagation();
          onDone();
        }
      }}
    />
  );
}
