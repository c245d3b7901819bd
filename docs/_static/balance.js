// The balance by hand. What the model is stands in the page (#balance-model), made by
// compendium.site.balance; `judge` adds up as its `judge` does, and a test holds
// the two to the same numbers and words. The setting is kept in the address, to be sent on.
"use strict";

const balance = (() => {
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const fill = (leans, open) => leans.map((lean, k) => (lean === null ? open[k] : lean));

  // B as a share of all weight; boxes without a lean are left out of the sum.
  const tilt = (leans, weights) =>
    sum(leans.map((lean, k) => (lean === null ? 0 : weights[k] * lean))) / sum(weights);

  const side = (model, tilted) =>
    Math.abs(tilted) <= model.level ? "level" : tilted > 0 ? "left" : "right";

  // The share of all weightings that tip to a side is looked up by its boxes for and against.
  const share = (model, leans, aim) => {
    const count = (sign) => leans.filter((lean) => lean === sign).length;
    const counts = aim === "left" ? [count(1), count(-1)] : [count(-1), count(1)];
    return model.shares[counts.join("-")];
  };

  const value = (text) => {
    const [above, below] = text.split("/");
    return above / (below || 1);
  };

  const complete = (low, high) =>
    low.reduce(
      (ways, least, k) =>
        ways.flatMap((way) =>
          Array.from({ length: high[k] - least + 1 }, (_, step) => [...way, least + step]),
        ),
      [[]],
    );

  // Two decimals with their sign. A tie goes to the even digit, as in the figures; only odd
  // eighths are ties.
  const signed = (number) => {
    const cents = Math.abs(number) * 100;
    const tie = Math.abs(number * 8) % 2 === 1;
    const even = tie && Math.floor(cents) % 2 === 0;
    const text = (even ? Math.floor(cents) / 100 : Math.abs(number)).toFixed(2);
    return (number < 0 ? "-" : "+") + text;
  };

  const portion = (text) =>
    ({ 0: "none", 1: "all" })[text] || `${text} (${100 * value(text)} %)`;

  const sayBeam = (model, found, clause, known) => {
    const told = clause ? `; ${clause}` : "";
    if (found.tilt === null)
      return `${known ? "All weights are 0" : "No box has a lean"}: nothing tips the beam${told}.`;
    return `B = ${signed(found.tilt)}: ${model.sides[found.side] || "level"}${told}.`;
  };

  const sayOutcome = (start, found) => {
    if (start.told === null)
      return start.clause ? "No side is told, so nothing can follow or fail." : "";
    const kind = start.clause.startsWith("print") ? "printed" : "coded";
    if (found.side === null) return `Whether the ${kind} outcome follows is open.`;
    const follows = found.side === start.told ? "follows" : "does not follow";
    return `The ${kind} outcome ${follows}.`;
  };

  const sayWays = (leans, { reach, ways }, aim) => {
    const count = leans.filter((lean) => lean === null).length;
    const boxes = count === 1 ? "open box" : `${count} open boxes`;
    return (
      `With the ${boxes} filled in every admissible way, at these weights: ` +
      `B from ${signed(reach[0])} to ${signed(reach[1])}; ` +
      `${ways[0]} of ${ways[1]} ways tip ${aim}.`
    );
  };

  const sayShares = ([stated, least, most], aim) => {
    if (least === most && most === stated)
      return `Of all weightings, ${portion(least)} tip ${aim}.`;
    const range = `at least ${portion(least)}, at most ${portion(most)}`;
    if (!stated) return `Of all weightings, ${range} tip ${aim}.`;
    return `Of all weightings, ${portion(stated)} tip ${aim} without the open boxes; with them ${range}.`;
  };

  const judge = (model, start, leans, weights) => {
    const total = sum(weights);
    const aim = start.told || "left";
    const [low, high] = [fill(leans, start.low), fill(leans, start.high)];
    const known = leans.some((lean) => lean !== null);
    const tilted = known && total ? tilt(leans, weights) : null;
    const found = { tilt: tilted, side: tilted === null ? null : side(model, tilted), reach: null, ways: null };
    if (!model.shares) {
      // A quiz: which way the beam tips, and nothing that a session asks for.
      found.says = [sayBeam(model, found, start.clause, known), ""];
      return found;
    }
    const ends = [share(model, low, aim), share(model, high, aim)];
    ends.sort((a, b) => value(a) - value(b));
    found.shares = [known ? share(model, leans, aim) : null, ...ends];
    if (leans.includes(null) && total) {
      const tilts = complete(low, high).map((way) => tilt(way, weights));
      found.reach = [Math.min(...tilts), Math.max(...tilts)];
      found.ways = [tilts.filter((each) => side(model, each) === aim).length, tilts.length];
    }
    found.says = [
      sayBeam(model, found, start.clause, known),
      sayOutcome(start, found),
      ...(found.reach ? [sayWays(leans, found, aim)] : []),
      sayShares(found.shares, aim),
    ];
    return found;
  };

  return { judge };
})();

