// Turn a sandbox's OpenAPI document (standard input) into a small typed client (standard output):
//   curl -s localhost:8025/api/v2/openapi.json | node web/scripts/client.mjs > mailpit.ts
import { readFileSync } from "node:fs";
import { comment, interfaces, type } from "./types.mjs";

const API = "/api/v2/";
const JSON_TYPE = "application/json";
const { paths, components } = JSON.parse(readFileSync(0, "utf8"));
const camel = (name) => name.replace(/_+(\w)/g, (_, letter) => letter.toUpperCase());

function method(path, verb, operation) {
  const inPath = operation.parameters.filter((one) => one.in === "path");
  const query = operation.parameters.filter((one) => one.in === "query");
  const body = operation.requestBody?.content[JSON_TYPE]?.schema;
  const answer = Object.entries(operation.responses).find(([status]) => status < "300")[1].content?.[JSON_TYPE]?.schema;
  const given = [
    ...inPath.map((one) => `${camel(one.name)}: string`),
    ...(body ? [`body: ${type(body, "  ")}`] : []),
    ...(query.length > 0 ? [queryOf(query)] : []),
  ];
  const place = path.slice(path.indexOf(API) + API.length).replace(/\{(\w+)\}/g, (_, name) => `\${part(${camel(name)})}`);
  const call = `"${verb.toUpperCase()}", \`${place}\`, ${query.length > 0 ? "query" : "{}"}, ${body ? "body" : "undefined"}`;
  const result = answer ? type(answer, "  ") : "Response";
  return `${comment(operation.summary, "  ")}  ${camel(operation.operationId)}(${given.join(", ")}): Promise<${result}> {
    return this.${answer ? "json" : "send"}(${call});
  }
`;
}

function queryOf(query) {
  const members = query.map((one) => `${one.name}${one.required ? "" : "?"}: ${type(one.schema, "    ")}`);
  return `query: { ${members.join("; ")} }${query.some((one) => one.required) ? "" : " = {}"}`;
}

const methods = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, operation]) => method(path, verb, operation)),
);
const loose = Object.entries(components.schemas)
  .filter(([, schema]) => !schema.properties)
  .map(([name, schema]) => `${comment(schema.description, "")}export type ${name} = { [name: string]: unknown };\n`);

process.stdout.write(`// Made from the OpenAPI document of a sandbox by web/scripts/client.mjs.

${[...interfaces(components.schemas), ...loose].join("\n")}
/** An answer that is no success. */
export class MailpitError extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(problem.detail);
    this.problem = problem;
  }
}

const part = (text: string) => text.split("/").map(encodeURIComponent).join("/");

/** The API of the sandbox whose page is at \`url\`. Methods reject with MailpitError. */
export class Mailpit {
  readonly #api: string;
  readonly #init: RequestInit;

  constructor(url = "http://localhost:8025/", init: RequestInit = {}) {
    this.#api = \`\${url.replace(/\\/+$/, "")}${API}\`;
    this.#init = init;
  }

${methods.join("\n")}
  private async json<Answer>(verb: string, path: string, query: object, body: unknown): Promise<Answer> {
    return (await (await this.send(verb, path, query, body)).json()) as Answer;
  }

  private async send(verb: string, path: string, query: object, body: unknown): Promise<Response> {
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value != null) words.set(name, String(value));
    const headers = new Headers(this.#init.headers);
    const more: RequestInit = { method: verb, headers };
    if (body !== undefined) {
      headers.set("Content-Type", "${JSON_TYPE}");
      more.body = JSON.stringify(body);
    }
    const answer = await fetch(\`\${this.#api}\${path}?\${words}\`, { ...this.#init, ...more });
    if (!answer.ok) throw new MailpitError((await answer.json()) as ProblemDetails);
    return answer;
  }
}
`);
