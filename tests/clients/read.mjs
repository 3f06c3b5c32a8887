// Reads an INBOX with ImapFlow, and waits for one more message: node read.mjs PORT. Prints a JSON value a line.
import { createHash } from "node:crypto";
import { ImapFlow } from "imapflow";

const client = new ImapFlow({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  secure: false,
  tls: { rejectUnauthorized: false },
  auth: { user: "everything", pass: "x" },
  logger: false,
});

// Not those of messages inside, which it numbers in its own way.
function parts(node) {
  return node.childNodes && !node.type.startsWith("message/") ? node.childNodes.flatMap(parts) : [[node.part ?? "1", node.type, node.size ?? 0]];
}

await client.connect();
const folders = await client.list();
console.log(JSON.stringify(folders.map(({ path, specialUse }) => [path, specialUse ?? ""])));
await client.mailboxOpen("INBOX");
const query = { uid: true, flags: true, envelope: true, bodyStructure: true, internalDate: true, size: true, source: true };
for await (const message of client.fetch("1:*", query))
  console.log(
    JSON.stringify({
      uid: message.uid,
      size: message.size,
      source: createHash("sha256").update(message.source).digest("hex"),
      subject: message.envelope.subject ?? "",
      parts: parts(message.bodyStructure),
    }),
  );
console.log(JSON.stringify(await client.search({ subject: "dots" }, { uid: true })));
const { content } = await client.download("1", "1");
for await (const chunk of content) void chunk;
await client.messageFlagsAdd("1", ["\\Flagged"]);
const exists = new Promise((resolve) => client.once("exists", resolve));
void client.idle();
console.log(JSON.stringify("waiting"));
const { count } = await exists;
console.log(JSON.stringify(count));
await client.logout();
