// One line of JSON for each file: what email-bounce-parser reads in the text for people.
const fs = require("node:fs");
const EmailBounceParser = require("email-bounce-parser");
const { simpleParser } = require("mailparser");

(async () => {
  for (const file of process.argv.slice(2)) {
    const mail = await simpleParser(fs.readFileSync(file));
    const { data } = new EmailBounceParser().read(mail.text || "");
    console.log(JSON.stringify([file, { recipient: data.recipient, code: data.error.code }]));
  }
})();
