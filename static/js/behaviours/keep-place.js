/**
 * A recording goes on where it was left, as long as this tab is open; only one plays at a time.
 * On: an <audio>.
 * @param {HTMLAudioElement} element
 */
export function attach(element) {
  const place = `heard:${element.getAttribute("src")}`;
  element.addEventListener("loadedmetadata", () => (element.currentTime = Number(sessionStorage[place] || 0)));
  element.addEventListener("timeupdate", () => (sessionStorage[place] = element.currentTime));
  element.addEventListener("ended", () => sessionStorage.removeItem(place));
  element.addEventListener("play", () => {
    for (const other of document.querySelectorAll("audio")) if (other !== element) other.pause();
  });
}
