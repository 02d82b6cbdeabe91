/**
 * Copy a text (an address, a phrase) to the clipboard.
 * On: a hidden button. data-text: what to copy. data-done: what the button says then.
 * @param {HTMLButtonElement} element
 */
export function attach(element) {
  if (!navigator.clipboard) return;
  const words = element.textContent;
  element.hidden = false;
  element.addEventListener("click", async () => {
    await navigator.clipboard.writeText(element.dataset.text);
    element.textContent = element.dataset.done;
    setTimeout(() => (element.textContent = words), 4000);
  });
}
