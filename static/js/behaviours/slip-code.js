/**
 * The QR code of a slip brings name and code behind the address's "#": put them into the form, and take them out of the address.
 * On: the form with fields named username and code.
 * @param {HTMLFormElement} element
 */
export function attach(element) {
  const read = () => {
    const found = /^#([^.]+)\.(\d{12})$/.exec(decodeURIComponent(location.hash));
    if (!found) return;
    element.elements.namedItem("username").value = found[1];
    element.elements.namedItem("code").value = found[2].replace(/(\d{4})(?=\d)/g, "$1 ");
    history.replaceState(null, "", location.pathname);
  };
  addEventListener("hashchange", read);
  read();
}
