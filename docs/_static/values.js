// Filter, sort and page through the table of values. The page is whole without this script; with it,
// the form above the table appears, headers become buttons, a hundred rows stand on a page (twelve on
// a phone), and the view is kept in the address, so that it can be sent to somebody else.
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
    role: row.cells[4].textContent,
    // "not derivable" in the cell, "not-derivable" in the address
    verdict: row.cells[3].querySelector(".verdict").textContent.replace(" ", "-"),
    evidence: row.cells[3].querySelector("small")?.textContent,
    text: row.textContent.toLowerCase(),
  }));
  const inOrder = new Intl.Collator("en", { numeric: true }).compare;
  const turn = document.getElementById("turn");
  const at = document.getElementById("at");
  const size = matchMedia("(max-width: 45rem)").matches ? 12 : 100;
  let sorted = { column: -1, direction: 1 };
  let fitting = rows;
  let page = 0;

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

  const show = (to) => {
    const last = Math.max(Math.ceil(fitting.length / size) - 1, 0);
    page = Math.min(Math.max(to, 0), last);
    body.replaceChildren(...fitting.slice(page * size, (page + 1) * size).map((value) => value.row));
    const all = rows.length.toLocaleString("en");
    shown.textContent = `${fitting.length.toLocaleString("en")} of ${all} values`;
    table.dataset.fitting = fitting.length;
    at.textContent = `Page ${page + 1} of ${last + 1}`;
    turn.hidden = last === 0;
    for (const button of turn.querySelectorAll("button"))
      button.disabled = button.dataset.by < 0 ? page === 0 : page === last;
  };

  const filter = () => {
    const fits = wanted();
    fitting = rows.filter(fits);
    show(0);
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
    filter();
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
    else filter();
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
      keep();
    }),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  turn.addEventListener("click", ({ target }) => {
    if (!target.dataset.by) return;
    show(page + Number(target.dataset.by));
    table.scrollIntoView();
  });
  form.hidden = false;
  restore();
  // The row an address points at may stand on another page.
  const find = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const place = fitting.findIndex((value) => value.item === name);
    if (place < 0) return;
    show(Math.floor(place / size));
    fitting[place].row.scrollIntoView();
    fitting[place].row.classList.add("found");
  };
  find();
  addEventListener("hashchange", find);
  addEventListener("popstate", restore);
})();
