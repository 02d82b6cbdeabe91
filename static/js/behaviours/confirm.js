/**
 * Ask before a form does what cannot be undone.
 * On: form. data-question: the question. Without script the form is simply sent; the page it leads to says what happened.
 * @param {HTMLFormElement} element
 */
export function attach(element) {
  element.addEventListener("submit", (event) => {
    if (!window.confirm(element.dataset.question)) event.preventDefault();
  });
}
