import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import type { Message } from "../api/types";
import { useLate } from "../ui/useLate";
import { Bones } from "./Bones";
import { Dialogue } from "./Dialogue";
import styles from "./wire.module.css";

/** The SMTP dialogue that carried the message. */
export default function Wire({ message }: { message: Message }) {
  const { data, error, isPending } = useQuery({
    queryKey: ["transcript", message.id],
    queryFn: ({ signal }) => api.transcript(message.id, signal),
    // The end of the connection is written when it ends.
    staleTime: (query) => (query.state.data?.session?.closed_at ? Number.POSITIVE_INFINITY : 2_000),
  });
  const late = useLate(isPending);
  if (error) return <p className={styles.hint}>{error.message}</p>;
  if (!data) return late ? <Bones /> : null;
  return <Dialogue session={data.session} lines={data.lines} />;
}
