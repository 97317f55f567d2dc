// Makes pages live and quicker to use. Nothing depends on it: every page and every action works without.
"use strict";
(() => {
  document.documentElement.dataset.script = "on";

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
  const busy = (part) => [...part.querySelectorAll("input,textarea,select")].some((field) =>
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
        part.replaceWith(now);
      }
    } catch {
      setTimeout(soon, 3000);
    } finally {
      running = false;
      if (again) { again = false; soon(); }
    }
  }
  // What differs between two answers and is no change: the keys of forms.
  const normal = (part) => part.outerHTML.replace(/ open=""/g, "").replace(/name="key" value="[^"]*"/g, "").replace(/ ?class="changed"|(?<=") ?changed(?=")| data-stale=""/g, "");
  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 120); };
  const concerns = (call) => parts().some((part) => part.dataset.live === "*" || part.dataset.live.split(" ").includes(call));
  // The kinds of usm.EventKind: messages of the stream are named by them, so that no other listener hears them.
  const kinds = ("registered opened step_finished forked asked answered sent_back noted linked signal dead_letter work_requested " +
    "retyped aborted paused resumed rebound alarm proposed decided bypassed approver_added rechecked claimed released reassigned").split(" ");
  let stream = null;
  function listen() {
    if (document.hidden || stream || parts().length === 0) return;
    stream = new EventSource("/api/v1/events");
    let opened = false;
    stream.onopen = () => { if (opened) soon(); opened = true; document.documentElement.dataset.live = "on"; };
    const hear = (message) => { if (concerns(JSON.parse(message.data).call)) soon(); };
    for (const kind of kinds) stream.addEventListener(kind, hear);
  }
  // A page that nobody sees holds no connection: browsers have few for one host.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (stream) { stream.close(); stream = null; delete document.documentElement.dataset.live; } } else { listen(); soon(); }
  });
  listen();

  // A choice that changes what a form needs presses the button that shows it.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset && event.target.dataset.shows;
    const button = name && event.target.form && event.target.form.querySelector('button[name="' + name + '"]');
    if (button) event.target.form.requestSubmit(button);
  });

  // Keys, where nobody types: j and k go through a list, Enter opens, / searches.
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(event.target.tagName)) return;
    const all = rows();
    const at = all.findIndex((row) => row.classList.contains("here"));
    if (event.key === "/") {
      event.preventDefault();
      const find = document.getElementById("find");
      if (find) find.focus();
    } else if ((event.key === "j" || event.key === "k") && all.length > 0) {
      const next = all[Math.min(all.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      if (at >= 0) all[at].classList.remove("here");
      next.classList.add("here");
      next.scrollIntoView({ block: "nearest" });
      const link = next.querySelector("a[href]");
      if (link) link.focus({ preventScroll: true });
    } else if (event.key === "Enter" && at >= 0 && event.target.tagName !== "A") {
      const link = all[at].querySelector("a[href]");
      if (link) link.click();
    }
  });
})();
