// A session of the seminar: answers are read, brought to one form, hashed and looked up in the page
// (#session-model, made by compendium.site.sessions). `readNumber` and `form` read as those of
// compendium.seminar.marks do, and a test holds the two to the same marks.
"use strict";

const seminar = (() => {
  // SHA-256 of a text, in hexadecimal: pages opened as files may have no crypto.subtle.
  const sha256 = (text) => {
    const primes = [];
    for (let n = 2; primes.length < 64; n++)
      if (primes.every((prime) => n % prime)) primes.push(n);
    const part = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
    const k = primes.map((prime) => part(Math.cbrt(prime)));
    const state = primes.slice(0, 8).map((prime) => part(Math.sqrt(prime)));
    const bytes = [...new TextEncoder().encode(text)];
    const length = bytes.length * 8;
    bytes.push(128);
    while (bytes.length % 64 !== 56) bytes.push(0);
    for (let shift = 56; shift >= 0; shift -= 8) bytes.push(Math.floor(length / 2 ** shift) & 255);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let at = 0; at < bytes.length; at += 64) {
      const w = [];
      for (let i = 0; i < 64; i++) {
        if (i < 16) {
          const [a, b, c, d] = bytes.slice(at + 4 * i, at + 4 * i + 4);
          w[i] = (a << 24) | (b << 16) | (c << 8) | d;
        } else {
          const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
          const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
          w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
        }
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
        const one = (h + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i]) | 0;
        const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
        const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
      }
      [a, b, c, d, e, f, g, h].forEach((x, i) => (state[i] = (state[i] + x) | 0));
    }
    return state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
  };

  const hash = (task, form) => sha256(`${task.session}/${task.task}/${form}`).slice(0, 16);

  const readPlainly = (part) => {
    let [, sign, text] = /^\s*([+-]?)\s*[£$€]?\s*([^]*?)\s*$/.exec(part);
    text = text.replace(/(\d)\s(?=\d{3}(?!\d))/g, "$1");
    if (/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(text)) text = text.replaceAll(",", "");
    else if (/^[1-9]\d{0,2}(\.\d{3})+,\d+$/.test(text))
      text = text.replaceAll(".", "").replace(",", ".");
    else if (/^\d*,\d+$/.test(text)) text = text.replace(",", ".");
    return /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,9})?$/.test(text) ? Number(sign + text) : NaN;
  };

  // The number a text stands for, or null.
  const readNumber = (text, inPercent) => {
    const tidy = text.replace(/^[ \t\n'"]+|[ \t\n'"]+$/g, "").toLowerCase().replace(/[−–]/g, "-");
    const bare = tidy.replace(/\s*(%|per ?cent)$/, "");
    const cut = bare.indexOf("/");
    const parts = cut < 0 ? [bare] : [bare.slice(0, cut), bare.slice(cut + 1)];
    const [top, below = 1] = parts.map(readPlainly);
    if (below === 0) return null;
    const number = top / below / (bare !== tidy && !inPercent ? 100 : 1);
    return Number.isNaN(number) ? null : number;
  };

  const form = (number, decimals) => {
    const scaled = number * 10 ** (decimals + (decimals > 0 ? 1 : 0));
    return Math.abs(scaled) < 1e15 ? String(Math.floor(scaled + 0.5) + 0) : "beyond";
  };

  // Krippendorff's alpha of two coders' nominal codes; null where it is not defined.
  const alpha = (pairs) => {
    const counts = {};
    for (const code of pairs.flat()) counts[code] = (counts[code] || 0) + 1;
    const n = 2 * pairs.length;
    const all = Object.values(counts);
    const expected = (n * n - all.reduce((sum, count) => sum + count * count, 0)) / (n - 1);
    const observed = 2 * pairs.filter(([one, other]) => one !== other).length;
    return expected ? 1 - observed / expected : null;
  };

  const show = (words) => `'${words.length > 60 ? `${words.slice(0, 57)}...` : words}'`;

  // The mark of an answer: [verdict, hint].
  const mark = (task, answer) => {
    const list = [answer].flat();
    if (!list.length || list.some((one) => !String(one).trim())) return ["not answered yet", ""];
    const looked = (found) => task.marks[task.forms[hash(task, found)] ?? 0];
    if (task.kind === "number") {
      const numbers = list.map((one) => readNumber(one, task.percent));
      const wrong = list.filter((_, k) => numbers[k] === null);
      if (wrong.length) return ["not yet", `a number is asked for; found ${wrong.map(show).join(", ")}`];
      return looked(numbers.map((number) => form(number, task.decimals)).join(";"));
    }
    return looked(task.kind === "choice" ? list.join(">") : [...list].sort().join(";"));
  };

  // The codes on file, found by trying each; only when all units are coded.
  const findOurs = (task, unit, column) =>
    task.allowed[column].find((code) => task.forms.includes(hash(task, `${unit}/${column}/${code}`)));

  const markSheet = (task, codes) => {
    const units = Object.keys(codes);
    if (units.some((unit) => Object.values(codes[unit]).some((code) => !code)))
      return ["not answered yet", ""];
    const alike = Object.keys(task.allowed).map((column) => {
      const same = units.filter((unit) => findOurs(task, unit, column) === codes[unit][column]);
      return `${column} ${same.length}`;
    });
    return ["compared", `alike of ${units.length}: ${alike.join(", ")}; agreement is not truth`];
  };

  const markAlpha = (task, answer, sheet, codes) => {
    if (!answer.trim() || markSheet(sheet, codes)[0] !== "compared") return ["not answered yet", ""];
    const pairs = Object.keys(codes).map((unit) => [
      codes[unit][task.column],
      findOurs(sheet, unit, task.column),
    ]);
    const right = alpha(pairs);
    if (right === null) return ["not yet", "it cannot be worked out: every code is the same"];
    const number = readNumber(answer, false);
    if (number === null) return ["not yet", `a number is asked for; found ${show(answer)}`];
    const near = (other) => Math.abs(number - other) <= 0.5 / 10 ** task.decimals + 1e-9;
    const agreed = pairs.filter(([one, other]) => one === other).length / pairs.length;
    if (near(right)) return ["right", ""];
    if (near(agreed) || near(100 * agreed)) return ["not yet", task.hint];
    return ["not yet", "that is not it; count the pairs of codes again"];
  };

  return { sha256, hash, readNumber, form, alpha, mark, markSheet, markAlpha, findOurs };
})();

