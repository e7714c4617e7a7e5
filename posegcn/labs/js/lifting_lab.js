// Lifting lab: move the joints of a person in an image; the lifted pose follows at once.
import { countPoses, flippedBones, otherPose, someBones } from "./ambiguity.js";
import { bodyView } from "./body_view.js";
import { facing, placeRoot, projected } from "./camera.js";
import { button, buttons, change, choice, figure, frame, html, svg } from "./elements.js";
import { mpjpe, rootRelative } from "./metrics.js";
import { lift, load, wiring } from "./network.js";
import { turningView } from "./turning_view.js";

const LIFTING_TRAITS = ["network", "pose", "keypoints", "ghost"];
const LIFTING_VIEW = 2; // metres

/** What the lab shows for a state; lengths in metres, image coordinates in half widths. */
export function liftingResult(state, networks) {
  const network = networks[state.network];
  const { lens, keypoints, truth } = state.data.starts[state.pose];
  const wires = wiring(network, { edges: network.edges ?? [] });
  const joints = rootRelative(lift(network, state.keypoints, wires), network.root);
  const root = placeRoot(joints, state.keypoints, lens);
  const placed = joints.map((joint) => joint.map((value, axis) => value + root[axis]));
  const image = projected(placed, lens);
  const moved = state.keypoints.some((point, j) => point.some((u, i) => u !== keypoints[j][i]));
  return {
    joints,
    placed,
    image,
    truth: moved ? [] : truth,
    error: moved ? null : mpjpe(joints, truth),
    miss: mpjpe(image, state.keypoints),
    ...ambiguityOf({ placed, image, lens, root: network.root }, state),
  };
}

/** The other pose that a state asks for, and how many there are. */
function ambiguityOf({ placed, image, lens, root }, { ghost, data }) {
  const { bones } = data.skeleton;
  const other = ghost.length ? otherPose(placed, bones, root, ghost) : null;
  return {
    count: countPoses(placed, bones, root),
    other,
    otherJoints: other ? rootRelative(other, root) : [],
    flipped: other ? flippedBones(placed, other, bones) : [],
    distance: other ? mpjpe(other, placed) : 0,
    difference: other ? Math.max(...imageDifferences(projected(other, lens), image)) : 0,
  };
}

function imageDifferences(image, same) {
  return image.flatMap((point, j) => point.map((value, axis) => Math.abs(value - same[j][axis])));
}

/** The ghost after a bone has been asked to flip, or to flip back. */
export function withFlip(ghost, joint) {
  const kept = ghost.filter((other) => other !== joint);
  return kept.length < ghost.length ? kept : [...ghost, joint];
}

/** Bones for the next pose with the same image that is not the one shown; numbers count on. */
export function nextGhost(placed, { ghost, data }, number) {
  const { bones, root } = data.skeleton;
  const shown = String(flippedBones(placed, otherPose(placed, bones, root, ghost), bones));
  for (let next = number; next < number + 50; next++) {
    const other = otherPose(placed, bones, root, someBones(next, bones));
    const found = flippedBones(placed, other, bones);
    if (found.length && String(found) !== shown) return { ghost: found, number: next + 1 };
  }
  return { ghost: [], number };
}

/** The sentences below the views. */
function liftingStatus(state, result) {
  if (!result.count) return `${state.network}: no place in front of the camera fits these joints.`;
  const { width } = state.data.starts[state.pose];
  const mm = (metres) => `${(1000 * metres).toFixed(0)} mm`;
  const depth = result.placed[state.data.skeleton.root][2];
  const off = result.error === null
    ? "nobody knows the true pose behind your joints"
    : `${mm(result.error)} off the true pose`;
  const sentences = [
    `${state.network}: ${off}.`,
    `Placed ${depth.toFixed(2)} m away, its image misses the joints by ` +
      `${(result.miss * width / 2).toFixed(1)} px.`,
    `${result.count.toLocaleString("en")} poses share that image and these bones.`,
  ];
  const [asked, done] = [state.ghost.length, result.flipped.length];
  if (done) {
    const bones = done < asked ? `${done} of ${asked} bones` : `${done} bone${done > 1 ? "s" : ""}`;
    sentences.push(`With ${bones} flipped, joints move by ${mm(result.distance)} on average, ` +
      `their image by ${(result.difference * width / 2).toExponential(0)} px at most.`);
  } else if (asked) {
    sentences.push("Flipped, this would put a joint below out of reach of its ray.");
  }
  return sentences.join(" ");
}

