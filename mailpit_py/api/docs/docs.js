// Draws the documentation of an API from its OpenAPI document. Text only ever becomes text nodes.

const METHODS = ["get", "post", "put", "patch", "delete"];
const TRY_LIMIT = 20_000;

/** An element with attributes and children; strings become text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Paragraphs of plain text, in which `code`, **strong** and line ends are understood. */
function prose(text, className) {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((paragraph) => {
    const pieces = paragraph.replace(/\s*\n\s*/g, " ").split(/(`[^`]+`|\*\*[^*]+\*\*)/);
    return make("p", { class: className }, ...pieces.map((piece) => {
      if (piece.startsWith("`")) return make("code", {}, piece.slice(1, -1));
      if (piece.startsWith("**")) return make("strong", {}, piece.slice(2, -2));
      return piece;
    }));
  });
}

/** What a schema allows, in a few words. */
function typeOf(schema, root) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map((option) => typeOf(option, root)).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items, root)}`;
  if (schema.type === "object" && schema.additionalProperties) return `object of ${typeOf(schema.additionalProperties, root)}`;
  return Array.isArray(schema.type) ? schema.type.join(" or ") : (schema.type ?? "anything");
}

/** Bounds and default of a schema, in words. */
function limitsOf(schema) {
  const words = [];
  if (schema.default !== undefined && schema.default !== null && schema.default !== "") words.push(`default ${JSON.stringify(schema.default)}`);
  if (schema.minimum !== undefined) words.push(`from ${schema.minimum}`);
  if (schema.maximum !== undefined) words.push(`to ${schema.maximum}`);
  if (schema.maxLength !== undefined) words.push(`at most ${schema.maxLength} characters`);
  if (schema.maxItems !== undefined) words.push(`at most ${schema.maxItems}`);
  return words.join(", ");
}

const resolve = (schema, root) => (schema?.$ref ? root.components.schemas[schema.$ref.split("/").pop()] : schema);

/** The address that a request goes to, with the values that were typed in. */
function address(path, parameters, values) {
  const filled = path.replace(/\{(\w+)\}/g, (whole, name) => (values[name] ? encodeURIComponent(values[name]) : whole));
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    if (parameter.in === "query" && values[parameter.name]) query.set(parameter.name, values[parameter.name]);
  }
  const url = new URL(filled, location.origin).href.replaceAll("%7B", "{").replaceAll("%7D", "}");
  return query.size > 0 ? `${url}?${query}` : url;
}

/** Quote for a POSIX shell. */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function curl(method, url, body) {
  const words = ["curl", method === "get" ? null : `-X ${method.toUpperCase()}`, body ? "-H 'Content-Type: application/json'" : null,
    body ? `-d ${quoted(JSON.stringify(body))}` : null, quoted(url)];
  return words.filter(Boolean).join(" ");
}

/** A body that shows the shape of a request. */
function example(schema, root, depth = 0) {
  const known = resolve(schema, root);
  if (!known || depth > 3) return null;
  if (known.examples) return known.examples[0];
  if (known.default !== undefined && known.default !== null) return known.default;
  const options = (known.anyOf ?? known.oneOf)?.filter((option) => option.type !== "null");
  if (options) return example(options[0], root, depth + 1);
  if (known.type === "array") return [example(known.items, root, depth + 1)];
  if (known.type === "object") {
    return Object.fromEntries(Object.entries(known.properties ?? {}).map(([name, inner]) => [name, example(inner, root, depth + 1)]));
  }
  return { string: "…", integer: 0, number: 0, boolean: true }[known.type] ?? null;
}

function copyButton(text) {
  const button = make("button", { type: "button", onclick: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy by hand";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1_500);
  }
  return button;
}

function schemaTable(schema, root) {
  const known = resolve(schema, root);
  const properties = Object.entries(known?.properties ?? {});
  if (properties.length === 0) return null;
  const required = new Set(known.required ?? []);
  return make("table", {}, make("tbody", {}, ...properties.map(([name, inner]) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, name), required.has(name) ? "" : make("span", { class: "quiet" }, " optional")),
    make("td", { class: "quiet" }, typeOf(inner, root)),
    make("td", {}, ...prose(inner.description), limitsOf(inner))))));
}

function parameterTable(parameters, root, onInput) {
  if (parameters.length === 0) return [];
  return [make("h3", {}, "Parameters"), make("table", {}, make("tbody", {}, ...parameters.map((parameter) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, parameter.name), make("span", { class: "quiet" }, ` in ${parameter.in}`)),
    make("td", {}, ...prose(parameter.description),
      make("span", { class: "quiet" }, [typeOf(parameter.schema, root), limitsOf(parameter.schema)].filter(Boolean).join("; "))),
    make("td", {}, make("input", {
      "aria-label": `Value of ${parameter.name}`,
      spellcheck: "false",
      autocomplete: "off",
      oninput: (event) => onInput(parameter.name, event.target.value),
    }))))))];
}

function responseList(responses, root) {
  return Object.entries(responses).flatMap(([status, response]) => {
    const [media, content] = Object.entries(response.content ?? {})[0] ?? ["", {}];
    const heading = make("h3", {}, `${status} `, make("span", { class: "quiet" },
      [response.description, media, typeOf(content.schema, root)].filter(Boolean).join(" · ")));
    return status.startsWith("2") ? [heading, schemaTable(content.schema, root)] : [heading];
  });
}

function operationView(path, method, operation, root) {
  const values = {};
  const parameters = operation.parameters ?? [];
  const bodySchema = operation.requestBody?.content?.["application/json"]?.schema;
  const body = bodySchema ? example(bodySchema, root) : null;
  const line = make("pre", { tabindex: "0" });
  const result = make("div", { role: "status" });
  const command = () => curl(method, address(path, parameters, values), body);
  const refresh = () => { line.textContent = command(); };
  refresh();
  const inside = make("div", {}, ...prose(operation.description),
    ...parameterTable(parameters, root, (name, value) => { values[name] = value; refresh(); }),
    ...(bodySchema ? [make("h3", {}, "Body ", make("span", { class: "quiet" }, typeOf(bodySchema, root))), schemaTable(bodySchema, root)] : []),
    make("h3", {}, "In a shell"), make("div", { class: "line" }, line, copyButton(command)),
    method === "get" ? make("button", { type: "button", onclick: () => attempt(address(path, parameters, values), result) }, "Try it") : null,
    result, ...responseList(operation.responses, root));
  return make("details", { class: "operation", id: operation.operationId },
    make("summary", {}, make("span", { class: `method ${method}` }, method.toUpperCase()),
      make("span", { class: "path" }, path), make("span", { class: "quiet" }, operation.summary ?? "")), inside);
}

async function attempt(url, place) {
  place.replaceChildren(make("p", { class: "quiet" }, "Asking…"));
  try {
    const response = await fetch(url);
    const text = await response.text();
    const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
    const shown = isJson ? JSON.stringify(JSON.parse(text), null, 2) : text;
    place.replaceChildren(make("p", {}, `${response.status} ${response.statusText}`),
      make("pre", { tabindex: "0" }, shown.length > TRY_LIMIT ? `${shown.slice(0, TRY_LIMIT)}\n…` : shown));
  } catch (error) {
    place.replaceChildren(make("p", {}, `No answer: ${error.message}`));
  }
}

/** A document of OpenAPI 2 in the shape of OpenAPI 3, as far as it is drawn here. */
function modern(root) {
  if (!root.swagger) return root;
  const asText = JSON.stringify(root).replaceAll("#/definitions/", "#/components/schemas/");
  const { definitions, basePath = "", ...rest } = JSON.parse(asText);
  const paths = Object.fromEntries(Object.entries(rest.paths).map(([path, item]) => [`${basePath}${path}`, Object.fromEntries(
    Object.entries(item).map(([method, operation]) => [method, modernOperation(operation)]))]));
  const names = new Set(Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ tags }) => tags)));
  return { ...rest, paths, tags: [...names].map((name) => ({ name })), components: { schemas: definitions } };
}

function modernOperation(operation) {
  const [media = "application/json"] = operation.produces ?? [];
  const body = operation.parameters.find((one) => one.in === "body");
  return {
    ...operation,
    parameters: operation.parameters.filter((one) => one.in !== "body").map((one) => ({ ...one, schema: one })),
    requestBody: body && { content: { "application/json": { schema: body.schema } } },
    responses: Object.fromEntries(Object.entries(operation.responses).map(([status, { description, schema }]) => [
      status, { description, content: { [status === "200" ? media : ""]: { schema } } }])),
  };
}

function draw(root) {
  const operations = Object.entries(root.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({ path, method, operation: item[method] })));
  const sections = [];
  const contents = [make("strong", {}, root.info.title), make("p", { class: "quiet" }, `Version ${root.info.version}`)];
  for (const tag of root.tags) {
    const mine = operations.filter(({ operation }) => operation.tags.includes(tag.name));
    sections.push(make("section", { "aria-label": tag.name }, make("h2", {}, tag.name), ...prose(tag.description, "quiet"),
      ...mine.map(({ path, method, operation }) => operationView(path, method, operation, root))));
    contents.push(make("h2", {}, tag.name), make("ul", {}, ...mine.map(({ operation }) => make("li", {},
      make("a", { href: `${page.dataset.here}#${operation.operationId}`, onclick: open }, (operation.summary ?? operation.operationId).split(/[.:;]/)[0])))));
  }
  document.getElementById("document").replaceChildren(make("h1", {}, `${root.info.title} API`), ...prose(root.info.description),
    make("p", {}, make("a", { href: source }, source), ` is this description for programs (OpenAPI ${version}).`), ...sections);
  document.getElementById("contents").replaceChildren(...contents);
  open();
}

/** Open the operation that the address names. */
function open(event) {
  const id = (event?.currentTarget?.hash ?? location.hash).slice(1);
  const target = id ? document.getElementById(id) : null;
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

const page = document.getElementById("document");
const { source } = page.dataset;
let version = "";
try {
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const root = await response.json();
  version = root.openapi ?? root.swagger;
  draw(modern(root));
} catch (error) {
  document.getElementById("status").textContent = `The description could not be loaded: ${error.message}`;
}
