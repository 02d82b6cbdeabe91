/** Print: a button that needs script is shown only when there is script. Folded tables are unfolded for paper. */
export function attach(element) {
  element.hidden = false;
  element.addEventListener("click", () => window.print());
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details.fold")) fold.setAttribute("open", "");
  });
}
