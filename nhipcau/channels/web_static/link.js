"use strict";
/* The line to the server: a socket, or polls where sockets fail; and the queue of what is not stored yet.
   Nothing here touches the page: `hooks` is told what happened. */

const UNSENT = "nhipcau-unsent";
const SOCKET_PATIENCE = 8000; // ms from opening until the first batch
const REPLY_PATIENCE = 12000; // ms from sending until the server's word
const SILENCE = 60000; // ms without a frame after which a socket is dead; the server speaks every 25 s
const POLL_PATIENCE = 45000;
const POLLS_UNTIL_SOCKET = 8; // then a socket is tried once more

const memory = {};
const store = {
  read(key) {
    try { return localStorage.getItem(key); } catch (e) { return memory[key] || null; }
  },
  write(key, value) {
    memory[key] = value;
    try { localStorage.setItem(key, value); } catch (e) { /* storage is full or forbidden: memory must do */ }
  },
  forget(key) {
    delete memory[key];
    try { localStorage.removeItem(key); } catch (e) { /* nothing was kept */ }
  },
};

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

class Link {
  constructor(hooks) {
    this.hooks = hooks;
    this.last = null; // the number of the newest line seen; null before the first batch
    this.state = "new";
    this.mode = "ws";
    this.socket = null;
    this.failures = 0; // sockets in a row that never brought a batch
    this.tries = 0;
    this.polls = 0;
    this.flying = null; // id of the message whose fate is open
    this.holdUntil = 0;
    try { this.queue = JSON.parse(store.read(UNSENT)) || []; } catch (e) { this.queue = []; }
  }

  start() {
    addEventListener("online", () => this.retry());
    addEventListener("offline", () => { this.drop(); this.say("offline"); });
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    setInterval(() => this.wake(true), 15000);
    this.connect();
  }

  stop() {
    this.state = "stopped";
    clearTimeout(this.timer);
    this.drop();
    store.forget(UNSENT);
  }

  /* --- sending --- */

  post(item) {
    item.id = randomId();
    item.at = new Date().toISOString();
    this.queue.push(item);
    this.save();
    this.flush();
    return item.id;
  }

  save() { store.write(UNSENT, JSON.stringify(this.queue.slice(-50))); }

  flush() {
    const head = this.queue[0];
    if (!head || this.flying || this.state !== "online") return;
    const hold = this.holdUntil - Date.now();
    if (hold > 0) { this.later("flushTimer", hold + 50, () => this.flush()); return; }
    this.flying = head.id;
    this.hooks.flying(head.id);
    const frame = JSON.stringify(head);
    if (this.socket) {
      this.later("replyTimer", REPLY_PATIENCE, () => this.drop(true));
      this.socket.send(frame);
    } else {
      this.postFrame(frame);
    }
  }

  async postFrame(frame) {
    try {
      const answer = await this.fetch("/chat/send", REPLY_PATIENCE, {
        method: "POST", body: frame, headers: { "Content-Type": "application/json" },
      });
      this.reply(await answer.json());
    } catch (e) {
      this.flying = null;
      this.later("flushTimer", 3000, () => this.flush());
    }
  }

  reply(frame) {
    clearTimeout(this.replyTimer);
    const id = this.flying;
    this.flying = null;
    if (frame.error === "session") { this.lose(); return; }
    if (frame.error) { frame.again = id; frame.after = frame.after || 10; }
    if (frame.slow || frame.again) {
      this.holdUntil = Date.now() + frame.after * 1000;
      this.hooks.held(frame.slow || frame.again, frame.slow ? "slow" : "again", frame.after);
    } else if (frame.ok) {
      this.settle(frame.ok);
      this.hooks.sent(frame.ok);
    } else {
      this.settle(id);
      this.hooks.refused(id, frame.code);
    }
    this.flush();
  }

  settle(id) {
    this.queue = this.queue.filter((item) => item.id !== id);
    if (this.flying === id) this.flying = null;
    this.save();
  }

  /* --- receiving --- */

