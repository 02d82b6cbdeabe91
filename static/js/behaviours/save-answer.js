/**
 * Send each answer as it is chosen; keep on this device what the server has not acknowledged.
 * On: a box (see components/receipt.html). data-key: the attempt; data-csrf; words: data-saving, data-saved, data-unsent ("… {n}"), data-refused, data-signed-out.
 * Inside: each question is a [data-save="<address>"] with its radio buttons or checkboxes; [data-receipt] is the status line.
 * Sends the question's fields and `counter` (what the page came with in data-counter, and one more with each choice), headers X-CSRFToken and X-Once; the answer is JSON {saved_at, receipt}, a refusal JSON {error}.
 * The same X-Once goes with each repeat of one choice, so a lost reply does no harm. Retries on `online`, on return to the page, every 20 s.
 * @param {HTMLElement} element
 */
export function attach(element) {
  const words = element.dataset;
  const key = `answers:${words.key}`;
  const line = element.querySelector("[data-receipt]");
  const say = (text, state) => { line.textContent = text; line.dataset.state = state; };
  let waiting = {};
  let sending = false;
  try { waiting = JSON.parse(localStorage.getItem(key)) || {}; } catch { waiting = {}; }
  const keep = () => {
    try {
      if (Object.keys(waiting).length) localStorage.setItem(key, JSON.stringify(waiting));
      else localStorage.removeItem(key);
    } catch { /* storage is full or closed: the answer still waits in this page */ }
  };
  const unsent = () => say(words.unsent.replace("{n}", Object.keys(waiting).length), "wait");

  const send = async () => {
    if (sending) return;
    sending = true;
    for (const [address, { body, once }] of Object.entries(waiting)) {
      try {
        say(words.saving, "wait");
        const headers = { "X-CSRFToken": words.csrf, "X-Once": once, Accept: "application/json" };
        const answer = await fetch(address, { method: "POST", headers, body: new URLSearchParams(body) });
        const json = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
        if (answer.redirected || answer.status === 400 || answer.status === 401) { say(words.signedOut, "bad"); break; }
        if (answer.status >= 500 || answer.status === 429 || (answer.ok && !json)) { unsent(); break; }
        if (waiting[address]?.once === once) delete waiting[address];
        keep();
        if (!answer.ok) { say(json?.error || words.refused, "bad"); continue; }
        say(json.receipt || words.saved, "good");
      } catch { unsent(); break; }
    }
    sending = false;
  };

  for (const [address, { body }] of Object.entries(waiting)) {
    const question = element.querySelector(`[data-save="${CSS.escape(address)}"]`);
    for (const input of question?.querySelectorAll("input[type=radio],input[type=checkbox]") || []) {
      input.checked = body.some(([name, value]) => name === input.name && value === input.value);
    }
  }
  element.addEventListener("change", ({ target }) => {
    const question = target.closest("[data-save]");
    if (!question) return;
    const chosen = [...question.querySelectorAll("input:checked")].map((input) => [input.name, input.value]);
    question.dataset.counter = Number(question.dataset.counter || 0) + 1;
    waiting[question.dataset.save] = { body: [...chosen, ["counter", question.dataset.counter]], once: newId() };
    keep();
    send().then(() => Object.keys(waiting).length && line.dataset.state === "good" && send());
  });
  for (const event of ["online", "pageshow"]) addEventListener(event, send);
  setInterval(send, 20000);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
