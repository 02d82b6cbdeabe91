/**
 * One checkbox that ticks all others of a name in its form, and shows when only some are ticked.
 * On: input[type=checkbox] (hidden without script). data-of: the name of the others.
 * @param {HTMLInputElement} element
 */
export function attach(element) {
  const others = () => [...element.form.querySelectorAll(`input[type=checkbox][name="${element.dataset.of}"]:not(:disabled)`)];
  const look = () => {
    const ticked = others().filter((box) => box.checked).length;
    element.checked = ticked > 0 && ticked === others().length;
    element.indeterminate = ticked > 0 && !element.checked;
  };
  element.addEventListener("change", () => {
    for (const box of others()) box.checked = element.checked;
  });
  element.form.addEventListener("change", look);
  element.closest("[hidden]")?.removeAttribute("hidden");
  look();
}
