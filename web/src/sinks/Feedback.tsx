import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { RequestError } from "../api/client";
import { queries } from "../app/state";
import { complain, say } from "../ui/toast";
import { feedbackQuery, sinks } from "./api";
import styles from "./sinks.module.css";

/** Who gets the complaints of this inbox. */
export function Feedback() {
  const { data } = useQuery(feedbackQuery);
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  if (!data) return null;
  const save = async () => {
    try {
      queries.setQueryData(feedbackQuery.queryKey, await sinks.feedback((typed ?? "").trim()));
      setTyped(null);
      say(typed ? `Complaints go to ${typed.trim()}` : "Complaints go where they went before");
    } catch (error) {
      if (error instanceof RequestError && error.status === 422) setWrong(error.problem?.errors?.[0]?.reason ?? error.message);
      else complain(error);
    }
  };
  return (
    <form
      className={styles.feedback}
      aria-label="Complaints"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextInput
        label="Complaints are addressed to"
        placeholder={data.default || "abuse@ the domain of each reverse-path"}
        value={typed ?? data.address}
        error={wrong || false}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => (setTyped(event.currentTarget.value), setWrong(""))}
      />
      {typed !== null && typed !== data.address && <Button type="submit">Save</Button>}
    </form>
  );
}
