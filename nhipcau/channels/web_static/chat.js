"use strict";
/* The page: shows lines, sends what people write. Every text is put in as text, never as markup. */

const $ = (id) => document.getElementById(id);
const page = document.documentElement;
const embedded = page.dataset.mode === "embed";
const limit = Number(page.dataset.limit);
const query = new URLSearchParams(location.search);
const zone = "Asia/Ho_Chi_Minh";
const log = $("log");
const box = $("text");
const scroller = $("scroll");
const rows = new Map(); // by the line's number
const own = new Map(); // by the id the page gave
let unread = 0;

/* --- words --- */

function word(key, values) {
  const text = WORDS[page.lang][key] || "";
  return text.replace(/\{(\w+)\}/g, (all, name) => (values && name in values ? values[name] : all));
}

function say(element, key, values) {
  element.dataset.say = key;
  element.dataset.values = JSON.stringify(values || {});
  element.textContent = key ? word(key, values) : "";
}

function speak(language) {
  page.lang = language;
  document.querySelectorAll("[data-say]").forEach((e) => say(e, e.dataset.say, JSON.parse(e.dataset.values || "{}")));
  document.querySelectorAll("[data-name]").forEach((e) => e.setAttribute("aria-label", word(e.dataset.name)));
  document.querySelectorAll("[data-hold]").forEach((e) => { e.placeholder = word(e.dataset.hold); });
  $("language").lang = language === "vi" ? "en" : "vi";
  markDays(true);
}

/* --- lines --- */

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
}

const ADDRESS = /https?:\/\/[^\s<>"'“”]+/g;

function write(parent, text) {
  let end = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = found[0].replace(/[.,;:!?)\]}…]+$/, "");
    if (!safe(address)) continue;
    parent.append(text.slice(end, found.index), link(address, address));
    end = found.index + address.length;
  }
  parent.append(text.slice(end));
}

function safe(address) {
  try { return /^https?:$/.test(new URL(address).protocol); } catch (e) { return false; }
}

