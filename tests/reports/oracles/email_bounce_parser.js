// One line of JSON for each file: what email-bounce-parser reads in the text for people.
const fs = require("node:fs");
const Module = require("node:module");

// The parser's engine, re2, has to be compiled and is built to be called like this one, which every Node.js has.
class Expression extends RegExp {
  constructor(pattern, flags) {
    super(pattern, flags ?? pattern.flags ?? "");
  }
  match(text) {
    return text.match(this);
  }
  replace(text, replacement) {
    return text.replace(this, replacement);
  }
  split(text) {
    return text.split(this);
  }
}
const load = Module._load;
Module._load = (name, ...rest) => (name === "re2" ? Expression : load(name, ...rest));

const EmailBounceParser = require("email-bounce-parser");
const { simpleParser } = require("mailparser");

(async () => {
  for (const file of process.argv.slice(2)) {
    const mail = await simpleParser(fs.readFileSync(file));
    const { data } = new EmailBounceParser().read(mail.text || "");
    console.log(JSON.stringify([file, { recipient: data.recipient, code: data.error.code }]));
  }
})();
