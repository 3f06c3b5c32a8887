// Sends one mail to each address with Nodemailer and prints what came of each: node failures.mjs PORT TIMEOUT_MS TO...
import nodemailer from "nodemailer";

const [port, timeout, ...recipients] = process.argv.slice(2);

async function outcome(to) {
  const transport = nodemailer.createTransport({
    host: "127.0.0.1",
    port: Number(port),
    secure: false,
    ignoreTLS: true,
    socketTimeout: Number(timeout),
  });
  try {
    const sent = await transport.sendMail({ from: "app@example.org", to, subject: "x", text: "x" });
    return sent.rejected.length ? `sent, \`rejected\` ${sent.rejectedErrors[0].responseCode}` : "sent";
  } catch (error) {
    return [error.code, error.responseCode].filter(Boolean).join(" ");
  } finally {
    transport.close();
  }
}

for (const line of await Promise.all(recipients.map(outcome))) console.log(line);
