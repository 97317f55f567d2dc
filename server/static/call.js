// Shows one call, read-only, to whoever is signed in or has a token. Text goes into the page as text, never as HTML.
"use strict";

const number = decodeURIComponent(location.pathname.split("/").pop());
const token = document.getElementById("token");
const state = document.getElementById("state");

// read asks the API as the holder of the token, else as who is signed in.
async function read(path) {
  const headers = { Accept: "application/json" };
  if (token.value) {
    headers.Authorization = "Bearer " + token.value;
  }
  const answer = await fetch("/api/v1/calls/" + encodeURIComponent(number) + path, { headers });
  const body = await answer.json();
  if (answer.status === 401 && !token.value) {
    await offerSignIn();
    throw new Error("Sign in, or give a bearer token, to see this call.");
  }
  if (!answer.ok) {
    throw new Error(body.detail || body.title || answer.statusText);
  }
  return body;
}

// offerSignIn shows where to sign in; a gateway at which nobody does has no page to sign out either.
async function offerSignIn() {
  const link = document.getElementById("sign-in");
  link.href = "/sign-in?return=" + encodeURIComponent(location.pathname);
  link.hidden = !(await fetch("/sign-out")).ok;
}

// fill writes rows of texts into a table.
function fill(id, rows) {
  document.getElementById(id).replaceChildren(...rows.map((row) => {
    const line = document.createElement("tr");
    line.append(...row.map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text === null || text === undefined ? "" : String(text);
      return cell;
    }));
    return line;
  }));
}

const time = (instant) => (instant ? new Date(instant).toLocaleString() : "");

// zoned is an instant to the second in the reader's own zone, which it names.
const zoned = (instant) => (instant ? new Date(instant).toLocaleString([], {
  year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
}) : "");

// showClocks writes the norms that run beside the call, as they stand at the moment of the answer.
function showClocks(call, ledger) {
  const none = call.agreement ? "The agreement promises nothing for this call." : "No agreement covers this call: no clock runs.";
  document.getElementById("timing").textContent = ledger.clocks.length === 0 ? none :
    [call.agreement, call.clause && "clause " + call.clause, "as of " + zoned(ledger.at)].filter(Boolean).join(", ");
  fill("clocks", ledger.clocks.map((clock) => [
    clock.norm + (clock.link ? " (" + clock.link + ")" : ""),
    clock.state + (clock.state === "stopped" && !clock.breached_at ? ", met" : "") + (clock.reasons && clock.reasons.length > 0 ? ": " + clock.reasons.join(", ") : ""),
    clock.used + " of " + clock.target, zoned(clock.due), zoned(clock.breached_at),
  ]));
}

async function show() {
  try {
    const [call, clocks, path, trail] = await Promise.all([
      read(""), read("/clocks"), read("/path"), read("/events?limit=200"),
    ]);
    sessionStorage.setItem("usm-token", token.value);
    document.title = call.number + " " + call.subject;
    document.getElementById("title").textContent = call.number + " " + call.subject;
    const wait = call.waiting_for;
    fill("facts", [
      ["Status", call.status], ["Workflow", call.workflow.number + " " + call.workflow.name], ["Step", call.step],
      ["Priority", call.priority], ["Requester", call.requester], ["Service", call.service],
      ["Waits for", wait.kind], ["Who may act", (wait.people || []).join(", ")], ["Opened", time(call.opened_at)],
      ["Outcome", call.outcome], ["Calls it opened", (call.children || []).join(", ")], ["Parent", call.parent],
    ]);
    showClocks(call, clocks);
    fill("path", path.map((row) => [" · ".repeat(row.depth) + row.step, row.state, row.call, row.by, time(row.at)]));
    fill("trail", trail.map((row) => [time(row.at), row.kind, row.step, row.by, row.outcome || row.text]));
    document.getElementById("temporal").href = call.temporal_url;
    document.getElementById("temporal").hidden = !/^https?:/.test(call.temporal_url);
    document.getElementById("call").hidden = false;
    document.getElementById("sign-in").hidden = true;
    state.textContent = "";
  } catch (problem) {
    document.getElementById("call").hidden = true;
    state.textContent = problem.message;
  }
}

token.value = sessionStorage.getItem("usm-token") || "";
token.addEventListener("change", show);
show();
