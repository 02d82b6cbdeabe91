/**
 * The browser's own Vietnamese voice reads what is on the page, block by block, and goes on where it was stopped.
 * Never begins by itself. Folded answers are not read before they are opened.
 * On: a hidden box with a button, and maybe right after it .unheard: why there is nothing to hear. data-reads: what to read, as a selector; data-read, data-on, data-hush: words of the button.
 * @param {HTMLElement} element
 */
const BLOCK = "p,li,h1,h2,h3,summary,td,th,dt,dd,blockquote,legend,label,figcaption,div";
const SILENT = ".aloud, .back, button, audio, [aria-hidden=true], details:not([open]) > :not(summary)";

export function attach(element) {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const button = element.querySelector("button");
  const unheard = element.parentElement.querySelector(".unheard");
  const place = `heard:${location.pathname}`;
  let reading = false;

  const voice = () => speech.getVoices().find((one) => /^vi\b/i.test(one.lang));
  const say = (on) => {
    reading = on;
    button.textContent = element.dataset[on ? "hush" : sessionStorage[place] ? "on" : "read"];
    button.setAttribute("aria-pressed", on);
  };
  const mark = (block) => {
    document.querySelector(".heard")?.classList.remove("heard");
    block?.classList.add("heard");
    block?.scrollIntoView({ block: "nearest" });
  };
  const read = (blocks, at) => {
    if (!reading) return;
    if (at >= blocks.length) {
      sessionStorage.removeItem(place);
      mark();
      return say(false);
    }
    const [block, words] = blocks[at];
    const said = Object.assign(new SpeechSynthesisUtterance(words), { voice: voice(), lang: "vi-VN", rate: 0.95 });
    said.onend = () => read(blocks, at + 1);
    said.onerror = () => reading && hush();
    sessionStorage[place] = at;
    mark(block);
    speech.speak(said);
  };
  const hush = () => {
    say(false);
    mark();
    speech.cancel();
  };
  const offer = () => {
    element.hidden = !voice();
    if (unheard) unheard.hidden = !element.hidden;
    if (!reading) say(false);
  };
  button.addEventListener("click", () => {
    if (reading) return hush();
    speech.cancel();
    say(true);
    read(blocksOf(element.dataset.reads), Number(sessionStorage[place] || 0));
  });
  speech.addEventListener?.("voiceschanged", offer);
  addEventListener("pagehide", hush);
  offer();
}

/** @returns {[Element, string][]} each block that is shown, with the words that stand in it and in no block within it. */
function blocksOf(selector) {
  const found = new Map();
  for (const root of document.querySelectorAll(selector)) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walk.currentNode; node; node = walk.nextNode()) {
      const words = node.nodeType === Node.TEXT_NODE ? node.data : node.alt || "";
      const block = words.trim() && !node.parentElement.closest(SILENT) && node.parentElement.closest(BLOCK);
      if (block && block.getClientRects().length) found.set(block, `${found.get(block) || ""} ${words.trim()}`);
    }
  }
  return [...found].map(([block, words]) => [block, words.trim()]);
}
