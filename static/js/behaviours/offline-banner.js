/**
 * Say so when there is no network, and stop saying so when it is back.
 * On: a hidden status region that already holds the words.
 * @param {HTMLElement} element
 */
export function attach(element) {
  const tell = () => {
    element.hidden = navigator.onLine;
  };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}
