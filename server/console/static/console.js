// Makes pages live and quicker to use. Nothing depends on it: every page and every action works without.
"use strict";
(() => {
  const root = document.documentElement;
  root.dataset.script = "on";

  // The zone of the reader, for the times of the next page.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes("usm-zone=" + zone)) {
    document.cookie = "usm-zone=" + zone + "; path=/; max-age=31536000; samesite=lax";
  }
  const phone = matchMedia("(max-width: 48rem)");
  const menu = document.querySelector(".menu");
  if (menu && phone.matches) menu.open = false;

  // Live: an element with data-live and an id is replaced when a call that it names has changed; "*" is any call. What
  // somebody is typing in stays as it is, and is marked as older than what is known now.
  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  const busy = (part) => part.querySelector("[data-kept]") || [...part.querySelectorAll("input,textarea,select")].some((field) =>
    field.type !== "hidden" && (field === document.activeElement || (field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName === "SELECT" ? [...field.options].some((o) => o.selected !== o.defaultSelected && [...field.options].some((d) => d.defaultSelected))
        : field.value !== field.defaultValue)));
  let timer = 0;
  let running = false;
  let again = false;
  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
      if (answer.status >= 500) setTimeout(soon, 3000);
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of parts()) {
        const now = fresh.getElementById(part.id);
        if (!now || normal(now) === normal(part)) continue;
        if (busy(part)) { part.dataset.stale = ""; continue; }
        for (const shown of part.querySelectorAll("details[id]")) {
          const there = now.querySelector("#" + CSS.escape(shown.id));
          if (there) there.open = shown.open;
        }
        now.classList.add("changed");
        const held = part.contains(document.activeElement) && document.activeElement;
        part.replaceWith(now);
        if (held) hold(now, held);
      }
    } catch {
      setTimeout(soon, 3000);
    } finally {
      running = false;
      if (again) { again = false; soon(); }
    }
  }
  // Who was on an element that has been replaced is on the same one of what replaced it, else at the beginning of the page.
  function hold(now, held) {
    const same = (e) => ["id", "href", "name", "value"].every((name) => e.getAttribute(name) === held.getAttribute(name));
    ([...now.querySelectorAll(held.tagName)].find(same) || document.getElementById("main")).focus({ preventScroll: true });
  }
  // What differs between two answers and is no change: the keys of forms.
  const normal = (part) => part.outerHTML.replace(/ open=""/g, "").replace(/name="key" value="[^"]*"/g, "").replace(/ ?class="changed"|(?<=") ?changed(?=")| data-stale=""/g, "");
  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 120); };
  const concerns = (call) => parts().some((part) => part.dataset.live === "*" || part.dataset.live.split(" ").includes(call));
  // The kinds of usm.EventKind: messages of the stream are named by them, so that no other listener hears them.
  const kinds = ("registered opened step_finished forked asked answered sent_back noted linked signal dead_letter work_requested " +
    "retyped aborted paused resumed rebound alarm proposed decided bypassed approver_added rechecked claimed released reassigned").split(" ");
  let stream = null;
  const deaf = () => { if (stream) { stream.close(); stream = null; delete root.dataset.live; } };
  function listen() {
    if (document.hidden || stream || parts().length === 0) return;
    stream = new EventSource("/api/v1/events");
    let opened = false;
    stream.onopen = () => { if (opened) soon(); opened = true; root.dataset.live = "on"; };
    // A browser comes back to a gateway that was away, but not to one that said that a part of it is.
    stream.onerror = () => { if (stream && stream.readyState === EventSource.CLOSED) { deaf(); setTimeout(() => { listen(); soon(); }, 5000); } };
    const hear = (message) => { if (concerns(JSON.parse(message.data).call)) soon(); };
    for (const kind of kinds) stream.addEventListener(kind, hear);
  }
  // A page that nobody sees holds no connection: browsers have few for one host.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) deaf(); else { listen(); soon(); }
  });
  listen();

  // A choice that changes what a form needs brings the form anew, and whoever chose stays where he was: arrow keys choose one after
  // the other. Where that does not come, the button is pressed that shows it.
  let asked = null;
  document.addEventListener("submit", () => { if (asked) asked.abort(); });
  document.addEventListener("change", async (event) => {
    const form = event.target.form, name = event.target.dataset && event.target.dataset.shows;
    const button = name && form && form.querySelector('button[name="' + name + '"]');
    if (!button) return;
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      const sent = new URLSearchParams(new FormData(form, button));
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: sent, signal: asked.signal });
      const now = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.id);
      if (!now) throw new Error(answer.status);
      now.dataset.kept = "";
      const held = form.contains(document.activeElement) && document.activeElement;
      form.replaceWith(now);
      if (held) hold(now, held);
    } catch (error) {
      if (error.name !== "AbortError") form.requestSubmit(button);
    }
  });

  // Keys, where nobody types: j and k go through a list, / searches. Who does not want them says so in his look.
  document.addEventListener("keydown", (event) => {
    const at = event.target, typing = /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && at.type !== "checkbox";
    if (root.dataset.keys === "off" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      const find = document.getElementById("find");
      if (find) find.focus();
    } else if (event.key === "j" || event.key === "k") {
      const rows = [...document.querySelectorAll("[data-rows] tbody tr")].filter((row) => row.querySelector("a[href]"));
      const next = rows.findIndex((row) => row.contains(at)) + (event.key === "j" ? 1 : -1);
      if (rows.length > 0) rows[Math.min(rows.length - 1, Math.max(0, next))].querySelector("a[href]").focus();
    }
  });

  // Escape takes away what lies over the page: an open menu, and a line of the glossary until something else is pointed at.
  const menus = () => document.querySelectorAll(".preferences[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    root.dataset.quiet = "";
    for (const over of menus()) { over.open = false; over.querySelector("summary").focus(); }
  });
  for (const kind of ["focusin", "pointerover"]) {
    document.addEventListener(kind, (event) => {
      delete root.dataset.quiet;
      for (const over of menus()) if (kind === "focusin" && !over.contains(event.target)) over.open = false;
    });
  }
})();
