// Draws the OpenAPI document of this server. Text goes into the page as text, never as HTML.
"use strict";

const methods = ["get", "post", "put", "patch", "delete"];
let spec;

// el makes an element: el("p", {class: "x"}, "text", otherElement, …).
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// resolve follows a $ref into the document.
function resolve(schema) {
  let steps = 0;
  while (schema && schema.$ref && steps++ < 8) {
    schema = schema.$ref.replace("#/", "").split("/").reduce((at, key) => at && at[key], spec);
  }
  return schema || {};
}

// typeOf is a schema's type in a few words.
function typeOf(schema) {
  const name = schema.$ref ? schema.$ref.split("/").pop() : "";
  const whole = resolve(schema);
  const types = [].concat(whole.type || []);
  if (types.includes("array")) {
    return "list of " + typeOf(whole.items || {});
  }
  const base = name || types.filter((t) => t !== "null").join(" or ") || "any";
  return whole.format ? base + " (" + whole.format + ")" : base;
}

// limits are the rules a value has to keep.
function limits(schema) {
  const whole = resolve(schema);
  const said = [];
  if (whole.enum) said.push("one of " + whole.enum.join(", "));
  if (whole.minimum !== undefined) said.push("at least " + whole.minimum);
  if (whole.maximum !== undefined) said.push("at most " + whole.maximum);
  if (whole.minLength) said.push("not empty");
  if (whole.maxLength) said.push("at most " + whole.maxLength + " characters");
  if (whole.pattern) said.push("like " + whole.pattern);
  if (whole.default !== undefined) said.push("default " + whole.default);
  return said.join("; ");
}

// fields is the table of an object's properties; nested objects are opened on demand.
function fields(schema, depth) {
  const whole = resolve(schema);
  if ([].concat(whole.type || []).includes("array")) {
    return fields(whole.items || {}, depth);
  }
  if (!whole.properties) {
    return null;
  }
  const body = el("tbody");
  const required = whole.required || [];
  for (const [name, property] of Object.entries(whole.properties)) {
    const note = [property.description, resolve(property).description, limits(property)].filter(Boolean);
    const cell = el("td", {}, [...new Set(note)].join(". "));
    const inner = depth < 3 ? fields(property, depth + 1) : null;
    if (inner) {
      cell.append(el("details", {}, el("summary", {}, typeOf(property)), inner));
    }
    const mark = required.includes(name) ? el("span", {class: "required", title: "required"}, " *") : null;
    body.append(el("tr", {}, el("td", {}, el("code", {}, name), mark), el("td", {}, typeOf(property)), cell));
  }
  return el("table", {}, body);
}

function parameters(operation) {
  const list = operation.parameters || [];
  if (list.length === 0) {
    return null;
  }
  const body = el("tbody");
  for (const p of list) {
    const note = [p.description, limits(p.schema || {})].filter(Boolean).join(". ");
    const mark = p.required ? el("span", {class: "required", title: "required"}, " *") : null;
    body.append(el("tr", {}, el("td", {}, el("code", {}, p.name), mark), el("td", {}, p.in), el("td", {}, note)));
  }
  return el("section", {}, el("h3", {}, "Parameters"), el("table", {}, body));
}

function content(title, described) {
  const section = el("section", {}, el("h3", {}, title));
  for (const [type, media] of Object.entries(described || {})) {
    section.append(el("p", {class: "small"}, type + " — " + typeOf(media.schema || {})));
    const table = fields(media.schema || {}, 0);
    if (table) section.append(table);
  }
  return section;
}

function responses(operation) {
  const section = el("section", {}, el("h3", {}, "Answers"));
  for (const [code, response] of Object.entries(operation.responses || {})) {
    const good = code.startsWith("2");
    const detail = el("details", {}, el("summary", {}, el("b", {}, code), " " + (response.description || "")));
    if (good) detail.open = true;
    for (const [type, media] of Object.entries(response.content || {})) {
      detail.append(el("p", {class: "small"}, type + " — " + typeOf(media.schema || {})));
      const table = good ? fields(media.schema || {}, 0) : null;
      if (table) detail.append(table);
    }
    section.append(detail);
  }
  return section;
}

// draw makes one operation. Its content is made when it is opened: the document is long.
function draw(path, method, operation) {
  const summary = el("summary", {},
    el("span", {class: "method " + method}, method.toUpperCase()), el("code", {}, path), el("span", {}, operation.summary || ""));
  const details = el("details", {class: "operation", id: operation.operationId || method + path}, summary);
  details.dataset.words = [method, path, operation.summary, operation.description].join(" ").toLowerCase();
  details.addEventListener("toggle", () => {
    if (!details.open || details.dataset.drawn) return;
    details.dataset.drawn = "yes";
    if (operation.description) details.append(el("p", {}, operation.description));
    if ((operation.security || []).length === 0) details.append(el("p", {class: "small"}, "Needs no token."));
    const given = parameters(operation);
    if (given) details.append(given);
    if (operation.requestBody) details.append(content("Body", operation.requestBody.content));
    details.append(responses(operation));
  });
  return details;
}

function show() {
  const groups = new Map();
  for (const [path, item] of Object.entries(spec.paths)) {
    for (const method of methods.filter((m) => item[m])) {
      const tag = (item[method].tags || ["other"])[0];
      groups.set(tag, (groups.get(tag) || []).concat(draw(path, method, item[method])));
    }
  }
  const main = document.getElementById("operations");
  const nav = document.getElementById("groups");
  main.replaceChildren();
  for (const [tag, operations] of groups) {
    main.append(el("section", {class: "group", id: "group-" + tag}, el("h2", {}, tag), ...operations));
    nav.append(el("a", {href: "#group-" + tag}, tag));
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const operation of main.querySelectorAll(".operation")) {
      operation.hidden = !wanted.every((word) => operation.dataset.words.includes(word));
    }
    for (const group of main.querySelectorAll(".group")) {
      group.hidden = !group.querySelector(".operation:not([hidden])");
    }
  });
  const asked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (asked && asked.tagName === "DETAILS") {
    asked.open = true;
    asked.scrollIntoView();
  }
}

fetch("/api/openapi.json")
  .then((response) => response.json())
  .then((document) => { spec = document; show(); })
  .catch((error) => {
    document.getElementById("operations").replaceChildren(el("p", {role: "alert"}, "The document cannot be read: " + error));
  });
