// Poses in 3D that turn under the pointer and the arrow keys.
import { change, svg } from "./elements.js";

const SIZE = 2.2; // metres that the picture spans; poses beyond it are drawn smaller
const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEY_ANGLE = Math.PI / 24;

/**
 * A joint of the camera frame (x right, y down, z away) on the picture, turned by two angles, seen
 * from a distance or, without one, from very far away.
 */
export function onScreen([x, y, z], { turn, tilt, distance = Infinity }) {
  const across = Math.cos(turn) * x + Math.sin(turn) * z;
  const away = Math.cos(turn) * z - Math.sin(turn) * x;
  const zoom = 1 / (1 + (Math.cos(tilt) * away - Math.sin(tilt) * y) / distance);
  return [across * zoom, (Math.cos(tilt) * y + Math.sin(tilt) * away) * zoom];
}

/** Between the outermost joints of a pose. */
function middleOf(pose) {
  return [0, 1, 2].map((axis) => {
    const values = pose.map((joint) => joint[axis]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  });
}

/** How poses are drawn: with a point of the first one in the middle, and so small that all fit. */
function fitting(poses, size, point, distance) {
  const middle = point(poses.find((pose) => pose.length));
  const shifted = (joint) => Array.from(joint, (value, axis) => value - middle[axis]);
  const reach = Math.max(...poses.flat().map((joint) => Math.hypot(...shifted(joint))));
  const scale = Math.min(1, 0.48 * size * (1 / reach - 1 / distance));
  return { scale, placed: (joint) => shifted(joint).map((value) => value * scale) };
}

/**
 * Several poses over one another. `names` are CSS classes of them ("lab-main", "lab-ghost", ...),
 * drawn in that order; those of the class "lab-main" have the colours of the sides.
 * `point(pose)` is what stays in the middle; the view spans `size` metres.
 */
export function turningView(skeleton, names, label, size = SIZE, point = middleOf) {
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
  const ties = svg("g", { class: "lab-ties" });
  view.append(ties);
  let [poses, pairs] = [[], []];
  const angles = { turn: 0.6, tilt: 0.15 };

  function drawTies() {
    while (ties.childNodes.length < pairs.length) ties.append(svg("line"));
    ties.childNodes.forEach((line, number) => {
      line.style.display = number < pairs.length ? "" : "none";
      if (number >= pairs.length) return;
      const [[x1, y1], [x2, y2]] = pairs[number].map((joint) => onScreen(joint, angles));
      change(line, { x1, y1, x2, y2 });
    });
  }

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
    drawTies();
  }

  function look(turn, tilt) {
    angles.turn = turn;
    angles.tilt = Math.min(Math.max(tilt, -1.5), 1.5);
    draw();
  }

  const turnBy = (across, up) => look(angles.turn + across, angles.tilt + up);

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
    look, // turn to two angles; zero is what the camera sees
    /**
     * Poses in metres, one for each name; an empty one is not drawn.  [(J, 3), ...]
     *
     * ties: pairs of joints that are joined by thin lines; distance: of the eye, in metres.
     */
    update(found, { ties: joined = [], distance = Infinity } = {}) {
      const { placed, scale } = fitting(found, size, point, distance);
      poses = found.map((pose) => pose.map(placed));
      pairs = joined.map((pair) => pair.map(placed));
      angles.distance = distance * scale;
      draw();
    },
  };
}
