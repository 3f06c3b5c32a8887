import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { RequestError } from "../api/client";
import { complain } from "../ui/toast";
import { catalogueQuery, refreshProfiles, simulation } from "./api";
import styles from "./editor.module.css";
import { profileErrors, profileOf, type ProfileDraft, type ProfileErrors } from "./profile";

/** A domain profile as a form; `fixed` is one whose domain stands. */
export function ProfileEditor({ draft: given, fixed, onClose }: { draft: ProfileDraft; fixed: boolean; onClose(): void }) {
  const [draft, setDraft] = useState(given);
  const [errors, setErrors] = useState<ProfileErrors>({});
  const { data: catalogue } = useQuery(catalogueQuery);
  const set = (name: keyof ProfileDraft, value: string) => {
    setDraft((now) => ({ ...now, [name]: value }));
    setErrors({});
  };
  const save = async () => {
    const { profile, errors: wrong } = profileOf(draft);
    if (profile === null) return setErrors(wrong);
    try {
      await simulation.setProfile(draft.domain.trim(), profile);
      refreshProfiles();
      onClose();
    } catch (error) {
      if (error instanceof RequestError && error.status === 422) setErrors(profileErrors(error.problem?.errors ?? []));
      else complain(error);
    }
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Escape") (event.stopPropagation(), onClose());
  };
  const field = (name: keyof ProfileDraft, label: string, className: string | undefined, hint: string) => (
    <TextInput
      className={className ?? ""}
      label={label}
      placeholder={hint}
      value={draft[name]}
      error={errors[name] ?? false}
      spellCheck={false}
      autoComplete="off"
      autoFocus={name === (fixed ? "bounce" : "domain")}
      readOnly={fixed && name === "domain"}
      onChange={(event) => set(name, event.currentTarget.value)}
    />
  );
  const providers = catalogue?.providers.map(({ name, title }) => ({ value: name, label: title })) ?? [];
  return (
    <form
      className={styles.form}
      aria-label={fixed ? "Edit the domain" : "New domain"}
      onKeyDown={key}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles.fields}>
        {field("domain", "Domain", styles.field, "shop.test, *.shop.test")}
        <NativeSelect
          className={styles.choice ?? ""}
          label="Answers as"
          value={draft.provider}
          error={errors.provider ?? false}
          data={providers.length > 0 ? providers : [draft.provider]}
          onChange={(event) => set("provider", event.currentTarget.value)}
        />
        {field("bounce", "Bounces, in %", styles.short, "0")}
        {field("defer", "Deferred, in %", styles.short, "0")}
        {field("bounces", "Bounces with", styles.wide, "unknown_user, disabled, mailbox_full_hard, policy")}
        {field("deferrals", "Deferred with", styles.wide, "greylisted, mailbox_full, rate_limited, system_error")}
      </div>
      {errors.form && (
        <p className={styles.problem} role="alert">
          {errors.form}
        </p>
      )}
      <div className={styles.foot}>
        <span className={styles.spring} />
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit">
          {fixed ? "Save" : "Add the domain"}
        </Button>
      </div>
    </form>
  );
}
