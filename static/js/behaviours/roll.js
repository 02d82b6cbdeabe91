/**
 * The roll: one tap on a row goes to the next mark; a running count, undo, and a draft on this device until the server has it.
 * On: the form of components/roll.html. Rows are [data-row] with radio buttons (data-word, data-kind); [data-count] shows the count (data-unmarked: the word for none yet);
 * [data-tools] is shown; [data-all="<value>"] marks everyone still unmarked or marked otherwise; [data-undo] takes back the last tap;
 * [data-key] names the draft.
 * @param {HTMLFormElement} element
 */
export function attach(element) {
  const rows = [...element.querySelectorAll("[data-row]")];
  const count = element.querySelector("[data-count]");
  const undo = element.querySelector("[data-undo]");
  const key = `roll:${element.querySelector("[data-key]")?.dataset.key}`;
  const marksOf = (row) => [...row.querySelectorAll("input[type=radio]")];
  const now = () => rows.map((row) => marksOf(row).findIndex((mark) => mark.checked));
  const past = [];

  const show = () => {
    const totals = new Map();
    for (const row of rows) {
      const mark = marksOf(row).find((one) => one.checked);
      const word = mark ? mark.dataset.word : count.dataset.unmarked;
      row.lastElementChild.textContent = word;
      row.lastElementChild.dataset.kind = mark ? mark.dataset.kind : "plain";
      totals.set(word, (totals.get(word) || 0) + 1);
    }
    count.textContent = [...totals].map(([word, n]) => `${n} ${word.toLowerCase()}`).join(", ");
    undo.disabled = !past.length;
  };
  const put = (state) => {
    rows.forEach((row, i) => marksOf(row).forEach((mark, j) => (mark.checked = j === state[i])));
    try { localStorage.setItem(key, JSON.stringify(state)); } catch { /* the form itself still holds it */ }
    show();
  };
  const change = (state) => { past.push(now()); put(state); };

  rows.forEach((row, i) => {
    const tap = document.createElement("button");
    tap.type = "button";
    tap.className = "roll-tap";
    tap.setAttribute("aria-describedby", row.querySelector("legend").id);
    tap.addEventListener("click", () => change(now().map((at, j) => (j === i ? (at + 1) % marksOf(row).length : at))));
    row.append(tap);
  });
  for (const button of element.querySelectorAll("[data-all]")) {
    button.addEventListener("click", () => change(rows.map((row) => marksOf(row).findIndex((mark) => mark.value === button.dataset.all))));
  }
  undo.addEventListener("click", () => past.length && put(past.pop()));
  element.querySelector("[data-tools]").hidden = false;
  element.classList.add("tapped");
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft?.length === rows.length) put(draft);
  } catch { /* no draft */ }
  show();
}