// The drawing: in proportion to figures.balance.plot_balance, boxes of dark, middle and light grey.
const scales = (() => {
  // A telephone has no room for a wide swing: there all angles are halved.
  const WIDE = {
    ...{ arm: 480, half: 492, top: 252, foot: 118, box: [146, 122], gap: 184 },
    ...{ letters: 17, longest: 15, upright: false, swing: 1 },
  };
  const NARROW = {
    ...{ arm: 192, half: 206, top: 232, foot: 76, box: [54, 190], gap: 69 },
    ...{ letters: 14, longest: 22, upright: true, swing: 0.5 },
  };
  const FILLS = { 1: "#e0e0e0", 0: "#b8b8b8", "-1": "#404040" };
  const INK = "#1d2023";

  const make = (name, attributes, ...inside) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, content] of Object.entries(attributes))
      made.setAttribute(key, content);
    made.append(...inside);
    return made;
  };

  const wrap = (text, most) =>
    text.split(" ").reduce(
      (lines, word) => {
        const longer = `${lines.at(-1)} ${word}`.trim();
        if (longer.length <= most) lines[lines.length - 1] = longer;
        else lines.push(word);
        return lines;
      },
      [""],
    );

  // One box, standing on the beam; it leans about its lower corner.
  const draw = (model, shape, setting, k) => {
    const lean = setting.leans[k];
    const open = lean === null;
    const [width, height] = shape.box;
    const basis = lean === setting.start.leans[k] ? setting.start.basis[k] : "stated";
    const firm = !open && basis !== "carried";
    const code = Object.keys(model.leans).find((key) => model.leans[key] === lean);
    const arrows = { 1: ["← ", ""], "-1": ["", " →"] }[lean] || ["", ""];
    const said = open && basis === "both ways" ? "said both ways" : arrows.join(model.words[code]);
    const ink = lean === -1 ? "#ffffff" : open ? "#4a4f55" : INK;
    const corner = (-(lean || 0) * width) / 2;
    const stance = `rotate(${-model.leaning * shape.swing * (lean || 0)} ${corner} -9)`;
    const place = `translate(${(k - 2) * shape.gap} 0)`;
    const box = make("g", { transform: `${place} ${stance}`, "data-box": model.boxes[k].id });
    box.append(
      make("rect", {
        ...{ x: -width / 2, y: -9 - height, width, height, fill: open ? "#ffffff" : FILLS[lean] },
        ...{ stroke: open ? "#4a4f55" : INK, "stroke-width": 2 },
        "stroke-dasharray": firm ? "none" : "7 5",
      }),
    );
    const lines = wrap(model.boxes[k].label, shape.longest);
    const counted = open ? "" : `weight ${setting.weights[k]}`;
    const says = shape.upright ? [`${said}${counted && ", "}${counted}`] : [said, counted];
    const all = [...lines.map((text) => [text, 400]), ...says.map((text) => [text, open ? 400 : 700])];
    const step = shape.letters * 1.2;
    const words = make("g", {
      transform: shape.upright
        ? `translate(0 ${-9 - height / 2}) rotate(-90)`
        : `translate(0 ${-9 - height / 2})`,
      ...{ fill: ink, "text-anchor": "middle", "font-size": shape.letters },
    });
    all.forEach(([text, weight], row) => {
      const y = (row - (all.length - 1) / 2) * step + shape.letters * 0.35;
      words.append(make("text", { y, "font-weight": weight }, text));
    });
    box.append(words);
    return box;
  };

  // How far each end may sink, as broken lines; and a hollow arrow on the side told.
  const drawAround = (model, shape, found, told) => {
    const around = make("g", {});
    const turn = (tilted) => (-model.steepest * shape.swing * tilted * Math.PI) / 180;
    for (const [end, tilted] of found.reach ? [[-1, found.reach[1]], [1, found.reach[0]]] : []) {
      const [x2, y2] = [Math.cos(turn(tilted)), Math.sin(turn(tilted))].map((v) => v * end * shape.arm);
      around.append(
        make("line", { x2, y2, stroke: "#4a4f55", "stroke-width": 2, "stroke-dasharray": "8 6" }),
      );
    }
    if (told) {
      const right = told === "right";
      const x = (right ? 1 : -1) * shape.arm * 0.45;
      const y = shape.foot - 62;
      const path = "M-9 0H9V30H20L0 54L-20 30H-9Z";
      around.append(
        make("path", { d: path, transform: `translate(${x} ${y})`, fill: "#ffffff", stroke: INK, "stroke-width": 2, id: "told" }),
        make("text", { x: x + (right ? -28 : 28), y: y + 30, "font-style": "italic", fill: INK, "text-anchor": right ? "end" : "start" }, "told"),
      );
    }
    return around;
  };

  const show = (svg, model, setting, found) => {
    const narrow = matchMedia("(max-width: 45rem)").matches && !matchMedia("print").matches;
    const shape = narrow ? NARROW : WIDE;
    const { half, top, foot } = shape;
    svg.setAttribute("viewBox", `${-half} ${-top} ${2 * half} ${top + foot + 32}`);
    let beam = svg.querySelector("#beam");
    if (!beam) {
      beam = make("g", { id: "beam" });
      svg.append(make("g", { id: "around" }), make("g", { id: "stand" }), beam);
    }
    svg.querySelector("#around").replaceChildren(drawAround(model, shape, found, setting.start.told));
    svg.querySelector("#stand").replaceChildren(
      make("path", { d: `M0 0L${foot * 0.33} ${foot}H${-foot * 0.33}Z`, fill: INK }),
      make("text", { x: -shape.arm, y: foot + 24, fill: INK }, narrow ? "← for" : "← left: for partnership"),
      make("text", { x: shape.arm, y: foot + 24, fill: INK, "text-anchor": "end" }, narrow ? "against →" : "right: against partnership →"),
    );
    const bar = make("rect", { x: -shape.arm, y: -8, width: 2 * shape.arm, height: 16, fill: INK });
    const boxes = model.boxes.map((_, k) => draw(model, shape, setting, k));
    beam.replaceChildren(bar, ...boxes);
    beam.style.transform = `rotate(${-model.steepest * shape.swing * (found.tilt || 0)}deg)`;
  };

  return { show };
})();

