// Fills the page from /openapi.json. Everything is made as DOM nodes; nothing is read as HTML.

const reference = await (await fetch("/openapi.json")).json();
const VERBS = ["get", "post", "put", "patch", "delete"];
const $ = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// Schemas in words

function resolve(schema) {
  if (!schema.$ref) return schema;
  const { $ref, ...beside } = schema;
  const found = $ref.split("/").slice(1).reduce((node, key) => node[key], reference);
  return { ...found, ...beside };
}

function kind(schema) {
  const whole = resolve(schema);
  if (whole.anyOf) return [...new Set(whole.anyOf.map(kind))].join(" or ");
  if (whole.enum) return whole.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (whole.type === "array") return `list of ${whole.items ? kind(whole.items) : "anything"}`;
  if (whole.type === "object") return whole.title ? `${whole.title} object` : "object";
  return whole.type ?? "anything";
}

function limits(schema) {
  const whole = resolve(schema);
  const said = [];
  if (whole.description && whole.type !== "object") said.push(whole.description);
  if (whole.minLength !== undefined) said.push(`at least ${whole.minLength} characters`);
  if (whole.maxLength !== undefined) said.push(`at most ${whole.maxLength} characters`);
  if (whole.minimum !== undefined) said.push(`from ${whole.minimum}`);
  if (whole.exclusiveMinimum !== undefined) said.push(`over ${whole.exclusiveMinimum}`);
  if (whole.maximum !== undefined) said.push(`up to ${whole.maximum}`);
  if (whole.maxItems !== undefined) said.push(`at most ${whole.maxItems}`);
  if (whole.format) said.push(whole.format);
  for (const part of whole.anyOf ?? []) said.push(...limits(part));
  return [...new Set(said)];
}

function inner(schema) {
  const whole = resolve(schema);
  if (whole.properties) return whole;
  if (whole.items) return inner(whole.items);
  for (const part of whole.anyOf ?? []) {
    const found = inner(part);
    if (found) return found;
  }
  return null;
}

function fields(schema, asked, depth = 0) {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const required = schema.required?.includes(name);
    const said = limits(field);
    if (field.default !== undefined && field.default !== null) {
      said.push(`default ${JSON.stringify(field.default)}`);
    }
    const below = depth < 3 ? inner(field) : null;
    if (!asked && !required) said.push("may be absent");
    return make("div", { class: "field" },
      make("b", {}, name), make("span", { class: "kind" }, [kind(field), ...said].join(", ")),
      asked && required ? make("span", { class: "must" }, "required") : null,
      below ? fields(below, asked, depth + 1) : null);
  });
  return make("div", { class: "fields" }, rows);
}

// The reference brings an example of each shape.
function example(schema) {
  const whole = resolve(schema);
  if (whole.examples) return whole.examples[0];
  if (whole.anyOf) return example(whole.anyOf[0]);
  return whole.type === "array" ? [example(whole.items)] : {};
}

const pretty = (value) => JSON.stringify(value, null, 2);

// One route

function marked(path) {
  return path.split(/(\{\w+\})/).map((part) => part.startsWith("{") ? make("i", {}, part) : part);
}

function body(operation) {
  const [media, taken] = Object.entries(operation.requestBody?.content ?? {})[0] ?? ["", {}];
  return { media, schema: taken.schema && resolve(taken.schema), sent: taken.example };
}

function curl(verb, path, operation) {
  const given = operation.parameters ?? [];
  const query = given.filter((each) => each.in === "query" && each.required)
    .map((each) => `${each.name}=${encodeURIComponent(each.example)}`).join("&");
  const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(given.find((each) => each.name === name).example));
  const url = reference.servers[0].url + filled + (query && `?${query}`);
  const parts = [`curl ${verb === "get" ? "" : `-X ${verb.toUpperCase()} `}"${url}"`];
  if (operation.security?.length) parts.push('-H "Authorization: Bearer $TOKEN"');
  const { media, schema, sent } = body(operation);
  if (media === "multipart/form-data") {
    parts.push(...Object.entries(schema.properties).map(([name, part]) =>
      `-F "${name}=${part.contentMediaType ? "@soup.png" : example(part)}"`));
  } else if (schema) {
    parts.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(sent)}'`);
  }
  return parts.join(" \\\n  ");
}

