/**
 * Leave at once: blank first, in the same frame as the tap, then replace this page by the way out. No question, no trace kept by us.
 * On: the link out. data-blank: the word on the blank page; data-more-2, data-more-1: how many presses of Shift are left.
 * Shift three times by itself, each within 5 s, does the same. Links on these pages replace, so that the visit is one entry in the history.
 * @param {HTMLAnchorElement} element
 */
export function attach(element) {
  const root = document.documentElement;
  const status = element.parentNode.querySelector("[role=status]");
  const dots = element.parentNode.querySelector(".dots");
  const title = document.title;
  let presses = 0;
  let alone = false;
  let timer;

  const count = (n) => {
    clearTimeout(timer);
    presses = n;
    dots.textContent = "•".repeat(n);
    status.textContent = n ? element.getAttribute(`data-more-${3 - n}`) : "";
    if (n) timer = setTimeout(count, 5000, 0);
  };
  addEventListener("pagehide", () => { document.body.hidden = true; }); // whatever is kept in memory is kept blank
  const leave = () => {
    const blank = document.createElement("p");
    blank.className = "blank";
    blank.setAttribute("role", "alert");
    blank.textContent = element.dataset.blank;
    document.body.hidden = true;
    root.append(blank);
    document.title = element.dataset.blank;
    location.replace(element.href);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.href === element.href) { event.preventDefault(); leave(); return; }
    if (link.origin !== location.origin || link.getAttribute("href")[0] === "#") return;
    event.preventDefault();
    location.replace(link.href);
  });
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.repeat ? true : alone && event.key === "Shift";
    if (event.key !== "Shift") count(0);
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    if (presses === 2) { count(0); leave(); } else count(presses + 1);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) { location.reload(); return; } // out of the browser's memory: ask anew, the gate may be closed
    root.querySelector(".blank")?.remove();
    document.body.hidden = false;
    document.title = title;
  });
}
