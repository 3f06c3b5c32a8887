import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api } from "../api/client";
import { visibleLines } from "../ui/bidi";
import { bytes } from "../ui/format";
import { useLate } from "../ui/useLate";
import { Bones } from "./Bones";
import { facts } from "./calendar";
import { hexLines } from "./parts";
import styles from "./parts.module.css";

const TEXT_LIMIT = 300_000;
const HEX_LIMIT = 4_096;

function useText(url: string) {
  return useQuery({ queryKey: ["content", url], queryFn: ({ signal }) => api.text(url, TEXT_LIMIT, signal), gcTime: 30_000 });
}

export function TextPreview({ url }: { url: string }) {
  const { data, error, isPending } = useText(url);
  const late = useLate(isPending);
  if (error) return <p className={styles.hint}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  return (
    <>
      <pre className={styles.pre} tabIndex={0} aria-label="Content of the part">
        {visibleLines(data.text) || "(empty)"}
      </pre>
      {data.truncated && <p className={styles.hint}>Only the first {bytes(TEXT_LIMIT)} are shown.</p>}
    </>
  );
}

export function Calendar({ url }: { url: string }) {
  const { data } = useText(url);
  const found = useMemo(() => facts(data?.text ?? ""), [data]);
  return (
    <>
      {found.length > 0 && (
        <dl className={styles.calendar}>
          {found.map(({ name, value }, index) => (
            <div key={index}>
              <dt>{name}</dt>
              <dd>{visibleLines(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <TextPreview url={url} />
    </>
  );
}

export function Picture({ url, name }: { url: string; name: string }) {
  const [size, setSize] = useState("");
  const [broken, setBroken] = useState(false);
  if (broken) return <p className={styles.hint}>The browser cannot read this picture.</p>;
  return (
    <figure className={styles.figure}>
      <img
        src={url}
        alt={name}
        onError={() => setBroken(true)}
        onLoad={(event) => setSize(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight} pixels`)}
      />
      <figcaption>{size}</figcaption>
    </figure>
  );
}

export function HexPreview({ url, size_bytes }: { url: string; size_bytes: number }) {
  const { data, error, isPending } = useQuery({ queryKey: ["bytes", url], queryFn: ({ signal }) => api.bytes(url, HEX_LIMIT, signal), gcTime: 30_000 });
  const late = useLate(isPending);
  if (error) return <p className={styles.hint}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  return (
    <>
      <pre className={styles.pre} data-hex tabIndex={0} aria-label="First bytes of the part">
        {hexLines(data.bytes).join("\n") || "(empty)"}
      </pre>
      {data.truncated && (
        <p className={styles.hint}>
          The first {bytes(HEX_LIMIT)} of {bytes(size_bytes)}.
        </p>
      )}
    </>
  );
}