function link(address, text) {
  const anchor = make("a", "", text);
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

/* Pictures are shown from this server only; anything else is a link that the reader may follow. */
function attach(bubble, media) {
  const here = /^\/[^/\\]/.test(media.ref);
  if (here && media.kind === "photo") {
    const picture = make("img", "photo");
    picture.loading = "lazy";
    picture.src = media.ref;
    picture.alt = word("picture");
    bubble.append(picture);
  } else if (here || safe(media.ref)) {
    const anchor = link(media.ref, "");
    say(anchor, "file");
    bubble.append(anchor);
  }
}

function build(line) {
  const row = make("div", line.mine ? "row mine" : "row");
  const who = make("span", "unseen");
  say(who, line.mine ? "me" : "us");
  const bubble = make("div", "bubble");
  const text = make("p");
  write(text, line.text || "");
  bubble.append(text);
  (line.media || []).forEach((media) => attach(bubble, media));
  row.append(who, bubble);
  if (line.buttons) row.append(choices(line.buttons));
  row.append(meta(line));
  row.dataset.at = line.at;
  return row;
}

function meta(line) {
  const foot = make("p", "meta");
  const at = new Date(line.at);
  const time = make("time", "", at.toLocaleTimeString("vi-VN", { timeZone: zone, hour: "2-digit", minute: "2-digit" }));
  time.dateTime = line.at;
  foot.append(time);
  if (line.mine) foot.append(" ", make("span", "state"));
  return foot;
}

function choices(buttons) {
  const group = make("div", "choices");
  group.setAttribute("role", "group");
  group.dataset.name = "choices";
  group.setAttribute("aria-label", word("choices"));
  buttons.forEach((row) => {
    const strip = make("div", "strip");
    row.forEach((choice) => strip.append(choiceButton(choice)));
    group.append(strip);
  });
  return group;
}

function choiceButton(choice) {
  const button = make("button", "choice", choice.label);
  button.type = "button";
  let tapped = 0;
  button.onclick = () => {
    if (Date.now() - tapped < 1000) return; // one tap of a trembling finger
    tapped = Date.now();
    offer({ kind: "tap", payload: choice.payload, text: choice.label });
  };
  return button;
}

function state(row, key) {
  const mark = row && row.querySelector(".state");
  if (!mark) return;
  say(mark, key);
  row.classList.toggle("failed", key === "failed");
}

/* Numbered lines stand in their order, the ones not stored yet below them. */
function place(row, number) {
  const later = [...log.querySelectorAll(".row")].find((other) => !other.dataset.n || Number(other.dataset.n) > number);
  row.dataset.n = number;
  if (later !== row) log.insertBefore(row, later || null);
}

function show(line) {
  if (rows.has(line.n) || (line.mine && !line.text)) return null;
  const row = (line.mine && own.get(line.id)) || build(line);
  rows.set(line.n, row);
  place(row, line.n);
  if (line.mine) state(row, "sent");
  return row;
}

function day(at, days) {
  return new Date(at.getTime() - days * 86400000).toLocaleDateString("vi-VN", { timeZone: zone });
}

function dayName(at) {
  const name = day(at, 0);
  if (name === day(new Date(), 0)) return word("today");
  return name === day(new Date(), 1) ? word("yesterday") : name;
}

function markDays(again) {
  if (again) log.querySelectorAll(".day").forEach((mark) => mark.remove());
  let before = "";
  log.querySelectorAll(".row").forEach((row) => {
    const name = dayName(new Date(row.dataset.at));
    const above = row.previousElementSibling;
    const marked = above && above.className === "day";
    if (marked && name === before) above.remove();
    else if (!marked && name !== before) log.insertBefore(make("p", "day", name), row);
    before = name;
  });
}

/* --- scrolling --- */

let sticking = true;
const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 90;

function toEnd(from) {
  // The beginning of a long answer matters more than its end.
  const end = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = from ? Math.min(end, from.offsetTop - scroller.offsetTop - 7) : end;
  $("newer").hidden = true;
  sticking = atEnd();
}

function count(lines) {
  if (document.hidden) unread += lines.filter((line) => !line.mine && !line.silent).length;
  document.title = (unread ? "(" + unread + ") " : "") + page.dataset.title;
}

/* Without cookies a fresh page would be lost again: it reloads once, and where even that cannot be noted, never. */
const fresh = {
  first() {
    try {
      const before = sessionStorage.getItem("nhipcau-fresh");
      sessionStorage.setItem("nhipcau-fresh", "1");
      return !before;
    } catch (e) { return false; }
  },
  forget() { try { sessionStorage.removeItem("nhipcau-fresh"); } catch (e) { /* nothing was noted */ } },
};

/* --- talking --- */

function offer(item) {
  item.language = page.lang;
  item.id = line.post(item);
  pending(item);
  markDays();
  toEnd();
}

function pending(item) {
  if (item.kind === "start" || own.has(item.id)) return;
  const row = build({ mine: true, text: item.text, at: item.at });
  own.set(item.id, row);
  log.append(row);
  state(row, line.state === "online" ? "sending" : "waiting");
}

function begin(empty) {
  const unit = query.get("u");
  const asked = unit ? "u_" + unit : query.get("start") || "";
  const payload = /^[A-Za-z0-9_-]{0,64}$/.test(asked) ? asked : "";
  const known = embedded && payload === store.read("nhipcau-start");
  const waiting = line.queue.some((item) => item.kind === "start");
  if (!waiting && (empty || (payload && !known))) line.post({ kind: "start", payload, language: page.lang });
  if (payload) store.write("nhipcau-start", payload);
  ["u", "start"].forEach((name) => query.delete(name)); // a reload is not a second scan
  history.replaceState(null, "", location.pathname + (String(query) && "?" + query));
}

const line = new Link({
  posts(lines, { first, more }) {
    const stick = first || sticking;
    const shown = lines.map(show).filter(Boolean);
    markDays();
    if (first) { $("earlier").hidden = !more; begin(!lines.length); }
    if (stick) toEnd(first ? null : shown.find((row) => !row.classList.contains("mine")));
    else if (shown.length) $("newer").hidden = false;
    count(lines);
  },
  flying(id) { state(own.get(id), "sending"); },
  sent(id) { state(own.get(id), "sent"); notice(""); },
  held(id, why, seconds) { state(own.get(id), "waiting"); notice(why, { n: seconds }); },
  refused(id, code) {
    const row = own.get(id);
    state(row, "failed");
    notice("refused");
    if (row && !box.value && code !== "empty") box.value = row.querySelector(".bubble").textContent;
  },
  state(now) {
    clearTimeout(this.timer);
    const tell = () => say($("status"), now === "online" ? "" : now);
    if (now === "connecting") this.timer = setTimeout(tell, 1500); else tell();
    page.dataset.line = now;
    if (now === "online") { fresh.forget(); return; }
    line.queue.forEach((item) => state(own.get(item.id), "waiting"));
    if (["slow", "again"].includes($("hint").dataset.say)) notice("");
  },
  lost() {
    if (fresh.first()) location.reload(); else finish("blocked", "open", "_blank");
  },
});

function notice(key, values) { say($("hint"), key, values); }

function finish(sentence, invitation, target) {
  const note = make("p", "note");
  const anchor = make("a");
  say(note, sentence);
  say(anchor, invitation);
  anchor.href = "/chat";
  if (target) anchor.target = target;
  log.replaceChildren(note, anchor);
  $("form").hidden = true;
  $("earlier").hidden = true;
  say($("status"), "");
}

/* --- the box --- */

function fit() {
  box.style.height = "auto";
  box.style.height = Math.min(box.scrollHeight + 2, innerHeight * 0.4) + "px";
  const left = limit - [...box.value].length;
  box.setAttribute("aria-invalid", String(left < 0));
  if (left < 0) notice("long", { n: limit - left, most: limit });
  else if (left < 300) notice("remaining", { n: left });
  else if (["long", "remaining", "refused"].includes($("hint").dataset.say)) notice("");
  return left;
}

function submit() {
  const text = box.value.replace(/\0/g, "").trim();
  if (!text || fit() < 0) { box.focus(); return; }
  offer({ kind: "text", text: text.toWellFormed ? text.toWellFormed() : text });
  box.value = "";
  fit();
}

box.addEventListener("input", fit);
box.addEventListener("keydown", (event) => {
  // 229: an input method (Telex, VNI) is still composing the word.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
$("form").addEventListener("submit", (event) => { event.preventDefault(); submit(); box.focus(); });
$("newer").onclick = () => { toEnd(); box.focus(); };
scroller.addEventListener("scroll", () => {
  sticking = atEnd();
  if (sticking) $("newer").hidden = true;
}, { passive: true });
// The keyboard of a phone and notices take height away; who reads the end goes on reading it.
new ResizeObserver(() => { if (sticking) toEnd(); }).observe(scroller);

$("earlier").onclick = async () => {
  const numbers = [...rows.keys()];
  const height = scroller.scrollHeight;
  let batch;
  try { batch = await line.earlier(Math.min(...numbers)); } catch (e) { return; }
  log.setAttribute("aria-live", "off"); // old lines are no news
  (batch.posts || []).forEach(show);
  markDays();
  scroller.scrollTop += scroller.scrollHeight - height;
  $("earlier").hidden = !batch.more;
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
};

/* --- the menu --- */

function menu(open) {
  $("menu").hidden = !open;
  $("more").setAttribute("aria-expanded", String(open));
  say($("leave"), "leave");
}

$("more").onclick = () => menu($("menu").hidden);
$("language").onclick = () => {
  const language = page.lang === "vi" ? "en" : "vi";
  store.write("nhipcau-language", language);
  speak(language);
  menu(false);
  $("more").focus();
};
$("leave").onclick = async () => {
  if ($("leave").dataset.say === "leave") { say($("leave"), "leaveSure"); return; }
  try { await line.fetch("/chat/leave" + (embedded ? "?embed=1" : ""), 8000, { method: "POST" }); } catch (e) { return; }
  line.stop();
  ["nhipcau-language", "nhipcau-start"].forEach(store.forget);
  menu(false);
  finish("left", "reopen");
};
document.addEventListener("click", (event) => {
  if (!$("menu").hidden && !event.target.closest("#menu, #more")) menu(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (!$("menu").hidden) { menu(false); $("more").focus(); } else if (embedded) parent.postMessage("nhipcau-close", "*");
});
document.addEventListener("visibilitychange", () => { if (!document.hidden) { unread = 0; count([]); } });

page.dataset.title = document.title;
$("contact").hidden = !$("contact").textContent;
const chosen = store.read("nhipcau-language");
speak(chosen in WORDS ? chosen : page.lang);
line.queue.forEach(pending);
line.start();
if (matchMedia("(pointer: fine)").matches) box.focus();
