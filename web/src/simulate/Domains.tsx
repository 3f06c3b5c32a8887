import { Button } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Profile } from "../api/schema";
import { usePlace } from "../app/place";
import { useCommands } from "../keys/commands";
import { visible } from "../ui/bidi";
import { complain, say } from "../ui/toast";
import { Tip } from "../ui/Tip";
import { Trouble } from "../ui/Trouble";
import { catalogueQuery, profilesQuery, refreshProfiles, simulation } from "./api";
import { BLANK_PROFILE, profileDraft, rateWords } from "./profile";
import { ProfileEditor } from "./ProfileEditor";
import styles from "./rules.module.css";
import { ViewHead } from "./Simulate";
import simulate from "./simulate.module.css";

const NEW = "new";
const UNDO_MS = 8_000;
const ORIGINS: Record<string, [label: string, title: string]> = {
  "built-in": ["built in", "Every sandbox has it"],
  start: ["start", "From an option or the file of rules of the start"],
};

/** The domains that answer in a provider's words, or fail by themselves. `opened` is one of them, or `new`. */
export function Domains({ opened }: { opened: string | null }) {
  const { data: profiles, error } = useQuery(profilesQuery);
  const { go } = usePlace();
  const open = (item: string | null) => go({ place: { name: "simulate", view: "domains", item }, replace: true });
  useCommands([{ name: "new-domain", title: "New domain", group: "View", keys: ["n"], run: () => open(NEW) }]);
  if (error) return <Trouble error={error} title="The domains cannot be shown" />;
  return (
    <section className={styles.page} aria-label="Domains">
      <ViewHead view="domains" lead="In whose words a domain answers, and how often it fails by itself.">
        <Button variant="filled" leftSection={<IconPlus size={15} />} onClick={() => open(NEW)}>
          New domain
        </Button>
      </ViewHead>
      <div className={simulate.scroll}>
        {opened === NEW && <ProfileEditor draft={BLANK_PROFILE} fixed={false} onClose={() => open(null)} />}
        {profiles && <Table profiles={ownFirst(profiles)} opened={opened} onOpen={open} />}
      </div>
    </section>
  );
}

const rank = ({ origin }: Profile): number => ["api", "start", "built-in"].indexOf(origin);
const ownFirst = (profiles: readonly Profile[]): Profile[] => [...profiles].sort((a, b) => rank(a) - rank(b));

function Table({ profiles, opened, onOpen }: { profiles: readonly Profile[]; opened: string | null; onOpen(domain: string | null): void }) {
  return (
    <table className={`${styles.table} ${styles.domains}`}>
      <thead>
        <tr>
          <th scope="col">Domain</th>
          <th scope="col">Answers as</th>
          <th scope="col" className={styles.right}>
            Bounces
          </th>
          <th scope="col" className={styles.right}>
            Deferred
          </th>
          <th scope="col">
            <span className="unseen">More</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {profiles.map((profile) => (
          <Row key={profile.domain} profile={profile} open={opened === profile.domain} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ profile, open, onOpen }: { profile: Profile; open: boolean; onOpen(domain: string | null): void }) {
  const { data: catalogue } = useQuery(catalogueQuery);
  const title = catalogue?.providers.find(({ name }) => name === profile.provider)?.title ?? profile.provider;
  const origin = ORIGINS[profile.origin];
  return (
    <>
      <tr data-open={open || undefined}>
        <td className={styles.name}>
          <button type="button" data-domain={profile.domain} aria-expanded={open} onClick={() => onOpen(open ? null : profile.domain)}>
            <bdi>{visible(profile.domain)}</bdi>
          </button>
          {origin && (
            <span className={styles.tag} title={origin[1]}>
              {origin[0]}
            </span>
          )}
        </td>
        <td>{title}</td>
        <td className={styles.right} data-label="bounces">
          {rateWords(profile.bounce)}
        </td>
        <td className={styles.right} data-label="deferred">
          {rateWords(profile.defer)}
        </td>
        <td className={styles.more}>
          {profile.origin === "api" && (
            <Tip label={`Delete ${visible(profile.domain)}`} onClick={() => void remove(profile)}>
              <IconTrash size={15} />
            </Tip>
          )}
        </td>
      </tr>
      {open && (
        <tr className={styles.editing}>
          <td colSpan={5}>
            <ProfileEditor draft={profileDraft(profile)} fixed onClose={() => onOpen(null)} />
          </td>
        </tr>
      )}
    </>
  );
}

async function remove({ domain, origin: _origin, ...parts }: Profile): Promise<void> {
  try {
    await simulation.deleteProfile(domain);
    const undo = () => void simulation.setProfile(domain, parts).catch(complain).finally(refreshProfiles);
    let used = false;
    say(`${visible(domain)} deleted`, { action: { label: "Undo", run: () => !used && ((used = true), undo()) }, for_ms: UNDO_MS });
  } catch (error) {
    complain(error);
  }
  refreshProfiles();
}
