import styles from "./search.module.css";

const TERMS: [term: string, meaning: string][] = [
  ["invoice paid", "both words, anywhere, also inside of words"],
  ['"reset your password"', "these words in this order"],
  ["from:acme", "in the author's name or address"],
  ["to:ann@x.test", "among the recipients; also cc: and bcc:"],
  ["subject:welcome", "in the subject"],
  ["has:attachment", "carries files"],
  ["tag:invoice", "has exactly this tag"],
  ["is:unread", "not opened yet; also is:pinned"],
  ["after:2026-11-01", "since a day; also before:"],
  ["larger:1M", "more than 1 MB"],
  ["-newsletter", "without; works with all of these"],
];

/** How to search, each line a button that adds it. */
export default function Syntax({ onPick }: { onPick(term: string): void }) {
  return (
    <div className={styles.terms}>
      {TERMS.map(([term, meaning]) => (
        <button type="button" key={term} className={styles.term} onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(term)}>
          <code>{term}</code>
          <span>{meaning}</span>
        </button>
      ))}
    </div>
  );
}
