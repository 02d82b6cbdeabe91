/** Empty every box on the page; also when the page is left, so that nothing typed is in the browser's memory. */
export function attach(element) {
  const empty = () => { for (const box of document.querySelectorAll("textarea")) box.value = ""; };
  element.hidden = false;
  element.addEventListener("click", empty);
  addEventListener("pagehide", empty);
}