// Things to work with beside a question.
const levers = {
  // Tick rows; their sums stand below.
  sums: (lever) => {
    const table = lever.querySelector("table");
    const numbers = [...table.querySelectorAll("thead th")].map((th) => th.classList.contains("number"));
    const foot = table.createTFoot().insertRow();
    const rows = [...table.tBodies[0].rows];
    const ticks = rows.map((row) => {
      const tick = Object.assign(document.createElement("input"), { type: "checkbox" });
      tick.setAttribute("aria-label", `Count row ${row.cells[0].textContent}`);
      row.cells[0].prepend(tick, " ");
      return tick;
    });
    const update = () => {
      const on = rows.filter((_, k) => ticks[k].checked);
      foot.replaceChildren(
        ...numbers.map((isNumber, k) => {
          const cell = document.createElement(k ? "td" : "th");
          cell.className = isNumber && k ? "number" : "";
          const sum = on.reduce((total, row) => total + Number(row.cells[k].textContent), 0);
          cell.textContent = k ? (isNumber ? sum : "") : `Sum of ${on.length} ticked`;
          return cell;
        }),
      );
    };
    table.addEventListener("change", update);
    update();
  },

  // Click a head to sort by it; equal rows keep their order.
  sort: (lever) => {
    const body = lever.querySelector("tbody");
    lever.querySelectorAll("thead th").forEach((head, k) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.textContent = head.textContent;
      button.title = "Sort by this column";
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const text = (row) => row.cells[k].textContent;
        body.append(...[...body.rows].sort((a, b) => text(a).localeCompare(text(b))));
        lever.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", "ascending");
      });
    });
  },

  // Weightings drawn at random, for the leans set on the balance.
  draw: (lever) => {
    const form = lever.querySelector("#balance");
    const said = lever.querySelector(".lever-act output");
    const values = { for: 1, level: 0, against: -1 };
    const read = () =>
      [...form.querySelectorAll(".leans input:checked")].map((input) => values[input.value]);
    let [drawn, leans] = [[], ""];
    lever.querySelector(".lever-act button").addEventListener("click", () => {
      const stated = read().filter((lean) => lean !== undefined);
      if (leans !== String(read())) [drawn, leans] = [[], String(read())];
      for (let n = 0; n < 100 && stated.length; n++)
        drawn.push(stated.reduce((tilt, lean) => tilt - lean * Math.log(1 - Math.random()), 0));
      const count = (sign) => drawn.filter((tilt) => Math.sign(tilt) === sign).length;
      said.textContent = stated.length
        ? `Of ${drawn.length} weightings drawn for these leans, ${count(-1)} tip right, ${count(1)} left${count(0) ? `, ${count(0)} stay level` : ""}.`
        : "No box leans: set a lean first.";
    });
  },

  choose: (lever) => {
    lever.querySelector("button").addEventListener("click", () => {
      const [n, k] = ["n", "k"].map((name) => Number(lever.querySelector(`[name=${name}]`).value));
      const fits = Number.isInteger(n) && Number.isInteger(k) && k >= 0 && k <= n && n <= 40;
      let ways = 1;
      for (let i = 1; fits && i <= k; i++) ways = (ways * (n - k + i)) / i;
      lever.querySelector("output").textContent = fits
        ? `${Math.round(ways)} ways`
        : "Two whole numbers, the second no larger than the first, up to 40.";
    });
  },

  // Tables of chance: each case falls into any row, and comes out by the toss of a coin.
  shuffle: (lever) => {
    const said = lever.querySelector("output");
    let [drawn, tidy, before] = [0, 0, ""];
    lever.querySelector("button").addEventListener("click", () => {
      const texts = ["cases", "conditions", "cut"].map((name) => lever.querySelector(`[name=${name}]`).value);
      const [cases, conditions, cut] = texts.map((text) => seminar.readNumber(text, false));
      if (!(cases >= 1 && cases <= 500 && conditions >= 1 && conditions <= 8 && cut > 0 && cut <= 1)) {
        said.textContent = "1 to 500 cases, 1 to 8 conditions, a cut between 0 and 1.";
        return;
      }
      if (before !== String(texts)) [drawn, tidy, before] = [0, 0, String(texts)];
      for (let n = 0; n < 100; n++) {
        const rows = {};
        for (let k = 0; k < cases; k++) {
          const row = (rows[Math.floor(Math.random() * 2 ** conditions)] ??= []);
          row.push(Math.random() < 0.5 ? 1 : 0);
        }
        const share = (row) => row.reduce((sum, one) => sum + one, 0) / row.length;
        drawn += 1;
        tidy += Object.values(rows).some((row) => share(row) >= cut) ? 1 : 0;
      }
      said.textContent = `${tidy} of ${drawn} shuffled tables have a row that reaches the cut.`;
    });
  },
};