function code(title, text) {
  const copy = make("button", { type: "button", onclick: async () => {
    await navigator.clipboard.writeText(text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  } }, "Copy");
  return make("div", { class: "code" },
    make("div", {}, title, navigator.clipboard ? copy : null), make("pre", {}, text));
}

function block(title, ...children) {
  return make("div", { class: "block" }, make("h4", {}, title), ...children);
}

function rate(limit) {
  const said = limit.rates.map((text) => {
    const [, count, seconds, burst] = /^(\d+)\/([\d.]+)(?: burst (\d+))?$/.exec(text);
    const span = { 1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day" }[seconds]
      ?? `in ${seconds} seconds`;
    return `${count} ${span}${burst ? `, ${burst} at once` : ""}`;
  });
  const per = { user: "each person", address: "each address" }[limit.per]
    ?? `each person and ${limit.per}`;
  return `${said.join("; ")}; counted for ${per} (bucket ${limit.bucket}).`;
}

function detail(verb, path, operation) {
  const words = make("div", { class: "words" });
  const shown = make("div", { class: "shown" });
  if (operation.description) words.append(...prose(operation.description));
  for (const [place, title] of [["path", "In the path"], ["query", "In the query"]]) {
    const there = (operation.parameters ?? []).filter((each) => each.in === place);
    if (there.length) {
      words.append(block(title, fields({
        properties: Object.fromEntries(there.map((each) => [each.name, each.schema])),
        required: there.filter((each) => each.required).map((each) => each.name),
      }, true)));
    }
  }
  const { media, schema } = body(operation);
  if (schema) words.append(block(`Body, ${media}`, fields(schema, true)));
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code < 400);
  const [given, content] = Object.entries(answer.content ?? {})[0] ?? [];
  const answered = content?.schema && inner(content.schema);
  if (answered) words.append(block(`Answer, ${kind(content.schema)}`, fields(answered, false)));

  shown.append(code("Request", curl(verb, path, operation)));
  if (content?.schema) shown.append(code(`Answer ${status}`, pretty(example(content.schema))));
  else shown.append(code(`Answer ${status}`, given ?? "nothing"));
  const refused = Object.entries(operation.responses).filter(([code]) => code >= 400);
  const own = refused.filter(([, each]) => !each.$ref);
  if (own.length) {
    shown.append(block("Refusals", make("dl", { class: "refusals" }, own.flatMap(([code, each]) =>
      each["x-phrases"].flatMap((phrase, index) =>
        [make("dt", {}, index ? "" : code), make("dd", {}, phrase)])))));
  }
  const common = refused.filter(([, each]) => each.$ref).map(([code]) => code).join(", ");
  shown.append(block("Also", make("p", { class: "meta" }, `The common ones: ${common}.`),
    make("p", { class: "meta" }, rate(operation["x-rate-limit"]))));
  if (location.protocol.startsWith("http")) shown.append(attempt(verb, path, operation));
  return make("div", { class: "detail" }, words, shown);
}

// Trying it

function attempt(verb, path, operation) {
  const outcome = make("div");
  const { media, schema, sent } = body(operation);
  const inputs = (operation.parameters ?? []).map((each) => make("label", {}, each.name,
    make("input", { name: each.name, "data-in": each.in, autocomplete: "off",
      required: each.required && "" })));
  if (media === "multipart/form-data") {
    inputs.push(...Object.entries(schema.properties).map(([name, part]) => make("label", {}, name,
      make("input", { name, "data-in": "form", autocomplete: "off", required: "",
        type: part.contentMediaType ? "file" : "text" }))));
  } else if (schema) {
    const text = make("textarea", { name: "body", spellcheck: "false" });
    text.value = pretty(sent);
    inputs.push(make("label", { class: "tall" }, "Body", text));
  }
  const send = async (event) => {
    event.preventDefault();
    outcome.replaceChildren(make("p", { class: "meta" }, "Sending …"));
    outcome.replaceChildren(await tried(verb, path, event.target));
  };
  const form = make("form", { onsubmit: send }, inputs, make("button", {}, "Send"), outcome);
  return make("details", { class: "token" }, make("summary", {}, "Try it"), form);
}

async function tried(verb, path, form) {
  const url = new URL(`/api/v1${path.replace(/\{(\w+)\}/g,
    (_, name) => encodeURIComponent(form.elements[name].value))}`, location.origin);
  for (const input of form.querySelectorAll("[data-in=query]")) {
    if (input.value) url.searchParams.set(input.name, input.value);
  }
  const options = { method: verb.toUpperCase(), headers: {}, credentials: "omit" };
  if ($("token").value) options.headers.Authorization = `Bearer ${$("token").value.trim()}`;
  const parts = form.querySelectorAll("[data-in=form]");
  if (parts.length) {
    options.body = new FormData();
    for (const part of parts) options.body.set(part.name, part.files?.[0] ?? part.value);
  } else if (form.elements.body) {
    options.body = form.elements.body.value;
    options.headers["Content-Type"] = "application/json";
  }
  try {
    const answer = await fetch(url, options);
    const type = answer.headers.get("content-type") ?? "";
    const text = type.includes("json") ? pretty(await answer.json())
      : `${type || "nothing"}, ${(await answer.blob()).size} bytes`;
    return code(`${answer.status} ${answer.statusText}`, text);
  } catch (error) {
    return make("p", { class: "meta" }, `It could not be sent: ${error.message}`);
  }
}

// The page

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return make("code", {}, part.slice(1, -1));
    if (part.startsWith("**")) return make("strong", {}, part.slice(2, -2));
    return part;
  });
}

