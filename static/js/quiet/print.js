/** Print: a button that needs script is shown only when there is script. */
export function attach(element) {
  element.hidden = false;
  element.addEventListener("click", () => print());
}
