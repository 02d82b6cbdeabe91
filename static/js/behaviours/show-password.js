/**
 * Let people see what they type; hidden again before it is sent, so that the browser keeps it as a password.
 * On: the field's box. data-show, data-hide: words of the button.
 * @param {HTMLElement} element
 */
export function attach(element) {
  const input = element.querySelector("input");
  const button = document.createElement("button");
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? element.dataset.hide : element.dataset.show;
  };
  button.type = "button";
  button.className = "as-link";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  input.after(button);
  show(false);
}
