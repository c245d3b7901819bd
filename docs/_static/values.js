// Filter and sort the table of values. The page is whole without this script; with it, the form
// above the table appears, headers become buttons, and the view is kept in the address, so that it
// can be sent to somebody else.
"use strict";
(() => {
  const table = document.getElementById("values");
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows].map((row, place) => ({
    row,
    place,
    item: row.id,
    role: row.cells[5].textContent,
    // "not derivable" in the cell, "not-derivable" in the address
    verdict: row.cells[4].querySelector(".verdict").textContent.replace(" ", "-"),
    evidence: row.cells[4].querySelector("small")?.textContent,
    text: row.textContent.toLowerCase(),
    visible: true,
  }));
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;
  let sorted = { column: -1, direction: 1 };

  const wanted = () => {
    const given = Object.fromEntries(new FormData(form));
    const words = given.q.toLowerCase().split(/\s+/).filter(Boolean);
    return (value) =>
      (!given.item || value.item.startsWith(given.item + "/")) &&
      (!given.role || value.role === given.role) &&
      (!given.verdict || value.verdict === given.verdict) &&
      (!given.evidence || value.evidence === given.evidence) &&
      words.every((word) => value.text.includes(word));
  };

  const filter = () => {
    const fits = wanted();
    let count = 0;
    for (const value of rows) {
      const visible = fits(value);
      if (visible !== value.visible) value.row.hidden = !visible;
      value.visible = visible;
      count += visible;
    }
    const all = rows.length.toLocaleString("en");
    shown.textContent = `${count.toLocaleString("en")} of ${all} values shown`;
  };

  const sort = (column, direction) => {
    sorted = { column, direction };
    heads.forEach((head, place) => {
      const state = direction > 0 ? "ascending" : "descending";
      if (place === column) head.setAttribute("aria-sort", state);
      else head.removeAttribute("aria-sort");
    });
    if (column >= 0) {
      for (const value of rows) value.key = value.row.cells[column].textContent;
      // Blank cells come last either way.
      rows.sort(
        (a, b) =>
          !a.key - !b.key || direction * inOrder(a.key, b.key) || a.place - b.place,
      );
    } else rows.sort((a, b) => a.place - b.place);
    body.append(...rows.map((value) => value.row));
  };

  const keep = () => {
    const state = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) state.set(name, value);
    if (sorted.column >= 0) {
      state.set("sort", heads[sorted.column].textContent.toLowerCase());
      if (sorted.direction < 0) state.set("order", "descending");
    }
    const query = state.toString();
    const address = location.pathname + (query ? "?" + query : "") + location.hash;
    history.replaceState(null, "", address);
  };

  const restore = () => {
    const state = new URLSearchParams(location.search);
    for (const name of ["q", "item", "role", "verdict", "evidence"]) {
      // Not form.elements[name]: "item" is a method of the collection.
      const field = form.elements.namedItem(name);
      field.value = state.get(name) || "";
      // A select has no place for a value it does not offer.
      if (field.selectedIndex === -1) field.value = "";
    }
    const names = heads.map((head) => head.textContent.toLowerCase());
    const column = names.indexOf(state.get("sort"));
    if (column >= 0) sort(column, state.get("order") === "descending" ? -1 : 1);
    filter();
  };

  // The style sheet lays rows out as grids; not every browser then still takes them for rows.
  const say = (role, parts) => [...parts].forEach((part) => part.setAttribute("role", role));
  say("table", [table]);
  say("rowgroup", [table.tHead, body]);
  say("row", table.rows);
  say("columnheader", heads);
  for (const { row } of rows) {
    say("rowheader", [row.cells[0]]);
    say("cell", [...row.cells].slice(1));
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      // Up, down, and back to the order of the sources.
      if (sorted.column !== column) sort(column, 1);
      else if (sorted.direction > 0) sort(column, -1);
      else sort(-1, 1);
      keep();
    });
    head.replaceChildren(button);
  });
  form.addEventListener("input", () => {
    filter();
    keep();
  });
  form.addEventListener("reset", () =>
    setTimeout(() => {
      sort(-1, 1);
      filter();
      keep();
    }),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  restore();
  // The row an address points at may have moved since the browser looked for it.
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
})();
