// A standing body with an arrow for each message, and a loop for what a joint tells itself.
import { svg } from "./elements.js";

const NODE = 0.024; // radius of a joint in metres
const LOOP = 0.028;
const ASIDE = 0.014; // the two directions of a bone lie beside one another
const BARB = 0.04;

/** Where the loop of a joint has most room: the middle of the widest gap between its bones. */
function freeDirection(joint, bones, flat) {
  const bearings = bones
    .filter((bone) => bone.includes(joint))
    .map(([a, b]) => (a === joint ? b : a))
    .map((other) => Math.atan2(flat[other][1] - flat[joint][1], flat[other][0] - flat[joint][0]))
    .sort((a, b) => a - b);
  const gaps = bearings.map((bearing, n) =>
    (bearings[n + 1] ?? bearings[0] + 2 * Math.PI) - bearing);
  const widest = gaps.indexOf(Math.max(...gaps));
  return bearings[widest] + gaps[widest] / 2;
}

/** An arrow from one place to another that keeps to its right-hand side, as an SVG path. */
export function arrowPath([x1, y1], [x2, y2]) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [u, v] = [(x2 - x1) / length, (y2 - y1) / length];
  const [left, up] = [-v * ASIDE, u * ASIDE];
  const tip = [x2 - u * NODE * 1.2 + left, y2 - v * NODE * 1.2 + up];
  const barb = [tip[0] - BARB * (0.8 * u + 0.5 * v), tip[1] - BARB * (0.8 * v - 0.5 * u)];
  const points = [[x1 + u * NODE + left, y1 + v * NODE + up], tip, barb];
  return `M${points.map((point) => point.map((value) => value.toFixed(3)).join(" ")).join("L")}`;
}

/** A circle beside a joint, as an SVG path. */
function loopPath([x, y], angle) {
  const [left, top] = [x + (NODE + LOOP) * Math.cos(angle), y + (NODE + LOOP) * Math.sin(angle)];
  return `M${left - LOOP} ${top}a${LOOP} ${LOOP} 0 1 0 ${2 * LOOP} 0` +
    `a${LOOP} ${LOOP} 0 1 0 ${-2 * LOOP} 0`;
}

/**
 * places: of the joints, metres, y up; onChoose(i, j), onPoint(i, j) or onPoint(): what happens on
 * a click on the message from j to i, and when it is pointed at or left.
 */
export function messagesView(skeleton, places, label, { onChoose, onPoint }) {
  const flat = places.map(([x, y]) => [x, -y]);
  const halo = svg("path", { class: "lab-halo" });
  const messages = svg("g");
  const nodes = flat.map(([cx, cy]) => svg("circle", { class: "lab-dot", r: NODE, cx, cy }));
  const view = svg("svg", {
    viewBox: "-0.7 -1.8 1.4 1.84", class: "lab-body lab-still", role: "img", "aria-label": label,
    pointerleave: () => onPoint(),
  }, [halo, messages, ...nodes]);

  const path = (i, j) => (i === j
    ? loopPath(flat[i], freeDirection(i, skeleton.bones, flat))
    : arrowPath(flat[j], flat[i]));

  const isBone = (i, j) => skeleton.bones.some((bone) => bone.includes(i) && bone.includes(j));
  let drawn = new Map(); // by message; what is under the pointer must stay the same element

  /** New elements for other messages. */
  function build(pairs) {
    drawn = new Map();
    messages.replaceChildren(...pairs.map(([i, j]) => {
      const kind = i === j || isBone(i, j) ? "" : " lab-far";
      const visible = svg("path", { d: path(i, j), class: `lab-message${kind}` });
      const title = svg("title");
      drawn.set(`${i} ${j}`, { visible, title });
      return svg("g", {
        click: () => onChoose(i, j), pointerenter: () => onPoint(i, j),
      }, [visible, svg("path", { d: path(i, j), class: "lab-reach" }), title]);
    }));
  }

  return {
    element: view,
    /**
     * Show messages [i, j]. `look(i, j)` gives {isSame, hue, said}: whether it stands out, its
     * hue in degrees and its title; `chosen` is one of them, or null.
     */
    update(pairs, look, chosen) {
      const isOld = pairs.length === drawn.size && pairs.every((pair) => drawn.has(pair.join(" ")));
      if (!isOld) build(pairs);
      halo.setAttribute("d", chosen ? path(...chosen) : "");
      for (const [i, j] of pairs) {
        const { visible, title } = drawn.get(`${i} ${j}`);
        const { isSame, hue, said } = look(i, j);
        visible.classList.toggle("lab-same", isSame);
        visible.style.setProperty("--lab-hue", hue);
        title.textContent = said;
      }
    },
  };
}
