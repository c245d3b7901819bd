// Helps for a reader: words explained where they first stand, a chooser of runs, and the code that an
// address points at unfolded. Every page is whole without this script.
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
  // Prose only: no heading, link, code, table or caption. The page of a search has none.
  const texts = (paragraph) => [...paragraph.childNodes].filter((node) => node.nodeType === 3);
  const prose = [...document.querySelectorAll("article section > p, article section > ul > li > p, article .output p")];
  for (const term of Object.keys(GLOSSARY)) prose.some((p) => texts(p).some((node) => explain(node, term)));

  for (const form of document.querySelectorAll("form.chooser")) {
    form.hidden = false;
    form.addEventListener("change", ({ target }) => (location.href = target.value));
  }

  const unfold = () => {
    const cell = location.hash.startsWith("#in-") && document.getElementById(location.hash.slice(1));
    if (!cell) return;
    for (const fold of cell.querySelectorAll("details")) fold.open = true;
    cell.scrollIntoView();
  };
  unfold();
  addEventListener("hashchange", unfold);
})();