const startBalance = () => {
  const model = JSON.parse(document.getElementById("balance-model").textContent);
  const form = document.getElementById("balance");
  const svg = document.getElementById("scales");
  const find = (id) => document.getElementById(id);
  const quiz = !model.shares || new URLSearchParams(location.search).has("quiz");
  if (quiz) {
    model.cases = model.cases.slice(0, 1);
    model.shares = null;
    form.querySelector(".choose").classList.add("quiz");
    find("reset").textContent = "Reset";
  }
  const first = model.cases.at(quiz ? 0 : 1).id;
  const nameOf = (lean) => Object.keys(model.leans).find((key) => model.leans[key] === lean);
  const startOf = () => model.cases.find((each) => each.id === form.elements.case.value);

  const read = () => ({
    start: startOf(),
    leans: model.boxes.map(({ id }) => model.leans[form.elements[id].value]),
    weights: model.boxes.map(({ id }) => Number(form.elements[`weight-${id}`].value)),
  });

  const setLeans = (leans) =>
    model.boxes.forEach(({ id }, k) => (form.elements[id].value = nameOf(leans[k])));
  const setWeights = (weights) =>
    model.boxes.forEach(({ id }, k) => (form.elements[`weight-${id}`].value = weights[k]));
  const equal = model.boxes.map(() => model.weights.start);

  // Only what differs from the printed case at equal weights stands in the address.
  const keep = ({ start, leans, weights }) => {
    const state = new URLSearchParams();
    if (new URLSearchParams(location.search).has("quiz")) state.set("quiz", "");
    if (start.id !== first) state.set("case", start.id);
    model.boxes.forEach(({ id }, k) => {
      if (leans[k] !== start.leans[k]) state.set(id, nameOf(leans[k]));
      if (weights[k] !== model.weights.start) state.set(`weight-${id}`, weights[k]);
    });
    const query = state.toString();
    history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
  };

  const restore = () => {
    const state = new URLSearchParams(location.search);
    const known = model.cases.some((each) => each.id === state.get("case"));
    form.elements.case.value = known ? state.get("case") : first;
    const { least, most } = model.weights;
    setLeans(startOf().leans);
    setWeights(equal);
    for (const { id } of model.boxes) {
      if (Object.hasOwn(model.leans, state.get(id))) form.elements[id].value = state.get(id);
      const weight = state.get(`weight-${id}`);
      if (weight && weight >= least && weight <= most)
        form.elements[`weight-${id}`].value = weight;
    }
  };

  const show = () => {
    const setting = read();
    const { start } = setting;
    const found = balance.judge(model, start, setting.leans, setting.weights);
    model.boxes.forEach(({ id }, k) => {
      find(`shown-${id}`).textContent = setting.weights[k];
      find(`hint-${id}`).textContent = start.hints[k];
    });
    const [beam, outcome, ...rest] = found.says;
    const says = `${beam} ${outcome}`.trim();
    if (find("beam-says").textContent !== says) find("beam-says").textContent = says;
    find("balance-says").replaceChildren(
      ...rest.map((text) => {
        const line = document.createElement("p");
        line.textContent = text;
        return line;
      }),
    );
    const moved = setting.leans.some((lean, k) => lean !== start.leans[k]);
    const note = `${start.title}. ${start.note}${moved && start.id !== "empty" ? "; leans changed by hand" : ""}.`;
    find("scales-note").textContent = note;
    find("scales-title").textContent = `${note} ${beam}`;
    scales.show(svg, model, setting, found);
    return setting;
  };

  const update = () => keep(show());
  form.elements.case.addEventListener("change", () => setLeans(startOf().leans));
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  find("reset").addEventListener("click", () => {
    setLeans(startOf().leans);
    setWeights(equal);
    update();
  });
  find("equal").addEventListener("click", () => {
    setWeights(equal);
    update();
  });
  for (const query of ["(max-width: 45rem)", "print"])
    matchMedia(query).addEventListener("change", show);
  addEventListener("popstate", () => {
    restore();
    show();
  });
  form.hidden = false;
  restore();
  show();
};

if (typeof document !== "undefined") startBalance();
if (typeof module !== "undefined") module.exports = balance;
