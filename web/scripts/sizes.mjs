// Print what the first view loads, gzipped, and everything else that is loaded when asked for.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const assets = new URL("../../mailpit_py/static/assets/", import.meta.url);
const html = readFileSync(new URL("../index.html", assets), "utf8");
const kB = (bytes) => `${(bytes / 1000).toFixed(1).padStart(7)} kB`;
const sizes = readdirSync(assets).map((name) => ({ name, size: gzipSync(readFileSync(new URL(name, assets)), { level: 9 }).length }));

/** A file and all it imports before it runs. */
function closure(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  const source = readFileSync(new URL(name, assets), "utf8");
  for (const [, one] of source.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) closure(one, seen);
  return seen;
}

const entry = html.match(/assets\/([\w.-]+\.js)/)[1];
const first = closure(entry);
for (const [, name] of html.matchAll(/assets\/([\w.-]+\.(?:css|js))/g)) first.add(name);
const sum = (list) => list.reduce((total, { size }) => total + size, 0);
const inFirst = sizes.filter(({ name }) => first.has(name));
const rest = sizes.filter(({ name }) => !first.has(name)).sort((a, b) => b.size - a.size);
console.log("first view, gzipped");
for (const { name, size } of inFirst) console.log(kB(size), name);
console.log(kB(sum(inFirst.filter(({ name }) => name.endsWith(".js")))), "JavaScript in all");
console.log("\nloaded when asked for");
for (const { name, size } of rest) console.log(kB(size), name);
