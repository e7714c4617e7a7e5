// Adjacency lab: cut and add edges, and see the matrix, the spread of a feature and the pose.
import { buttons, choice, figure, frame, slider, svg } from "./elements.js";
import { adjacency, NORMALISATIONS, spread } from "./graph.js";
import { matrixView } from "./matrix_view.js";
import { mpjpe, rootRelative } from "./metrics.js";
import { lift, load, parts, wiring } from "./network.js";
import { turningView } from "./turning_view.js";

const PRESETS = [
  ["skeleton", "skeleton"],
  ["full", "fully connected"],
  ["none", "no edges"],
  ["learned", "learned"],
];

/** Edges of a preset; pairs [child, parent] of the skeleton, all pairs, or none. */
export function presetEdges(preset, skeleton) {
  if (preset === "none") return [];
  if (preset !== "full") return skeleton.bones;
  return skeleton.joints.flatMap((_, i) => Array.from({ length: i }, (_, j) => [i, j]));
}

/** The edges without a pair that was there, or with one that was not. */
export function toggled(edges, i, j) {
  const kept = edges.filter(([a, b]) => !((a === i && b === j) || (a === j && b === i)));
  return kept.length < edges.length ? kept : [...edges, i > j ? [i, j] : [j, i]];
}

/** What the lab shows for a state: matrix, spread, joints and their error in metres. */
export function adjacencyResult(state, networks) {
  const network = networks[state.network];
  const learned = state.preset === "learned";
  const wires = wiring(network, { ...state, learned });
  const pieces = parts(network.entry.layer, wires);
  const sum = pieces[0].map((row, i) =>
    row.map((_, j) => pieces.reduce((total, piece) => total + piece[i][j], 0)));
  const joints = rootRelative(lift(network, state.data.keypoints, wires), network.root);
  return {
    matrix: sum,
    spread: spread(adjacency(wires.neighbour, "row"), state.joint, state.layers),
    joints,
    error: mpjpe(joints, state.data.truth),
  };
}

/** A standing body whose nodes are shaded by a value; a click on an edge cuts it. */
function spreadView(skeleton, places, onEdge, onJoint) {
  const lines = svg("g");
  const nodes = skeleton.joints.map((name, j) => svg("circle", {
    class: "lab-node", r: 0.055, cx: places[j][0], cy: -places[j][1], click: () => onJoint(j),
  }, svg("title")));
  const view = svg("svg", {
    viewBox: "-0.95 -1.85 1.9 2.0", class: "lab-body", role: "img",
    "aria-label": "spread of the feature over the body",
  }, [lines, ...nodes]);
  return {
    element: view,
    update(edges, values) {
      const most = Math.max(...values, 1e-9);
      lines.replaceChildren(...edges.map(([i, j]) => svg("line", {
        class: "lab-edge",
        x1: places[i][0], y1: -places[i][1], x2: places[j][0], y2: -places[j][1],
        click: () => onEdge(i, j),
      }, svg("title", {}, `cut ${skeleton.joints[i]} – ${skeleton.joints[j]}`))));
      nodes.forEach((node, j) => {
        const share = values[j] / most;
        node.style.setProperty("--lab-share", `${Math.round(100 * share)}%`);
        node.querySelector("title").textContent =
          `${skeleton.joints[j]}: ${values[j].toFixed(3)} of the feature; click to start here`;
      });
    },
  };
}

export function renderAdjacencyLab({ model, el }) {
  const data = model.get("data");
  const { skeleton } = data;
  const networks = load(data.networks);
  const { controls, views, status } = frame(el, "Adjacency lab");
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    draw();
  };
  const mayAdd = () => !networks[model.get("network")].entry.layer.sharing.startsWith("pair");
  const learns = (name) => "offsets" in networks[name].entry.layer;

  function toggle(i, j) {
    if (i === j) return;
    const edges = toggled(model.get("edges"), i, j);
    const isNew = edges.length > model.get("edges").length;
    const unknown = isNew && !skeleton.bones.some(([a, b]) =>
      (a === i && b === j) || (a === j && b === i));
    if (unknown && !mayAdd()) {
      status.textContent = "This layer has one matrix for each bone, and none for a new edge.";
      return;
    }
    set({ edges, preset: "own" });
  }

  function preset(name) {
    if (name === "full" && !mayAdd()) {
      status.textContent = "This layer has one matrix for each bone: edges can only be cut.";
      return;
    }
    set({ preset: name, edges: presetEdges(name, skeleton) });
  }

  const names = data.order;
  const chosen = {
    network: choice("Layer", names.map((name) => [name, name]), (network) => {
      const { normalisation } = networks[network];
      const preset = learns(network) ? "learned" : "skeleton";
      set({ network, normalisation, hops: 1, preset, edges: skeleton.bones });
    }),
    preset: buttons("Edges", PRESETS.filter(([name]) => name !== "learned" || names.some(learns)),
      preset),
    normalisation: choice("Normalise", NORMALISATIONS.map((kind) => [kind, kind]),
      (normalisation) => set({ normalisation })),
    hops: slider("Hops", { min: 1, max: 4 }, (hops) => set({ hops })),
    joint: choice("Feature starts at", skeleton.joints.map((name, j) => [j, name]),
      (joint) => set({ joint: Number(joint) })),
    layers: slider("Layers of averaging", { min: 0, max: 12 }, (layers) => set({ layers })),
  };
  controls.append(...Object.values(chosen).map(({ element }) => element));

  const matrix = matrixView(skeleton.joints, "adjacency: row listens, column is heard", {
    describe: (i, j) =>
      `${skeleton.joints[i]} hears ${skeleton.joints[j]}: ${result.matrix[i][j].toFixed(3)}`,
    onChoose: toggle,
  });
  const body = spreadView(skeleton, data.places, toggle, (joint) => set({ joint }));
  const pose = turningView(skeleton, ["lab-ghost", "lab-main"], "lifted pose over the true one");
  const whom = figure("Who hears whom: click a cell to cut or join", matrix.element);
  whom.element.classList.add("lab-whole");
  views.classList.add("lab-beside");
  views.append(
    whom.element,
    figure("Where a feature goes: click an edge", body.element).element,
    figure("Turn it: the lifted pose, and the true one", pose.element).element,
  );

  let result;
  function draw() {
    const state = Object.fromEntries(
      ["data", "edges", "preset", "normalisation", "hops", "network", "joint", "layers"].map(
        (name) => [name, model.get(name)]));
    result = adjacencyResult(state, networks);
    for (const [name, control] of Object.entries(chosen)) control.update(state[name]);
    matrix.update(result.matrix);
    body.update(state.edges, result.spread);
    pose.update([data.truth, result.joints]);
    status.textContent =
      `${state.edges.length} edges, ${skeleton.joints.length} joints: ` +
      `the pose is ${(1000 * result.error).toFixed(1)} mm off.`;
    status.dataset.error = result.error;
  }
  for (const name of ["edges", "preset", "normalisation", "hops", "network", "joint", "layers"]) {
    model.on(`change:${name}`, draw);
  }
  draw();
}
