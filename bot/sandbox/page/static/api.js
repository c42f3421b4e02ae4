// Talks to the workspace's server: plain JSON requests, and one stream of events for the person acting.

const RETRY_MS = 1000;

export class Refused extends Error {}

async function answerOf(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refused("The workspace does not answer. Is the demo still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error || `The workspace answered ${response.status}.`);
  return body;
}

function get(path, query) {
  const known = Object.entries(query).filter(([, value]) => value);
  return answerOf(fetch(`/sandbox/${path}?${new URLSearchParams(known)}`));
}

function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answerOf(fetch(`/sandbox/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const api = {
  state: (as) => get("state", { as }),
  messages: (as, channel, thread_ts) => get("messages", { as, channel, thread_ts }),
  read: (as, channel) => post("read", { as, channel }),
  say: (as, channel, text, thread_ts) => post("say", thread_ts ? { as, channel, text, thread_ts } : { as, channel, text }),
  action: (body) => post("action", body),
  submitView: (as, view_id, values) => post("view/submit", { as, view_id, values }),
  closeView: (as, view_id, is_cleared) => post("view/close", { as, view_id, is_cleared }),
  options: (as, view_id, asked) => post("view/options", { as, view_id, ...asked }),
  shortcut: (as, callback_id, message) => post("shortcut",
    message ? { as, callback_id, channel: message.channel, message_ts: message.ts } : { as, callback_id }),
  openHome: (as) => post("home", { as }),
  openDm: (as, user) => post("dm", { as, user }),
  clock: (change) => post("clock", change),
};

/** Follow one person's events; whenever `onOpen` is called, something may have been missed before. Returns a stop function. */
export function follow(as, { onEvent, onOpen, onLost }) {
  let source = null;
  let timer = null;
  let stopped = false;

  function connect() {
    source = new EventSource(`/sandbox/events?${new URLSearchParams({ as })}`);
    source.onopen = onOpen;
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      if (stopped) return;
      onLost();
      timer = setTimeout(connect, RETRY_MS);
    };
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source.close();
  };
}
