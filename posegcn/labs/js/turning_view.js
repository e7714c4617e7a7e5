// Poses in 3D that turn under the pointer and the arrow keys.
import { change, svg } from "./elements.js";

const SIZE = 2.2; // metres that the picture spans; poses beyond it are drawn smaller
const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEY_ANGLE = Math.PI / 24;

/** A joint of the camera frame (x right, y down, z away) on the picture, turned by two angles. */
export function onScreen([x, y, z], { turn, tilt }) {
  const across = Math.cos(turn) * x + Math.sin(turn) * z;
  const away = Math.cos(turn) * z - Math.sin(turn) * x;
  return [across, Math.cos(tilt) * y + Math.sin(tilt) * away];
}

/** Shifted so that the middle of the first pose is at the origin, and shrunk until all fit. */
function fitted(poses, size) {
  const [first] = poses;
  const low = [0, 1, 2].map((axis) => Math.min(...first.map((joint) => joint[axis])));
  const high = [0, 1, 2].map((axis) => Math.max(...first.map((joint) => joint[axis])));
  const middle = low.map((value, axis) => (value + high[axis]) / 2);
  const shifted = poses.map((pose) =>
    pose.map((joint) => joint.map((value, axis) => value - middle[axis])));
  const reach = Math.max(...shifted.flat().map((joint) => Math.hypot(...joint)));
  const scale = Math.min(1, (0.48 * size) / reach);
  return shifted.map((pose) => pose.map((joint) => joint.map((value) => value * scale)));
}

/**
 * Several poses over one another. `names` are CSS classes of them ("lab-main", "lab-ghost", ...),
 * drawn in that order; those of the class "lab-main" have the colours of the sides.
 */
export function turningView(skeleton, names, label, size = SIZE) {
  const groups = names.map((name) => svg("g", { class: name }));
  const half = size / 2;
  const view = svg("svg", {
    viewBox: `${-half} ${-half} ${size} ${size}`,
    class: "lab-turning",
    role: "application",
    tabindex: 0,
    "aria-label": `${label}; arrow keys turn it`,
  }, groups);
  view.style.setProperty("--lab-stroke", size / 90);
  const bones = groups.map((group) => skeleton.bones.map(([child]) => {
    const bone = svg("line", { class: `lab-bone lab-${skeleton.sides[child]}` });
    group.append(bone);
    return bone;
  }));
  let poses = [];
  const angles = { turn: 0.6, tilt: 0.15 };

  function draw() {
    poses.forEach((pose, number) => {
      groups[number].style.display = pose.length ? "" : "none";
      if (!pose.length) return;
      const flat = pose.map((joint) => onScreen(joint, angles));
      skeleton.bones.forEach(([child, parent], b) => {
        const [[x1, y1], [x2, y2]] = [flat[child], flat[parent]];
        change(bones[number][b], { x1, y1, x2, y2 });
      });
    });
  }

  function turnBy(across, up) {
    angles.turn += across;
    angles.tilt = Math.min(Math.max(angles.tilt + up, -1.5), 1.5);
    draw();
  }

  view.addEventListener("pointerdown", (event) => view.setPointerCapture(event.pointerId));
  view.addEventListener("pointermove", (event) => {
    if (!view.hasPointerCapture(event.pointerId)) return;
    turnBy(event.movementX / 120, event.movementY / 120);
  });
  view.addEventListener("keydown", (event) => {
    const direction = TURNS[event.key];
    if (!direction) return;
    event.preventDefault();
    turnBy(KEY_ANGLE * direction[0], KEY_ANGLE * direction[1]);
  });

  return {
    element: view,
    /** Poses in metres, one for each name; an empty one is not drawn.  [(J, 3), ...] */
    update(found) {
      poses = fitted(found.map((pose) => pose.map((joint) => Array.from(joint))), size);
      draw();
    },
  };
}