const startSession = () => {
  const model = JSON.parse(document.getElementById("session-model").textContent);
  const shelf = `seminar: ${model.study}`;
  let memory = "{}";
  // A browser may refuse to keep anything: then the page does, until it is closed.
  const load = () => {
    try {
      memory = localStorage.getItem(shelf) ?? memory;
      const kept = JSON.parse(memory);
      return kept && typeof kept.sessions === "object" ? kept : { team: "", sessions: {} };
    } catch {
      return { team: "", sessions: {} };
    }
  };
  const store = (kept) => {
    memory = JSON.stringify(kept);
    try {
      localStorage.setItem(shelf, memory);
    } catch {}
  };

  const forms = Object.fromEntries(model.tasks.map((task) => [task.task, document.getElementById(task.id)]));
  const sheet = model.tasks.find((task) => task.kind === "sheet");
  const all = (form, selector) => [...form.querySelectorAll(selector)];
  const nameOf = (task, value) => task.among[value] ?? value;

  // What stands in a form, as it is kept.
  const read = (task) => {
    const form = forms[task.task];
    if (task.kind === "number" || task.kind === "alpha") return all(form, "input").map((one) => one.value);
    if (task.kind === "choice") return all(form, "select").map((one) => one.value);
    if (task.kind === "pairs") return all(form, ".arrows li").map((one) => one.dataset.pair);
    if (task.kind === "sheet")
      return Object.fromEntries(
        all(form, "tr[data-unit]").map((row) => [
          row.dataset.unit,
          Object.fromEntries(all(row, "select").map((one) => [one.name, one.value])),
        ]),
      );
    return all(form, "input:checked").map((one) => one.value);
  };

  const addArrow = (task, pair) => {
    const list = forms[task.task].querySelector(".arrows");
    if (all(list, "li").some((one) => one.dataset.pair === pair)) return;
    const line = document.createElement("li");
    line.dataset.pair = pair;
    const words = pair.split(">").map((end) => nameOf(task, end)).join(" → ");
    const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "remove" });
    gone.setAttribute("aria-label", `remove ${words}`);
    gone.addEventListener("click", () => line.remove());
    line.append(`${words} `, gone);
    list.append(line);
  };

  const fill = (task, kept) => {
    const form = forms[task.task];
    const answer = kept?.answer;
    if (answer === undefined) return;
    if (task.kind === "sheet")
      all(form, "tr[data-unit]").forEach((row) =>
        all(row, "select").forEach((one) => (one.value = answer[row.dataset.unit]?.[one.name] ?? "")),
      );
    else if (task.kind === "pairs") [answer].flat().forEach((pair) => addArrow(task, pair));
    else if (task.kind === "name" || task.kind === "names")
      all(form, "input").forEach((one) => (one.checked = [answer].flat().includes(one.value)));
    else all(form, "input, select").forEach((one, k) => (one.value = answer[k] ?? ""));
    if (kept.why) form.elements.why.value = kept.why;
  };

  const say = (task, [verdict, hint]) => {
    const said = forms[task.task].querySelector(".mark-said");
    said.textContent = hint ? `${verdict}: ${hint}` : verdict;
    said.dataset.verdict = verdict;
    if (task.kind === "sheet")
      all(forms[task.task], "tr[data-unit]").forEach((row) =>
        all(row, ".ours").forEach((one) => {
          const ours = verdict === "compared" && seminar.findOurs(task, row.dataset.unit, one.dataset.column);
          one.textContent = ours ? `ours ${ours}` : "";
        }),
      );
  };

  const judge = (task) => {
    const answer = read(task);
    if (task.kind === "sheet") return seminar.markSheet(task, answer);
    if (task.kind === "alpha") return seminar.markAlpha(task, answer[0], sheet, read(sheet));
    return seminar.mark(task, answer);
  };

  const keep = (task, [verdict, hint]) => {
    const kept = load();
    const why = forms[task.task].elements.why?.value;
    const answer = { answer: read(task), about: task.about ?? [], verdict, hint, ...(why ? { why } : {}) };
    kept.sessions[model.session] = { ...kept.sessions[model.session], [task.task]: answer };
    store(kept);
  };

  for (const task of model.tasks) {
    const form = forms[task.task];
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const mark = judge(task);
      say(task, mark);
      keep(task, mark);
    });
    form.querySelector(".add")?.addEventListener("click", () => {
      const ends = all(form, "[name=end]").map((one) => one.value);
      if (ends.every(Boolean)) addArrow(task, ends.join(">"));
      else say(task, ["not answered yet", "an arrow has two ends"]);
    });
    const kept = load().sessions[model.session]?.[task.task];
    fill(task, kept);
  }
  for (const task of model.tasks)
    if (load().sessions[model.session]?.[task.task]) say(task, judge(task));
  for (const lever of document.querySelectorAll(".lever")) levers[lever.dataset.lever]?.(lever);

  const shelfForm = document.querySelector("form.keep");
  const team = document.getElementById("team");
  shelfForm.hidden = false;
  team.value = load().team ?? "";
  team.addEventListener("input", () => store({ ...load(), team: team.value }));
  shelfForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = shelfForm.querySelector("output");
    if (!team.value.trim()) {
      said.textContent = "A name first: it tells your file from the others.";
      team.focus();
      return;
    }
    const text = JSON.stringify({ seminar: model.study, ...load(), team: team.value.trim() }, null, 1);
    const link = document.createElement("a");
    link.href = `data:application/json;charset=utf-8,${encodeURIComponent(text)}`;
    link.download = `answers-${team.value.trim().replace(/[^\p{L}\p{N}]+/gu, "-")}.json`;
    link.click();
    said.textContent = `Saved as ${link.download}.`;
  });
  document.getElementById("forget").addEventListener("click", () => {
    store({ team: "", sessions: {} });
    location.reload();
  });
};

if (typeof document !== "undefined") startSession();
if (typeof module !== "undefined") module.exports = seminar;