/** Choices and buttons; `set` changes traits, `state` tells them, `shown` the result. */
function liftingControls(data, { set, state, shown }) {
  const { joints, bones } = data.skeleton;
  let [number, bone] = [1, joints.length - 1];
  const start = (pose) => set({ pose, keypoints: data.starts[pose].keypoints, ghost: [] });
  const [lifters, poses] = data.order.map((names) => names.map((name) => [name, name]));
  const which = choice("flip the bone to", bones.map(([child]) => [child, joints[child]]),
    (joint) => { bone = Number(joint); });
  const chosen = {
    network: choice("Lifter", lifters, (network) => set({ network })),
    pose: buttons("Start from", poses, start),
  };
  const another = () => {
    if (!shown().count) return;
    const next = nextGhost(shown().placed, state(), number);
    number = next.number;
    set({ ghost: next.ghost });
  };
  const same = html("div", {
    class: "lab-control", role: "group", "aria-label": "Another pose with this image",
  }, [
    html("span", { "aria-hidden": "true" }, "Another pose with this image"),
    button("by chance", another),
    which.element,
    button("flip", () => set({ ghost: withFlip(state().ghost, bone) })),
    button("none", () => set({ ghost: [] })),
  ]);
  chosen.pose.element.append(button("reset", () => start(state().pose)));
  return {
    elements: [chosen.network.element, chosen.pose.element, same],
    update: (values) => {
      for (const [name, control] of Object.entries(chosen)) control.update(values[name]);
      which.update(bone);
    },
    point: (joint) => { bone = bones.some(([child]) => child === joint) ? joint : bone; },
  };
}

export function renderLiftingLab({ model, el }) {
  const data = model.get("data");
  const { skeleton } = data;
  const networks = load(data.networks);
  const { controls, views, status } = frame(el, "Lifting lab");
  const state = () =>
    Object.fromEntries(["data", ...LIFTING_TRAITS].map((name) => [name, model.get(name)]));
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  let result;
  const panel = liftingControls(data, { set, state, shown: () => result });
  controls.append(...panel.elements);

  const image = bodyView(skeleton, data.box, "the person in the image", (joint, place) => {
    panel.point(joint);
    set({ keypoints: model.get("keypoints").map((own, j) => (j === joint ? place : own)) });
  });
  const trace = skeleton.bones.map(() => svg("line"));
  image.under.setAttribute("class", "lab-trace");
  image.under.append(...trace);
  const pose = turningView(skeleton, ["lab-ghost", "lab-other", "lab-main"],
    "lifted pose, the true one, and another with the same image", LIFTING_VIEW,
    (joints) => joints[skeleton.root]);
  const key = (name, text) => html("span", { class: `lab-key lab-key-${name}` }, text);
  views.append(
    figure("The image: drag a joint", image.element,
      html("p", { class: "lab-keys" }, key("trace", "image of the lifted pose"))).element,
    figure("The lifted pose: turn it", pose.element, html("p", { class: "lab-keys" }, [
      key("truth", "true pose"), key("other", "another with the same image"),
      button("as the camera sees it", () => pose.look(0, 0)),
    ])).element,
  );

  /** Both poses as from the camera: what lies on one ray must be seen in one place. */
  function drawPoses({ joints, truth, otherJoints, placed, count }) {
    const root = count ? placed[skeleton.root] : [0, 0, 1];
    const turned = facing(root);
    const shown = [truth, otherJoints, joints].map((found) => found.map(turned));
    const ties = shown[1].map((joint, j) => [joint, shown[2][j]]);
    pose.update(shown, { ties, distance: count ? Math.hypot(...root) : Infinity });
  }

  function draw() {
    const now = state();
    result = liftingResult(now, networks);
    panel.update(now);
    image.update(now.keypoints);
    skeleton.bones.forEach(([child, parent], b) => {
      const [[x1, y1], [x2, y2]] = [result.image[child], result.image[parent]];
      change(trace[b], { x1, y1, x2, y2 });
    });
    drawPoses(result);
    status.textContent = liftingStatus(now, result);
    status.dataset.error = result.error ?? "";
  }
  for (const name of LIFTING_TRAITS) model.on(`change:${name}`, draw);
  draw();
}
