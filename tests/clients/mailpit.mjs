// Drives every method of the npm package mailpit-api: node mailpit.mjs URL NAME PASSWORD
// Prints one JSON object: what each method gave, or {"failed": "..."} where it threw.
import { MailpitClient } from "mailpit-api";

const [url, username, password] = process.argv.slice(2);
const mailpit = new MailpitClient(url, { auth: { username, password } });
const seen = {};
const blobs = async (value) =>
  value instanceof Blob ? { type: value.type, text: await value.text() } : value;
const take = async (name, run) => {
  try {
    seen[name] = await blobs(await run());
  } catch (error) {
    seen[name] = { failed: error.message };
  }
  return seen[name];
};

await take("deleteMessages", () => mailpit.deleteMessages());
const { ID } = await take("sendMessage", () =>
  mailpit.sendMessage({
    From: { Email: "user@example.test", Name: "User" },
    To: [{ Email: "rec@example.test" }],
    Cc: [{ Email: "cc@example.test" }],
    Bcc: ["bcc@example.test"],
    Subject: "Test Email",
    Text: "Plain text",
    HTML: "<p>Rich text</p>",
    Tags: ["welcome"],
    Headers: { "X-Campaign": "17" },
    Attachments: [{ Content: Buffer.from("file").toString("base64"), Filename: "file.txt" }],
  }),
);
await take("waitForMessage", () => mailpit.waitForMessage({ query: "subject:Test" }));
await take("waitForMessages", () => mailpit.waitForMessages({ count: 1, exact: true }));
await take("getInfo", () => mailpit.getInfo());
await take("getConfiguration", () => mailpit.getConfiguration());
const message = await take("getMessageSummary", () => mailpit.getMessageSummary());
await take("getMessageHeaders", () => mailpit.getMessageHeaders(ID));
const part = message.Attachments[0].PartID;
await take("getMessageAttachment", () => mailpit.getMessageAttachment(ID, part));
await take("getAttachmentThumbnail", async () => (await mailpit.getAttachmentThumbnail(ID, part)).type);
await take("getMessageSource", () => mailpit.getMessageSource(ID));
await take("listMessages", () => mailpit.listMessages());
await take("setReadStatus", () => mailpit.setReadStatus({ IDs: [ID], Read: false }));
await take("setReadStatusBySearch", () =>
  mailpit.setReadStatus({ Search: "from:user@example.test", Read: true }, { tz: "Europe/Berlin" }),
);
await take("searchMessages", () => mailpit.searchMessages({ query: "is:read", start: 0, limit: 5 }));
await take("setTags", () => mailpit.setTags({ IDs: [ID], Tags: ["one", "two words"] }));
await take("getTags", () => mailpit.getTags());
await take("renameTag", () => mailpit.renameTag("two words", "three/four"));
await take("deleteTag", () => mailpit.deleteTag("one"));
await take("getTagsAfter", () => mailpit.getTags());
await take("setChaosTriggers", () =>
  mailpit.setChaosTriggers({ Sender: { ErrorCode: 451, Probability: 1 } }),
);
await take("getChaosTriggers", () => mailpit.getChaosTriggers());
await take("resetChaosTriggers", () => mailpit.setChaosTriggers());
await take("htmlCheck", () => mailpit.htmlCheck(ID));
await take("linkCheck", () => mailpit.linkCheck(ID));
await take("spamAssassinCheck", () => mailpit.spamAssassinCheck(ID));
await take("renderMessageHTML", () => mailpit.renderMessageHTML(ID));
await take("renderMessageHTMLEmbedded", () => mailpit.renderMessageHTML(ID, 1));
await take("renderMessageText", () => mailpit.renderMessageText());
await take("unknown", () => mailpit.getMessageSummary("unknown"));
await take("deleteMessagesBySearch", () => mailpit.deleteMessagesBySearch({ query: "subject:Test" }));
await take("latestOfNothing", () => mailpit.getMessageSummary());
console.log(JSON.stringify(seen));
