/**
 * Refresh a fragment until it says it is finished.
 * On: the region. data-url: the address of the fragment; data-seconds: how often (2). An element with data-finished inside stops it.
 * Without script the page carries a link to look again.
 * @param {HTMLElement} element
 */
export function attach(element) {
  let wait = 1000 * (element.dataset.seconds || 2);
  const look = async () => {
    if (element.querySelector("[data-finished]")) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(element.dataset.url, { headers: { "X-Fragment": "1" } });
        if (!answer.ok || answer.redirected) return location.reload();
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        element.replaceChildren(...page.body.childNodes);
        element.dispatchEvent(new Event("fragment", { bubbles: true }));
      } catch {
        wait = Math.min(wait * 2, 30000);
      }
    }
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
}
