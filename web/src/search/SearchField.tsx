import { CloseButton, Kbd, Popover, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { searchTrouble } from "../api/client";
import { usePlace } from "../app/place";
import { list } from "../app/state";
import { useStore } from "../ui/store";
import { searchField } from "./focus";
import styles from "./search.module.css";

const Syntax = lazy(() => import("./Syntax"));
const PAUSE_MS = 120;

/** Searches as one types; the words are in the address. */
export function SearchField() {
  const { scope, go } = usePlace();
  const [text, setText] = useState(scope.q);
  const [help, setHelp] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const error = useStore(list.state, (state) => searchTrouble(state.error));

  // The address changed by other means: back, a view, a link.
  useEffect(() => {
    clearTimeout(timer.current);
    setText(scope.q);
  }, [scope]);

  const type = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go({ scope: { ...scope, q: next }, replace: true }), PAUSE_MS);
  };
  const add = (term: string) => {
    type(text.trim() ? `${text.trim()} ${term}` : term);
    searchField()?.focus();
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      event.preventDefault();
      setHelp(false);
      if (text) type("");
      else event.currentTarget.blur();
    }
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      setHelp(false);
      document.querySelector<HTMLElement>("[data-row]")?.focus();
    }
  };
  return (
    <Popover opened={help} onChange={setHelp} position="bottom-start" offset={4} width={440} trapFocus={false} withinPortal closeOnClickOutside withRoles={false}>
      <Popover.Target>
        <TextInput
          className={styles.field ?? ""}
          type="text"
          size="xs"
          styles={{ input: { fontSize: 13 } }}
          role="searchbox"
          autoComplete="off"
          spellCheck={false}
          placeholder="Search mail"
          aria-label="Search mail"
          aria-invalid={Boolean(error && text)}
          value={text}
          maxLength={1000}
          error={error && text ? error : undefined}
          leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={text ? <CloseButton size="sm" aria-label="Clear the search" onClick={() => type("")} /> : <Kbd size="xs">/</Kbd>}
          onChange={(event) => {
            type(event.currentTarget.value);
            setHelp(event.currentTarget.value === "");
          }}
          onFocus={() => setHelp(text === "")}
          onClick={() => setHelp(text === "")}
          onBlur={(event) => {
            if (!(event.relatedTarget instanceof HTMLElement && event.relatedTarget.closest("[data-syntax]"))) setHelp(false);
          }}
          onKeyDown={key}
        />
      </Popover.Target>
      <Popover.Dropdown className={styles.help ?? ""} data-syntax role="region" aria-label="How to search">
        <Suspense fallback={null}>{help && <Syntax onPick={add} />}</Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
