import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Sink } from "../api/schema";
import { Copy } from "../ui/Copy";
import { keysQuery } from "./api";
import styles from "./sinks.module.css";

/** What the app needs to check what a new webhook sends; shown once, when it has been added. */
export function Proof({ sink, onClose }: { sink: Sink; onClose(): void }) {
  const { data: keys } = useQuery(keysQuery);
  const provider = keys?.items.find(({ name }) => name === sink.provider);
  if (!keys || !provider) return null;
  const [words, value] = proofOf(sink, provider.proof, provider.value, keys.certificate_url);
  return (
    <section className={styles.proof} aria-label="What the app needs">
      <div>
        <p>
          <strong>{provider.title}</strong> {words}
        </p>
        {value && (
          <p className={styles.value}>
            <code>{value}</code>
            <Copy value={value} label="Copy it" />
          </p>
        )}
      </div>
      <Button onClick={onClose}>Done</Button>
    </section>
  );
}

function proofOf(sink: Sink, proof: string, value: string, certificate: string): [words: string, value: string] {
  if (sink.has_secret) return ["is added. It signs with the secret that you gave.", ""];
  switch (proof) {
    case "secret":
      return ["is added. Paste its signing secret into the app:", value];
    case "public_key":
      return ["is added. Paste its public key into the app:", value];
    case "certificate":
      return ["is added, and the app is asked to confirm. The certificate that its messages name:", certificate];
    default:
      return [sink.has_password ? "is added. It proves itself by the password in the URL." : "is added. It signs nothing: a name and a password in the URL would prove it.", ""];
  }
}
