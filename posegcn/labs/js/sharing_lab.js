// Sharing atlas: point at a message, and see which matrix carries it and who else goes through it.
import { atlas, matrixNumbers, sayLayer, sayMessage, throughMatrix } from "./atlas.js";
import { choice, figure, frame, html } from "./elements.js";
import { matrixView } from "./matrix_view.js";
import { messagesView } from "./messages_view.js";
import { load } from "./network.js";

/** Hue of a matrix in degrees: neighbours in the list get hues far from each other. */
function hue(number) {
  return 50 + 137.5 * number;
}

/** A row of numbered chips, one for each matrix, walked with the arrow keys. */
function chipRow(label, onPoint, onChoose) {
  const row = html("div", {
    class: "lab-chips", role: "toolbar", "aria-label": label, pointerleave: () => onPoint(),
    keydown: (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const next = [...row.children].indexOf(document.activeElement) + step;
      if (!step || !row.children[next]) return;
      event.preventDefault();
      row.children[next].focus();
    },
  });
  return {
    element: row,
    fill(number) {
      row.replaceChildren(...Array.from({ length: number }, (_, n) => html("button", {
        type: "button", tabindex: n === 0 ? 0 : -1, "aria-label": `matrix W_${n}`,
        style: `--lab-hue: ${hue(n)}`,
        click: () => onChoose(n), pointerenter: () => onPoint(n), focus: () => onPoint(n),
      }, String(n))));
    },
    press(number) {
      [...row.children].forEach((chip, n) => chip.setAttribute("aria-pressed", n === number));
    },
  };
}

export function renderSharingLab({ model, el }) {
  const { skeleton, places, layers: stored, channels } = model.get("data");
  const layers = load(stored);
  const { controls, views, status } = frame(el, "Sharing atlas");
  let [layer, found, pointed] = [null, null, null];
  const messageOf = (i, j) => found.messages.get(`${i} ${j}`);
  const set = (name, value) => {
    pointed = null;
    model.set(name, value);
    model.save_changes();
  };
  const ways = {
    onChoose: (i, j) => set("edge", [i, j]),
    onPoint: (i, j) => {
      pointed = i === undefined ? null : [i, j];
      draw();
    },
  };
  const describe = (i, j) => {
    const message = messageOf(i, j);
    const through = message ? `W_${message.number}` : "no message";
    return `${skeleton.joints[j]} to ${skeleton.joints[i]}: ${through}`;
  };
  const firstThrough = (n) => {
    const [{ i, j }] = throughMatrix(found, n);
    return [i, j];
  };

  const variant = choice("Variant", Object.keys(layers).map((name) => [name, name]),
    (name) => set("layer", name));
  const grid = matrixView(skeleton.joints, "matrix that carries each message: row listens",
    { describe, ...ways });
  const body = messagesView(skeleton, places, "messages over the body", ways);
  const chips = chipRow("Matrices of the layer",
    (n) => ways.onPoint(...(n === undefined ? [] : firstThrough(n))),
    (n) => ways.onChoose(...firstThrough(n)));
  const all = figure("", chips.element);
  controls.append(variant.element);
  views.classList.add("lab-sharing");
  const left = figure("Number of the matrix: row listens, column is heard", grid.element);
  const right = figure("The same on the body: arrows and loops", body.element);
  left.element.classList.add("lab-whole");
  all.element.classList.add("lab-wide");
  views.append(left.element, right.element, all.element);

  function open() {
    layer = layers[model.get("layer")];
    found = atlas(layer, skeleton);
    variant.update(model.get("layer"));
    all.caption.textContent = sayLayer(found, layer, channels);
    chips.fill(found.matrices);
    const numbers = matrixNumbers(found, skeleton);
    grid.update(numbers.map((row) => row.map(() => 0)));
    grid.cells.forEach((row, i) => row.forEach((cell, j) => {
      const number = numbers[i][j];
      cell.textContent = number < 0 ? "" : number;
      cell.classList.toggle("lab-carried", number >= 0);
      cell.style.setProperty("--lab-hue", hue(number));
    }));
    draw();
  }

  function draw() {
    const edge = pointed ?? model.get("edge");
    const number = messageOf(...edge)?.number ?? -1;
    const isSame = (i, j) => number >= 0 && messageOf(i, j)?.number === number;
    grid.cells.forEach((row, i) => row.forEach((cell, j) => {
      cell.classList.toggle("lab-same", isSame(i, j));
      cell.toggleAttribute("data-mark", i === edge[0] && j === edge[1]);
    }));
    const pairs = [...found.messages.values()].map(({ i, j }) => [i, j]);
    body.update(pairs, (i, j) => ({
      isSame: isSame(i, j), hue: hue(messageOf(i, j).number), said: describe(i, j),
    }), number < 0 ? null : edge);
    chips.press(number);
    status.textContent = sayMessage(found, layer, skeleton, edge);
    Object.assign(status.dataset, { number, sharers: throughMatrix(found, number).length });
  }
  model.on("change:layer", open);
  model.on("change:edge", draw);
  open();
}
