import { useSettings } from "../settings/store";
import { exact, listTime } from "./format";
import { useNow } from "./useNow";

/** A time as the settings want it, the exact one on hover. */
export function Moment({ at, className }: { at: string; className?: string }) {
  const { time, zone } = useSettings();
  return (
    <time dateTime={at} title={exact(at, zone)} className={className}>
      {listTime(at, useNow(), { style: time, zone })}
    </time>
  );
}
