// Asks the verifiers of npm about requests on standard input, a JSON line each; answers "true" or "false" a line.
import https from "node:https";
import fs from "node:fs";
import { createRequire } from "node:module";
import readline from "node:readline";

const require = createRequire(process.env.PACKAGES + "/");
const { EventWebhook } = require("@sendgrid/eventwebhook");
const MessageValidator = require("sns-validator");

const verifiers = {
  sendgrid: ({ publicKey, body, signature, timestamp }) => {
    const webhook = new EventWebhook();
    return webhook.verifySignature(webhook.convertPublicKeyToECDSA(publicKey), body, signature, timestamp);
  },
  // What an app changes for a sandbox: the pattern of the host that the certificate may come from.
  sns: ({ body, host }) =>
    new Promise((resolve) =>
      new MessageValidator(new RegExp(host)).validate(JSON.parse(body), (error) => resolve(!error)),
    ),
};

// A server for the certificate, where the caller has none: MessageValidator insists on https.
let server;
if (process.env.CERTIFICATE) {
  const tls = { key: fs.readFileSync(process.env.TLS_KEY), cert: fs.readFileSync(process.env.TLS_CERT) };
  const certificate = fs.readFileSync(process.env.CERTIFICATE);
  server = https.createServer(tls, (request, response) => response.end(certificate));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  console.log(server.address().port);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  let verdict = false;
  try {
    verdict = await verifiers[asked.verifier](asked);
  } catch {
    verdict = false; // a signature that cannot even be read
  }
  console.log(Boolean(verdict));
}
server?.close();
