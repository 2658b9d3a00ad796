// Enhancement only: every page works without this file.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const KEYS_OFF = "tsumugi.keys-off"; // a preference of this PC, never personal data

  // --- acts without reload -------------------------------------------------
  // A link or form marked data-act / data-region loads its own address; only the region #work is replaced.
  // The server sends the same pages as ever.
  let loading = null;

  async function load(url, init) {
    if (loading) loading.abort();
    const own = (loading = new AbortController());
    document.getElementById("work")?.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, {
        credentials: "same-origin",
        signal: own.signal,
        ...init,
        headers: { Accept: "text/html", "X-Region": "work" },
      });
      return { url: answer.url, moved: answer.redirected, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
    } finally {
      if (loading === own) loading = null;
      document.getElementById("work")?.removeAttribute("aria-busy");
    }
  }

  function show({ url, moved, page }, push) {
    const [now, next] = [document.getElementById("work"), page.getElementById("work")];
    if (now && next) {
      now.replaceWith(document.adoptNode(next));
      for (const selector of ["#notice", ".nav", ".lead"]) {
        const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
        // The notice keeps its element, so that a screen reader hears what changed inside it.
        if (old && fresh) old.replaceChildren(...fresh.childNodes);
      }
    } else {
      document.title = page.title;
      document.body.replaceWith(document.adoptNode(page.body));
      bindDialog();
    }
    if (push && moved) history.pushState(null, "", url); // a refused form keeps the address it came from
    focusAfter();
  }

  function focusAfter() {
    const wanted =
      document.querySelector("[data-focus]") || document.querySelector(".rec input:not([type=hidden]), .rec select");
    if (wanted) {
      wanted.focus({ preventScroll: true });
      wanted.closest("[data-line]")?.scrollIntoView({ block: "nearest" });
    }
  }

  const lines = () => [...document.querySelectorAll("#work [data-line]")];
  const current = () => document.activeElement?.closest?.("[data-line]");

  async function follow(link) {
    const at = link.closest("[data-line]")?.id;
    show(await load(link.href), false);
    history.replaceState(null, "", link.href);
    if (!document.querySelector(".rec") && at) document.getElementById(at)?.focus();
  }

  async function send(form, button) {
    if (form.dataset.sending) return; // a second press does nothing, as command_id would see to
    form.dataset.sending = "1";
    const index = lines().indexOf(form.closest("[data-line]"));
    const body = new URLSearchParams(new FormData(form, button));
    try {
      show(await load(form.action, { method: "POST", body }), true);
      if (index >= 0 && !document.querySelector("[data-focus], .rec")) {
        const rest = lines();
        (rest[index] || rest.at(-1))?.focus();
      }
    } catch (problem) {
      delete form.dataset.sending;
      if (problem.name === "AbortError") return;
      tell("通信できませんでした。入力した内容は画面に残っています。もう一度「記録する」を押してください。");
    }
  }

  function tell(text) {
    const place = document.getElementById("notice");
    const banner = document.createElement("p");
    banner.className = "banner banner--failed";
    banner.textContent = text;
    place?.replaceChildren(banner);
    place?.scrollIntoView({ block: "nearest" });
  }

  // Puts the brackets of a mark around what is chosen in its field, or around nothing for typing into.
  function mark(button) {
    const field = document.getElementById(button.dataset.markIn);
    if (!field) return;
    const [from, to] = [field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length];
    const [head, inside] = [`〔${button.dataset.mark}：`, field.value.slice(from, to)];
    field.setRangeText(`${head}${inside}〕`, from, to, "end");
    field.focus();
    const end = from + head.length + inside.length;
    field.setSelectionRange(inside ? end + 1 : end, inside ? end + 1 : end);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  const leave = (problem, url) => {
    if (problem.name !== "AbortError") location.assign(url);
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target.closest("a, button");
    if (!target) return;
    if (target.dataset.frameKey) {
      // The screen changes or is locked: what is being typed is kept on the server first.
      event.preventDefault();
      leaveWith(target);
      return;
    }
    if (target.matches("[data-print]")) window.print();
    if (target.dataset.mark) mark(target);
    if (target.id === "keys-open") help();
    if (target.matches("a[data-act], .rec a[data-cancel]") && document.getElementById("work")) {
      event.preventDefault();
      follow(target).catch((problem) => leave(problem, target.href));
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-region]") || !document.getElementById("work")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  window.addEventListener("popstate", () => {
    if (!location.hash || !document.querySelector(location.hash)) location.reload();
  });

  // --- keys ----------------------------------------------------------------
  const writing = (event) =>
    event.isComposing || event.keyCode === 229 || event.target.closest?.("input, textarea, select, [contenteditable], dialog");

  function step(by) {
    const all = lines();
    const at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  function act(key) {
    const place = current() || document;
    const link = place.querySelector(`[data-key="${key}"]`);
    if (link && (current() || !document.querySelector("[data-line] [data-key]"))) link.click();
  }

  function help() {
    const dialog = document.getElementById("keys");
    if (dialog && !dialog.open) dialog.showModal();
  }

  function seek() {
    const field = document.getElementById("seek");
    field?.focus();
    field?.select();
  }

  function filter() {
    const summary = document.querySelector("[data-search]");
    if (!summary) return;
    summary.parentElement.open = true;
    summary.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      const form = event.target.closest?.("form[data-save]");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.code === "Escape" && !event.isComposing && event.target.closest?.(".rec")) {
      event.target.closest(".rec").querySelector("[data-cancel]")?.click();
      return;
    }
    if (localStorage.getItem(KEYS_OFF) || writing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") help();
    else if (event.key === "/") seek();
    else if (event.code === "KeyF") filter();
    else if (event.code === "KeyJ") step(1);
    else if (event.code === "KeyK") step(-1);
    else if (event.code === "KeyC") act("c");
    else if (event.code === "KeyV") act("v");
    else if (event.code === "KeyN" && document.querySelector('.idbar__p [rel="next"]')) document.querySelector('.idbar__p [rel="next"]').click();
    else if (event.code === "KeyP" && document.querySelector('.idbar__p [rel="prev"]')) document.querySelector('.idbar__p [rel="prev"]').click();
    else if (event.code === "KeyU" && document.querySelector("#notice .undo button")) document.querySelector("#notice .undo button").click();
    else if (document.querySelector(`[data-frame-key="${event.code}"]`)) document.querySelector(`[data-frame-key="${event.code}"]`).click();
    else if (event.key === "Enter" && event.target.matches?.("[data-open-url]")) location.assign(event.target.dataset.openUrl);
    else return;
    event.preventDefault();
  });

  function bindDialog() {
    const box = document.getElementById("keys-on");
    if (!box) return;
    box.checked = !localStorage.getItem(KEYS_OFF);
    box.addEventListener("change", () =>
      box.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1"),
    );
  }
  bindDialog();

  // --- dates are echoed while they are typed ---------------------------------
  let waiting = 0;
  async function echo(input) {
    const place = document.getElementById(input.dataset.echo);
    const text = input.value.trim();
    if (!place) return;
    if (!text) return place.replaceChildren();
    const answer = await fetch("/dates/echo?text=" + encodeURIComponent(text), { credentials: "same-origin" });
    if (input.value.trim() !== text || answer.redirected) return;
    place.toggleAttribute("data-bad", !answer.ok);
    place.textContent = answer.ok || answer.status === 422 ? await answer.text() : "";
  }
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-echo]") || event.isComposing) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => echo(event.target).catch(() => {}), 250);
  });
  document.addEventListener("compositionend", (event) => {
    if (event.target.matches?.("[data-echo]")) echo(event.target).catch(() => {});
  });

  // --- progress: the page asks for itself until it says it is done ------------
  async function watch() {
    const place = document.querySelector("[data-watch]");
    if (!place) return;
    try {
      show(await load(location.href), false);
    } catch {
      // the next round tries again
    }
    setTimeout(watch, 1000);
  }
  if (document.querySelector("[data-watch]")) setTimeout(watch, 1000);

  // --- nobody sits at the screen ----------------------------------------------
  // The server locks by its own clock; here the page is covered at the same time, and what is being typed is kept for its
  // author. All pages of this browser share one time, so that a page in the background does not lock the one in use.
  const ACTIVE = "tsumugi.active"; // an instant, never personal data
  const WARN = 60_000;
  const drawn = Date.now();
  let active = drawn;
  let told = drawn;
  let locking = false;

  const dirty = () => document.querySelector("form[data-save][data-dirty]");
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-save]");
    if (form) form.dataset.dirty = "1";
  });

  async function keep(form) {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    body.set("keep_path", new URL(form.action).pathname);
    const answer = await fetch("/session/drafts", { method: "POST", credentials: "same-origin", body });
    return answer.ok && !answer.redirected ? (await answer.text()).trim() : "";
  }

  async function leaveWith(button) {
    const form = button.form;
    const put = (name, value) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    };
    root.classList.add("is-covered");
    try {
      const draft = dirty() && (await keep(dirty()));
      if (draft) put("kept", draft);
    } catch {
      // without the server nothing can be kept; the screen is left all the same
    }
    put("return_to", location.pathname + location.search);
    form.requestSubmit(button);
  }

  function lockNow() {
    const button = document.querySelector('[data-frame-key="KeyL"]');
    if (locking || !button) return;
    locking = true;
    leaveWith(button);
  }

  function sitsThere() {
    const now = (active = Date.now());
    if (now - told < 15_000 || locking) return;
    told = now;
    localStorage.setItem(ACTIVE, String(now));
    const csrf = document.querySelector('.who input[name="csrf"]')?.value;
    if (csrf) fetch("/session/here", { method: "POST", credentials: "same-origin", body: new URLSearchParams({ csrf }) }).catch(() => {});
  }

  function tick() {
    const { lockAfter, endsIn } = document.body.dataset;
    if (!lockAfter) return;
    const quiet = Date.now() - Math.max(active, Number(localStorage.getItem(ACTIVE)) || 0);
    const left = lockAfter * 1000 - quiet;
    const notice = document.getElementById("idle");
    if (notice) notice.hidden = left > Math.min(WARN, lockAfter * 250);
    const ends = document.getElementById("ends");
    if (ends && endsIn * 1000 - (Date.now() - drawn) < 30 * 60_000) ends.hidden = false;
    if (left <= 0) lockNow();
  }
  if (document.body.dataset.lockAfter) {
    localStorage.setItem(ACTIVE, String(drawn));
    for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
      document.addEventListener(kind, sitsThere, { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", tick);
    setInterval(tick, 5_000);
  }

  // A page given back after a refusal starts at what was wrong.
  document.querySelector(".banner[data-focus]")?.focus();
})();