  take(frame) {
    this.heard = Date.now();
    if (frame.error) { this.refusal = frame; return; }
    if ("ok" in frame || "no" in frame || "slow" in frame || "again" in frame) { this.reply(frame); return; }
    const first = this.last === null;
    const news = (frame.posts || []).filter((post) => first || post.n > this.last);
    if (news.length) this.last = news[news.length - 1].n;
    else if (first) this.last = 0;
    news.forEach((post) => post.mine && post.id && this.settle(post.id));
    if (news.length || first) this.hooks.posts(news, { first, more: frame.more });
    if (frame.ready) this.up();
  }

  up() {
    this.tries = this.failures = 0;
    this.refusal = null;
    if (this.state !== "online") this.say("online");
    this.flush();
  }

  async earlier(number) {
    const answer = await this.fetch("/chat/history?before=" + number, REPLY_PATIENCE);
    if (!answer.ok) throw new Error("history");
    return answer.json();
  }

  /* --- the connection --- */

  connect() {
    clearTimeout(this.timer);
    if (this.state === "stopped" || this.socket || this.polling) return;
    if (this.mode === "ws") this.open(); else this.poll();
  }

  open() {
    const query = this.last === null ? "" : "?after=" + this.last;
    let socket;
    let ready = false;
    try {
      socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/chat/ws" + query);
    } catch (e) { // older Safari: "self" in the page's policy does not cover sockets
      this.failures = 2;
      this.down();
      return;
    }
    this.socket = socket;
    this.heard = Date.now();
    this.later("openTimer", SOCKET_PATIENCE, () => ready || this.drop(true));
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      ready = ready || frame.ready;
      this.take(frame);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (!ready && !this.refusal) this.failures += 1;
      if (event.code === 1009 && this.flying) this.reply({ no: this.flying, code: "huge" });
      if (event.code === 4401) this.lose(); else this.down();
    };
  }

  /* A dead network may never report the end of a socket: it is left behind, not waited for. */
  drop(again) {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.replyTimer);
    this.flying = null;
    if (socket) { socket.onmessage = socket.onclose = null; socket.close(); }
    if (again) { this.failures += this.state === "online" ? 0 : 1; this.down(); }
  }

  down() {
    if (this.state === "stopped") return;
    clearTimeout(this.replyTimer);
    this.flying = null;
    this.say(navigator.onLine ? "connecting" : "offline");
    const detour = this.mode === "ws" && this.failures >= 2;
    if (detour) { this.mode = "poll"; this.tries = this.polls = 0; }
    const backoff = detour ? 0 : Math.min(30000, 700 * 2 ** this.tries);
    const wait = this.refusal ? this.refusal.after * 1000 : backoff;
    this.refusal = null;
    this.tries += 1;
    this.later("timer", wait * (0.5 + Math.random() / 2), () => this.connect());
  }

  async poll() {
    this.polling = true;
    const began = Date.now();
    try {
      const answer = await this.fetch("/chat/poll" + (this.last === null ? "" : "?after=" + this.last), POLL_PATIENCE);
      const frame = await answer.json();
      this.polling = false;
      if (answer.status === 401) { this.lose(); return; }
      this.take(frame);
      if (!answer.ok) { this.down(); return; }
    } catch (e) {
      this.polling = false;
      this.down();
      return;
    }
    this.polls += 1;
    if (this.polls >= POLLS_UNTIL_SOCKET) { this.mode = "ws"; this.failures = 1; }
    this.later("timer", Date.now() - began < 500 ? 500 : 0, () => this.connect());
  }

  async fetch(url, patience, options) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), patience);
    try {
      const settings = { cache: "no-store", credentials: "same-origin", signal: abort.signal };
      return await fetch(url, Object.assign(settings, options));
    } finally {
      clearTimeout(timer);
    }
  }

  wake(quietly) {
    if (this.socket && Date.now() - this.heard > SILENCE) this.drop(true);
    else if (!quietly && this.state !== "online") this.retry();
  }

  retry() {
    this.tries = 0;
    this.connect();
  }

  /* The browser holds no session of ours any more: one fresh page, and if that fails the person must know. */
  lose() {
    this.state = "stopped";
    this.drop();
    this.hooks.lost();
  }

  say(state) {
    if (this.state === "stopped") return;
    this.state = state;
    this.hooks.state(state);
  }

  later(name, ms, act) {
    clearTimeout(this[name]);
    this[name] = setTimeout(act, ms);
  }
}
