// A body in the image: bones, and joints that can be dragged or moved with the arrow keys.
import { change, svg } from "./elements.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Body over an image that spans -1 to 1.
 *
 * skeleton: {joints, bones: [[child, parent]], sides: ["left" | "right" | "middle"]};
 * box: [left, top, width, height] that is shown;
 * onMove(joint, [u, v]): called while a joint is moved; without it the body is a picture.
 */
export function bodyView(skeleton, box, label, onMove) {
  const [left, top, width, height] = box;
  const bones = skeleton.bones.map(([child]) =>
    svg("line", { class: `lab-bone lab-${skeleton.sides[child]}` }));
  const joints = skeleton.joints.map((name, j) =>
    svg("circle", { class: `lab-joint lab-${skeleton.sides[j]}`, r: width / 45 }));
  const under = svg("g");
  const view = svg("svg", { viewBox: box.join(" "), class: "lab-body" }, [under, ...bones]);
  view.append(...joints);
  view.style.setProperty("--lab-stroke", width / 90);
  let places = [];
  let held = -1;
  const step = width / 100;

  /** Where a pointer is, in the coordinates of the picture, kept inside it. */
  function at(event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = point.matrixTransform(view.getScreenCTM().inverse());
    return inside([x, y]);
  }

  function inside([x, y]) {
    const between = (value, low, size) => Math.min(Math.max(value, low), low + size);
    return [between(x, left, width), between(y, top, height)];
  }

  /** The joint next to a pointer, -1 if none is near: fingers are larger than joints. */
  function nearest([u, v]) {
    const far = places.map(([x, y]) => Math.hypot(x - u, y - v));
    const least = Math.min(...far);
    return least < width / 14 ? far.indexOf(least) : -1;
  }

  if (onMove) {
    change(view, { role: "group", "aria-label": label });
    view.addEventListener("pointerdown", (event) => {
      held = nearest(at(event));
      if (held < 0) return;
      view.setPointerCapture(event.pointerId);
      event.preventDefault();
      joints[held].focus();
    });
    view.addEventListener("pointermove", (event) => { if (held >= 0) onMove(held, at(event)); });
    view.addEventListener("lostpointercapture", () => { held = -1; });
    joints.forEach((joint, j) => {
      const [low, high] = [left, left + width].map((value) => value.toFixed(2));
      const range = { "aria-valuemin": low, "aria-valuemax": high };
      change(joint, { role: "slider", tabindex: 0, "aria-label": skeleton.joints[j], ...range });
      joint.addEventListener("keydown", (event) => {
        const direction = STEPS[event.key];
        if (!direction) return;
        event.preventDefault();
        const size = event.shiftKey ? 5 * step : step;
        onMove(j, inside(places[j].map((value, axis) => value + size * direction[axis])));
      });
    });
  } else {
    change(view, { role: "img", "aria-label": label });
  }

  return {
    element: view,
    under, // what others draw beneath the body
    joints,
    update(keypoints) {
      places = keypoints.map((point) => Array.from(point));
      skeleton.bones.forEach(([child, parent], b) => {
        const [[x1, y1], [x2, y2]] = [places[child], places[parent]];
        change(bones[b], { x1, y1, x2, y2 });
      });
      places.forEach(([cx, cy], j) => {
        change(joints[j], { cx, cy });
        if (!onMove) return;
        const [u, v] = [cx.toFixed(2), cy.toFixed(2)];
        change(joints[j], { "aria-valuenow": u, "aria-valuetext": `u ${u}, v ${v}` });
      });
    },
  };
}
