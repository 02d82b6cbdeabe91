/**
 * Ask the screen lock (WebAuthn) and send what it answers with the form.
 * On: a hidden form. data-question: where the question is fetched (POST; {kind: create | get, options, sealed}); data-instead: id of what
 * is shown without script; data-again: where to prove anew who one is; data-stopped, data-failed: words. Inside: hidden fields sealed and answer, a [role=status] line,
 * and fields [data-same-as="<id of a tick box elsewhere>"].
 * @param {HTMLFormElement} element
 */
export function attach(element) {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const words = element.dataset;
  const line = element.querySelector("[role=status]");
  element.hidden = false;
  document.getElementById(words.instead)?.setAttribute("hidden", "");
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    line.textContent = "";
    try {
      const headers = { "X-CSRFToken": element.elements.csrf_token.value };
      const reply = await fetch(words.question, { method: "POST", headers, credentials: "same-origin" });
      if (!reply.ok || reply.redirected) return location.assign(words.again || location.href);
      const { kind, options, sealed } = await reply.json();
      const key = await navigator.credentials[kind]({ publicKey: read(options) });
      element.elements.sealed.value = sealed;
      element.elements.answer.value = JSON.stringify(written(key));
      for (const field of element.querySelectorAll("[data-same-as]")) {
        field.value = document.getElementById(field.dataset.sameAs).checked ? "y" : "";
      }
      HTMLFormElement.prototype.submit.call(element);
    } catch (error) {
      line.textContent = error.name === "NotAllowedError" ? words.stopped : words.failed;
    }
  });
}

function read(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (found.user) found.user = { ...found.user, id: bytes(found.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (found[name]) found[name] = found[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return found;
}

function written({ id, rawId, type, response, authenticatorAttachment }) {
  const said = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  return { id, rawId: text(rawId), type, response: said, authenticatorAttachment, clientExtensionResults: {} };
}

function bytes(base64url) {
  const plain = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
