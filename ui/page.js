// The page's own behaviour: a [n] in the chat leads to its card, and the question keeps the focus.
document.addEventListener("click", (event) => {
  const mark = event.target.closest("a.cite");
  if (mark) {
    event.preventDefault();
    const card = document.getElementById(mark.getAttribute("href").slice(1));
    if (!card) return;
    const folded = card.closest("details");
    if (folded) folded.open = true;
    card.scrollIntoView({ block: "start", behavior: "smooth" });
    card.focus({ preventScroll: true });
  } else if (event.target.closest("#talk button") && matchMedia("(pointer: fine)").matches) {
    document.querySelector("#question textarea")?.focus();
  }
});
