// Time lab: a motion under GLA-GCN, frame by frame.
import { bodyView } from "./body_view.js";
import { button, buttons, choice, figure, frame, slider, svg } from "./elements.js";
import { prepare } from "./gla_gcn.js";
import { PARTS } from "./graph.js";
import { matrixView } from "./matrix_view.js";
import { adaptiveLayers, frameCounts, Motion, windowFrames } from "./motion.js";
import { load } from "./network.js";
import { stripView } from "./strip_view.js";
import { nested } from "./tensor.js";
import { turningView } from "./turning_view.js";

const RATE = 15; // frames a second
const KINDS = [["filmed", "as filmed"], ["backwards", "backwards"], ["frozen", "frozen"]];

/** The middle of the keypoints of some frames, and the longer side of what they span. */
function hull(keypoints, frames) {
  const points = frames.flatMap((frame) => keypoints[frame]);
  const ends = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  return {
    middle: ends.map(([low, high]) => (low + high) / 2),
    side: Math.max(...ends.map(([low, high]) => high - low)),
  };
}

/** A picture of the keypoints and of their paths in the window, that follows the person. */
function imageView(skeleton, { keypoints, size }) {
  const sides = keypoints.map((_, frame) =>
    hull(keypoints, windowFrames(frame, "filmed", size, keypoints.length)).side);
  const side = 1.1 * Math.max(...sides);
  const paths = skeleton.joints.map(() => svg("polyline"));
  const body = bodyView(skeleton, [0, 0, side, side], "keypoints of the frame");
  body.under.append(svg("g", { class: "lab-trails" }, paths));
  return {
    element: body.element,
    update(frame, frames) {
      const corner = hull(keypoints, frames).middle.map((value) => value - side / 2);
      body.element.setAttribute("viewBox", [...corner, side, side].join(" "));
      body.update(keypoints[frame]);
      paths.forEach((path, j) => path.setAttribute("points",
        frames.map((number) => keypoints[number][j].join(",")).join(" ")));
    },
  };
}

/** The sentences about a state. */
export function sayFrame({ frame, layer, part, cell }, found, values, names, joints) {
  const [first, last] = [Math.min(...found.frames), Math.max(...found.frames)];
  const seen = first === last ? `frame ${first} alone` : `frames ${first} to ${last}`;
  const [to, from] = cell.map((joint) => joints[joint]);
  const known = values.filter((value) => value !== undefined);
  const ends = [Math.min(...known), Math.max(...known)].map((value) => value.toFixed(3));
  const range = known.length < values.length ? "" : `, in this clip ${ends.join(" to ")}`;
  return `Frame ${frame}: the network sees ${seen}, the pose is ` +
    `${(1000 * found.error).toFixed(1)} mm off. In ${names[layer]} (${PARTS.spatial[part]}), ` +
    `${to} hears ${from} with ${values[frame].toFixed(3)}${range}.`;
}

