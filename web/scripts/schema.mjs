// Turn the sandbox's OpenAPI document (standard input) into the page's types (standard output):
//   curl -s localhost:8025/api/v2/openapi.json | npm run --silent schema > src/api/schema.ts
import { readFileSync } from "node:fs";
import { interfaces } from "./types.mjs";

const { schemas } = JSON.parse(readFileSync(0, "utf8")).components;
process.stdout.write(
  `// Made from the OpenAPI document by scripts/schema.mjs; a test compares the two.\n\n${interfaces(schemas).join("\n")}`,
);
