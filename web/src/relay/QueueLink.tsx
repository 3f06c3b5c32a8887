import { IconMailForward } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import frame from "../app/frame.module.css";
import { number } from "../ui/format";
import { queueQuery, statusQuery } from "./api";
import { queueing } from "./dialog";
import { isWaiting } from "./words";

/** The way to the queue, where mail may go on at all; its number is of what waits. */
export function QueueLink({ onGo }: { onGo?: () => void }) {
  const { data: status } = useQuery(statusQuery);
  const leads = Boolean(status?.release ?? status?.forward);
  const { data: items } = useQuery({ ...queueQuery, enabled: leads });
  if (!leads) return null;
  const waiting = items?.filter(isWaiting).length ?? 0;
  const show = () => {
    queueing.set(true);
    onGo?.();
  };
  return (
    <button type="button" className={frame.view} onClick={show}>
      <IconMailForward size={16} aria-hidden /> Relay queue
      {waiting > 0 && <span className={frame.number}>{number(waiting)}</span>}
    </button>
  );
}
