// Many numbers on one axis, in lanes, of which one is usual and one is chosen.
import { change, svg } from "./elements.js";

const LEFT_EDGE = 30; // pixels for the names of the lanes
const RIGHT_EDGE = 28;
const LANE = 44;
const TICK = 9; // half of its length
const AXIS = 34;

/** Round values from below `low` to above `high`, about five of them. */
export function roundSteps(low, high) {
  const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= 6) ?? 100;
  const first = Math.floor(low / step);
  const count = Math.ceil(high / step) - first + 1;
  return Array.from({ length: count }, (_, n) => step * (first + n));
}

/** `lanes` are their names; onChoose(lane, value): what happens on a click. */
export function numbersView(lanes, label, unit, onChoose) {
  const height = lanes.length * LANE + AXIS;
  const middle = (lane) => LANE * (lane + 0.62);
  const ticks = lanes.map(() => svg("path", { class: "lab-numbers-ticks" }));
  const names = lanes.map((name, lane) => svg("text", { x: 0, y: middle(lane) + 4 }, name));
  const axis = svg("g", { class: "lab-numbers-axis" });
  const usual = svg("circle", { class: "lab-numbers-usual", r: 6 });
  const chosen = svg("circle", { class: "lab-numbers-chosen", r: 6 });
  const said = svg("text", { class: "lab-numbers-said", "text-anchor": "middle" });
  const view = svg("svg", {
    class: "lab-numbers", role: "img", "aria-label": label, style: `height: ${height}px`, click,
  }, [axis, ...names, ...ticks, usual, chosen, said]);
  let [width, shown] = [400, null];

  function scale() {
    const values = shown.values.flat();
    const steps = roundSteps(Math.min(...values), Math.max(...values));
    const [low, high] = [steps[0], steps.at(-1)];
    const inner = width - LEFT_EDGE - RIGHT_EDGE;
    const x = (value) => LEFT_EDGE + (inner * (value - low)) / (high - low);
    return { steps, x, back: (pixel) => low + ((pixel - LEFT_EDGE) * (high - low)) / inner };
  }

  function click(event) {
    const box = view.getBoundingClientRect();
    const lane = Math.floor((event.clientY - box.top) / LANE);
    if (lane < lanes.length) onChoose(lane, scale().back(event.clientX - box.left));
  }

  function draw() {
    const { steps, x } = scale();
    const bottom = lanes.length * LANE;
    axis.replaceChildren(...steps.flatMap((value, n) => [
      svg("line", { x1: x(value), x2: x(value), y1: 6, y2: bottom + 6 }),
      svg("text", { x: x(value), y: bottom + 20, "text-anchor": "middle" },
        n === steps.length - 1 ? `${value} ${unit}` : String(value)),
    ]));
    shown.values.forEach((values, lane) => {
      ticks[lane].setAttribute("d", values.map((value) =>
        `M${x(value).toFixed(1)} ${middle(lane) - TICK}v${2 * TICK}`).join(""));
    });
    for (const [dot, [lane, value]] of [[usual, shown.usual], [chosen, shown.chosen]]) {
      change(dot, { cx: x(value), cy: middle(lane) });
    }
    const [lane, value] = shown.chosen;
    change(said, { x: x(value), y: middle(lane) - TICK - 4 });
    said.textContent = value.toFixed(1);
  }

  new ResizeObserver(([{ contentRect }]) => {
    if (!contentRect.width || contentRect.width === width) return;
    width = contentRect.width;
    if (shown) draw();
  }).observe(view);

  return {
    element: view,
    /** values of each lane; usual and chosen as [lane, value]. */
    update(found) {
      shown = found;
      draw();
    },
  };
}
