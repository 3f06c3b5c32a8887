import { Fragment } from "react";
import { occurrences } from "./source";

/** Text in which what was searched for is marked. */
export function Marked({ text, needle }: { text: string; needle: string }) {
  const places = occurrences(text, needle.trim());
  if (places.length === 0) return text;
  let at = 0;
  return (
    <>
      {places.map(([start, end]) => {
        const before = text.slice(at, start);
        at = end;
        return (
          <Fragment key={start}>
            {before}
            <mark>{text.slice(start, end)}</mark>
          </Fragment>
        );
      })}
      {text.slice(at)}
    </>
  );
}
