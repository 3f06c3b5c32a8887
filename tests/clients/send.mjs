// Sends one mail with Nodemailer: node send.mjs PORT SUBJECT [tls]
import nodemailer from "nodemailer";

const [port, subject, tls] = process.argv.slice(2);
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port: Number(port),
  secure: false,
  requireTLS: tls === "tls",
  tls: { rejectUnauthorized: false },
  ...(tls === "tls" ? { auth: { user: "app", pass: "secret" } } : {}),
});
await transport.sendMail({
  from: "Acme <app@example.org>",
  to: "ann@example.com",
  subject,
  text: "It works.",
});
transport.close();
