// JSON schemas of the OpenAPI document as TypeScript.
export const comment = (text, indent) => (text ? `${indent}/** ${text.split("\n")[0]} */\n` : "");
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

export function type(schema, indent) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((one) => type(one, indent)).join(" | ");
  if (schema.type === "array") return list(type(schema.items, indent));
  if (schema.type === "object" && schema.properties) return object(schema, indent);
  if (schema.type === "object") return `{ [name: string]: ${schema.additionalProperties?.type || schema.additionalProperties?.$ref ? type(schema.additionalProperties, indent) : "unknown"} }`;
  return { integer: "number", number: "number", string: "string", boolean: "boolean", null: "null" }[schema.type] ?? "unknown";
}

const list = (item) => (item.includes("|") || item.startsWith("{") ? `(${item})[]` : `${item}[]`);

export function object({ properties, required = [] }, indent) {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(
    ([name, schema]) => `${comment(schema.description, inner)}${inner}${key(name)}${required.includes(name) ? "" : "?"}: ${type(schema, inner)};\n`,
  );
  return `{\n${lines.join("")}${indent}}`;
}

/** The interfaces of all schemas that have members, by name. */
export function interfaces(schemas) {
  return Object.entries(schemas)
    .filter(([name, schema]) => !name.endsWith("Query") && schema.properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => `${comment(schema.description, "")}export interface ${name} ${object(schema, "")}\n`);
}