export function renderTimeLab({ model, el }) {
  const data = model.get("data");
  const { skeleton } = data;
  const { network, keypoints, truth } = load(data);
  const motion = new Motion(prepare(network), nested(keypoints), nested(truth));
  const length = motion.keypoints.length;
  const layers = adaptiveLayers(network.strides);
  const { controls, views, status } = frame(el, "Time lab");
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };

  let timer = null;
  const play = button("Play", () => (timer ? pause() : start()));
  function start() {
    play.textContent = "Pause";
    status.setAttribute("aria-live", "off"); // nobody wants to hear every frame
    timer = setInterval(() => {
      if (el.isConnected) set("frame", (model.get("frame") + 1) % length);
      else pause();
    }, 1000 / RATE);
  }
  function pause() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    status.removeAttribute("aria-live");
  }

  const parts = PARTS.spatial.map((name, number) => [number, name]);
  const chosen = {
    frame: slider("Frame", { min: 0, max: length - 1 }, (value) => set("frame", value)),
    window: buttons("Window", KINDS, (value) => set("window", value)),
    layer: choice("Graph of", layers.map(({ name }, number) => [number, name]),
      (value) => set("layer", Number(value))),
    part: buttons("Part", parts, (value) => set("part", value)),
  };
  chosen.frame.element.append(play);
  controls.append(...Object.values(chosen).map(({ element }) => element));

  const strip = stripView(skeleton, motion.keypoints, network.strides,
    "frames of the clip and those that the network sees", (value) => set("frame", value));
  const image = imageView(skeleton, motion);
  const pose = turningView(skeleton, ["lab-ghost", "lab-main"], "lifted pose over the true one");
  const matrix = matrixView(skeleton.joints, "measured graph: row listens, column is heard", {
    describe: (i, j) =>
      `${skeleton.joints[i]} hears ${skeleton.joints[j]}: ${graph[i][j].toFixed(3)}`,
    onChoose: (i, j) => set("cell", [i, j]),
  });
  const [all, ...fewer] = frameCounts(network.strides);
  const above = figure(`${all} frames become ${fewer.join(", ")}: drag. Blue: a frame as it is; ` +
    "orange: nine under a convolution; green: those that the graph is measured on", strip.element);
  above.element.classList.add("lab-wide");
  const measured = figure("", matrix.element);
  measured.element.classList.add("lab-whole");
  views.classList.add("lab-time", "lab-beside");
  views.append(
    above.element,
    figure("Keypoints, and their paths in the window", image.element).element,
    figure("Turn it: the lifted pose, and the true one", pose.element).element,
    measured.element,
  );

  let [graph, marked] = [null, null];
  function draw() {
    const state = Object.fromEntries(
      ["frame", "layer", "part", "window", "cell"].map((name) => [name, model.get(name)]));
    const found = motion.at(state.frame, state.window);
    const all = motion.all(state.window);
    const graphs = all.map((known) => known?.graphs[state.layer][state.part]);
    const [to, from] = state.cell;
    const shares = graphs.map((known) => known?.[to][from]);
    const most = Math.max(...graphs.filter(Boolean).flat(2));
    graph = graphs[state.frame];
    for (const [name, control] of Object.entries(chosen)) control.update(state[name]);
    matrix.update(graph, most);
    marked?.removeAttribute("data-mark");
    marked = matrix.cells[to][from];
    marked.setAttribute("data-mark", "");
    measured.caption.textContent = `Who hears whom now; strongest in the clip: ${most.toFixed(2)}`;
    image.update(state.frame, found.frames);
    pose.update([motion.truth[state.frame], found.pose]);
    strip.update({
      ...state, frames: found.frames, row: layers[state.layer].row, shares,
      errors: all.map((known) => known && 1000 * known.error),
      texts: [
        (high) => `error of the pose, up to ${high.toFixed(0)} mm`,
        (high) => `${skeleton.joints[to]} hears ${skeleton.joints[from]}, up to ${high.toFixed(2)}`,
      ],
    });
    const said = sayFrame(state, found, shares, layers.map(({ name }) => name), skeleton.joints);
    status.textContent = all.every(Boolean) ? `${said} ${sayClip(state.window)}` : said;
    Object.assign(status.dataset, { error: found.error, share: shares[state.frame] });
  }

  function sayClip(window) {
    const { error, acceleration } = motion.errors(window);
    return `The whole clip: ${(1000 * error).toFixed(1)} mm off, accelerations ` +
      `${(1000 * acceleration).toFixed(1)} mm per frame².`;
  }

  /** Lift the other frames for the curves, one after the other, so that nothing has to wait. */
  function fill() {
    const window = model.get("window");
    const missing = motion.all(window).indexOf(undefined);
    if (missing < 0) return;
    motion.at(missing, window);
    if (missing % 8 === 7 || missing === length - 1) draw();
    setTimeout(fill, 0);
  }

  for (const name of Object.keys(chosen)) model.on(`change:${name}`, draw);
  model.on("change:cell", draw);
  model.on("change:window", fill);
  draw();
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    fill();
  }).observe(strip.element);
}
