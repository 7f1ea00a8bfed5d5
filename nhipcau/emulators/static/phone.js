"use strict";
const at = (id) => document.getElementById(id);
let known = "";
let follows = null;
let shown = "";

function made(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function act(action, told = {}) {
  const body = JSON.stringify({ action, ...told });
  const answer = await fetch("/phone/do", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  if (!answer.ok) warn(`Không làm được: ${await answer.text()}`);
}

function warn(text) {
  at("warning").textContent = text;
  at("warning").hidden = !text;
}

function safeLink(address) {
  return /^(https?:|sms:|tel:|\/)/.test(address) ? address : "";
}

function attachment(bubble, one) {
  const address = safeLink(one.url || "");
  if (["image", "gif", "sticker"].includes(one.type) && address) {
    const picture = made("img");
    picture.src = address;
    picture.alt = { image: "Ảnh", gif: "Ảnh động", sticker: "Nhãn dán" }[one.type];
    bubble.append(picture);
  } else if (one.type === "request_user_info") {
    bubble.append(infoCard(one.elements[0]));
  } else if (address) {
    const link = made("a", "", one.name || one.title || (one.type === "file" ? "Mở tệp đính kèm" : address));
    Object.assign(link, { href: address, target: "_blank", rel: "noopener" });
    bubble.append(link);
  } else {
    bubble.append(made("div", "", one.title || `[${one.type}]`));
  }
}

function infoCard(element) {
  const card = made("form", "card");
  card.append(made("strong", "", element.title), made("span", "", element.subtitle));
  const fields = [["name", "Họ và tên"], ["phone", "Số điện thoại"]].map(([name, label]) => {
    const field = made("input");
    Object.assign(field, { name, placeholder: label, required: true });
    field.setAttribute("aria-label", label);
    card.append(field);
    return field;
  });
  card.append(made("button", "", "Gửi thông tin"));
  card.addEventListener("submit", (event) => {
    event.preventDefault();
    act("submit", Object.fromEntries(fields.map((field) => [field.name, field.value])));
  });
  return card;
}

function buttonOf(line, button) {
  const address = safeLink(button.link);
  const element = made(button.link ? "a" : "button", "", button.label);
  if (button.link) Object.assign(element, { href: address, target: "_blank", rel: "noopener" });
  else element.addEventListener("click", () => act("tap", { line: line.id, label: button.label }));
  return element;
}

function lineOf(line, all) {
  const row = made("li", line.mine ? "line mine" : "line");
  const bubble = made("div", "bubble");
  const quoted = line.quote && all.find((one) => one.id === line.quote);
  if (quoted) bubble.append(made("p", "quote", quoted.text));
  for (const one of line.attachments) attachment(bubble, one);
  if (line.text) bubble.append(made("div", "", line.text));
  row.append(bubble);
  if (line.buttons.length) {
    const box = made("div", "buttons");
    box.append(...line.buttons.map((button) => buttonOf(line, button)));
    row.append(box);
  }
  const clock = new Date(line.time).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  row.append(made("span", "time", [clock, ...line.reactions].join("  ")));
  return row;
}

function show(state) {
  at("name").textContent = document.title = state.name;
  follows = state.follows;
  at("follow").hidden = follows === null;
  at("follow").textContent = follows ? "Bỏ quan tâm" : "Quan tâm";
  warn(state.delivered === false ? "Chương trình chưa nhận được tin: hãy kiểm tra nó có đang chạy và đúng địa chỉ webhook không." : "");
  showLines(state.lines);
  at("remarks").hidden = !state.remarks.length;
  at("remarks").querySelector("summary").textContent = `Chương trình gọi sai ${state.remarks.length} lần`;
  at("remarks").querySelector("ul").replaceChildren(...state.remarks.map((one) => made("li", "", one)));
}

function showLines(lines) {
  const list = at("lines");
  // Only what is new is added, so that a screen reader reads no line twice and no half-filled form is lost.
  const before = new Map([...list.children].map((row) => [row.dataset.mark, row]));
  const marks = lines.map((line) => JSON.stringify(line));
  if (marks.join() === shown) return;
  shown = marks.join();
  const rows = lines.map((line, place) => {
    const row = before.get(marks[place]) || lineOf(line, lines);
    row.dataset.mark = marks[place];
    return row;
  });
  for (const row of [...list.children]) if (!rows.includes(row)) row.remove();
  rows.forEach((row, place) => { if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null); });
  list.scrollTop = list.scrollHeight;
}

async function watch() {
  for (;;) {
    try {
      const answer = await fetch(`/phone/state?known=${known}`);
      known = answer.headers.get("X-Known");
      show(await answer.json());
    } catch {
      warn("Máy chủ thử đã dừng.");
      await new Promise((resume) => setTimeout(resume, 2000));
    }
  }
}

at("follow").addEventListener("click", () => act(follows ? "unfollow" : "follow"));
at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("text").value.trim();
  at("text").value = "";
  at("text").focus();
  if (text) act("write", { text });
});
at("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("form").requestSubmit();
});
at("photo").addEventListener("change", async () => {
  const [photo] = at("photo").files;
  at("photo").value = "";
  if (photo) await fetch("/phone/photos", { method: "POST", headers: { "Content-Type": photo.type || "image/jpeg" }, body: photo });
});
watch();