function prose(text) {
  return text.trim().split(/\n\n+/).map((paragraph) => make("p", {}, inline(paragraph)));
}

function route(verb, path, operation) {
  const node = make("details", { class: "route", id: operation.operationId,
    ontoggle: () => {
      if (!node.open) return;
      if (!node.querySelector(".detail")) node.append(detail(verb, path, operation));
      history.replaceState(null, "", `#${node.id}`);
    } },
  make("summary", {},
    make("span", { class: `verb ${verb}` }, verb.toUpperCase()),
    make("span", { class: "path" }, marked(path)),
    make("span", { class: "line" }, inline(operation.summary)),
    operation.security?.length ? null : make("span", { class: "open" }, "no login")));
  node.words = [verb, path, operation.summary, ...operation.tags].join(" ").toLowerCase();
  return node;
}

function build() {
  $("version").textContent = reference.info.version;
  $("servers").append(...reference.servers.flatMap((server) =>
    [make("dt", {}, server.description), make("dd", {}, make("code", {}, server.url))]));
  $("about").append(...prose(reference.info.description));
  const groups = new Map(reference.tags.map(({ name }) => [name, []]));
  for (const [path, operations] of Object.entries(reference.paths)) {
    for (const verb of VERBS.filter((each) => operations[each])) {
      groups.get(operations[verb].tags[0]).push(route(verb, path, operations[verb]));
    }
  }
  $("routes").replaceChildren(...[...groups].map(([name, routes]) =>
    make("section", { id: `group-${name}` }, make("h2", {}, name), routes)));
  $("groups").append(...[...groups].map(([name, routes]) => make("a", { href: `#group-${name}` },
    name, make("span", {}, String(routes.length)))));
}

function filter() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const section of $("routes").querySelectorAll("section")) {
    let any = false;
    for (const node of section.querySelectorAll(".route")) {
      node.hidden = !words.every((word) => node.words.includes(word));
      any ||= !node.hidden;
      count += !node.hidden;
    }
    section.hidden = !any;
  }
  $("found").textContent = words.length ? `${count || "No"} route${count === 1 ? "" : "s"} found` : "";
}

function reveal() {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!node) return;
  if (node.matches(".route")) node.open = true;
  node.scrollIntoView();
}

// The group that is being read is marked in the list of groups.
function follow() {
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const link = $("groups").querySelector(`[href="#${CSS.escape(target.id)}"]`);
      link.classList.toggle("here", isIntersecting);
    }
  }, { rootMargin: "-30% 0px -65%" });
  for (const section of $("routes").querySelectorAll("section")) seen.observe(section);
}

build();
reveal();
follow();
$("search").addEventListener("input", filter);
window.addEventListener("hashchange", reveal);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea")) {
    event.preventDefault();
    $("search").focus();
  }
});
