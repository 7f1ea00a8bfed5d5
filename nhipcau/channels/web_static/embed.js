/* One line in a union's page: <script src="https://bot.example/embed.js" defer></script>
   Optional: data-label, data-lang ("vi" or "en"), data-unit (the code of a unit). */
(function () {
  "use strict";
  var me = document.currentScript;
  if (!me || window.nhipcauEmbed) return;
  window.nhipcauEmbed = true;
  var origin = new URL(me.src).origin;
  var english = (me.dataset.lang || document.documentElement.lang || "vi").slice(0, 2) === "en";
  var label = me.dataset.label || (english ? "Ask the union" : "Hỏi công đoàn");
  var frame = null;

  function make(tag, style, attributes) {
    var element = document.createElement(tag);
    // Property by property: a strict policy of the host page forbids style attributes and elements.
    Object.keys(style).forEach(function (name) { element.style[name] = style[name]; });
    Object.keys(attributes).forEach(function (name) { element.setAttribute(name, attributes[name]); });
    return element;
  }

  var button = make("button", {
    position: "fixed", right: "16px", bottom: "16px", zIndex: 2147483000, minHeight: "52px", padding: "0 22px",
    border: "2px solid #fff", borderRadius: "28px", background: "#0b4a8f", color: "#fff", cursor: "pointer",
    font: "600 17px/1.2 system-ui, sans-serif", boxShadow: "0 4px 18px rgba(11,28,48,.35)",
  }, { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" });
  button.textContent = label;

  var dialog = make("div", {
    position: "fixed", zIndex: 2147483001, display: "none", overflow: "hidden", background: "#eef3f9",
    boxShadow: "0 10px 40px rgba(11,28,48,.4)",
  }, { role: "dialog", "aria-label": label });

  var close = make("button", {
    position: "absolute", top: "8px", right: "6px", width: "44px", height: "44px", padding: 0, border: 0,
    borderRadius: "50%", background: "transparent", color: "#fff", font: "28px/1 system-ui, sans-serif", cursor: "pointer",
  }, { type: "button", "aria-label": english ? "Close" : "Đóng" });
  close.textContent = "×";

  function lay() {
    var small = window.innerWidth < 520 || window.innerHeight < 480;
    var box = small
      ? { top: 0, right: 0, bottom: 0, left: 0, width: "auto", height: "auto", borderRadius: 0 }
      : { top: "auto", right: "16px", bottom: "16px", left: "auto", width: "384px", height: Math.min(660, window.innerHeight - 32) + "px", borderRadius: "18px" };
    Object.keys(box).forEach(function (name) { dialog.style[name] = box[name]; });
  }

  function load() {
    var address = origin + "/chat?embed=1&lang=" + (english ? "en" : "vi");
    if (me.dataset.unit) address += "&u=" + encodeURIComponent(me.dataset.unit);
    frame = make("iframe", { width: "100%", height: "100%", border: 0, display: "block" }, { title: label, src: address });
    dialog.insertBefore(frame, close);
  }

  function toggle(open) {
    if (open && !frame) load();
    lay();
    dialog.style.display = open ? "block" : "none";
    button.style.display = open ? "none" : "block";
    button.setAttribute("aria-expanded", String(open));
    (open ? frame : button).focus();
  }

  button.onclick = function () { toggle(true); };
  close.onclick = function () { toggle(false); };
  addEventListener("resize", lay);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && dialog.style.display === "block") toggle(false);
  });
  addEventListener("message", function (event) {
    if (frame && event.source === frame.contentWindow && event.origin === origin && event.data === "nhipcau-close") toggle(false);
  });
  dialog.appendChild(close);
  document.body.appendChild(button);
  document.body.appendChild(dialog);
})();
