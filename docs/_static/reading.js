// Helps for a reader: words explained where they first stand, one run of several shown, and the code
// that an address points at unfolded. Every page is whole without this script.
"use strict";
(() => {
  const explain = (node, term) => {
    const found = new RegExp(`(^|[^\\w-])(${term})(?![\\w-])`).exec(node.data);
    if (!found) return false;
    const word = node.splitText(found.index + found[1].length);
    word.splitText(term.length);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "term";
    button.dataset.says = GLOSSARY[term];
    button.setAttribute("aria-label", `${term}: ${GLOSSARY[term]}`);
    button.textContent = term;
    word.replaceWith(button);
    return true;
  };
  // The runs of a notebook stand below each other; one is shown.
  const chooser = document.querySelector("form.chooser");
  const choice = chooser?.querySelector("select");
  const runs = [...(choice?.options ?? [])].map(({ value }) => document.getElementById(value).closest("section"));

  // Prose only: no heading, link, code, table or caption; in each run anew. The page of a search has none.
  const texts = (paragraph) => [...paragraph.childNodes].filter((node) => node.nodeType === 3);
  const prose = [...document.querySelectorAll("article section > p, article section > ul > li > p, article .output p")];
  for (const part of [undefined, ...runs]) {
    const own = prose.filter((p) => runs.find((run) => run.contains(p)) === part);
    for (const term of Object.keys(GLOSSARY)) own.some((p) => texts(p).some((node) => explain(node, term)));
  }

  // What an address points at is shown: its run, and the code of its cell unfolded.
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const at = runs.findIndex((run) => run.contains(target));
    if (choice && (at >= 0 || !target)) choice.selectedIndex = Math.max(at, 0);
    runs.forEach((run, k) => (run.hidden = k !== choice.selectedIndex));
    for (const fold of target?.matches(".cell") ? target.querySelectorAll("details") : []) fold.open = true;
    target?.scrollIntoView();
  };
  if (chooser) {
    chooser.hidden = false;
    choice.addEventListener("change", () => (location.hash = choice.value));
  }
  open();
  addEventListener("hashchange", open);
})();
