import { Button, SegmentedControl, Switch } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, apiUrl, messagePath } from "../api/client";
import type { Message } from "../api/types";
import { change, useSettings } from "../settings/store";
import { Copy } from "../ui/Copy";
import { Tip } from "../ui/Tip";
import { useLate } from "../ui/useLate";
import { Bones } from "./Bones";
import { SourceLines } from "./SourceLines";
import { useTab } from "./tabs";
import styles from "./message.module.css";

const FIRST_LIMIT = 1_000_000;

/** The message as received, or the source of its HTML: search, folding, download. */
export default function Source({ message, html }: { message: Message; html: boolean }) {
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const { wrap } = useSettings();
  const openTab = useTab(message.id);
  const path = messagePath(message.id, html ? "/html/source" : "/raw");
  const { data, error, isPending } = useQuery({
    queryKey: ["source", message.id, html, limit],
    queryFn: ({ signal }) => api.text(apiUrl(path), limit, signal),
    gcTime: 30_000,
  });
  const late = useLate(isPending);
  const bar = (
    <>
      {message.has_html && (
        <SegmentedControl
          aria-label="Which source"
          value={html ? "html" : "raw"}
          onChange={(value) => openTab("source", value === "html" ? "html" : null)}
          data={[{ value: "raw", label: "Message" }, { value: "html", label: "HTML" }]}
        />
      )}
      <Switch size="xs" label="Wrap" checked={wrap} onChange={(event) => change({ wrap: event.currentTarget.checked })} />
    </>
  );
  if (error) return <p className={styles.problem}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  return (
    <SourceLines
      key={`${html}-${limit}`}
      text={data.text}
      kind={html ? "html" : "message"}
      wrap={wrap}
      bar={bar}
      end={
        <>
          {data.truncated && (
            <Button size="compact-sm" onClick={() => setLimit(limit * 8)}>
              Show more
            </Button>
          )}
          <Copy value={data.text} label={data.truncated ? "Copy what is shown" : "Copy the source"} size={26} />
          <Tip label="Download" onClick={() => location.assign(apiUrl(path, html ? {} : { download: true }))}>
            <IconDownload size={16} />
          </Tip>
        </>
      }
    />
  );
}
