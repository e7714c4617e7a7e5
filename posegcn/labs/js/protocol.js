// Protocols: choices under which the same predictions are different numbers.
import { ALIGNMENTS, FORGIVEN, moved } from "./alignment.js";
import { signed } from "./elements.js";
import { mpjpe } from "./metrics.js";
import { load } from "./network.js";
import { nested } from "./tensor.js";

const TENTHS = 10000; // of a millimetre in a metre: poses are stored as whole numbers of them

/** What is averaged first: all poses of one name. */
const NAME_OF = {
  action: ({ action }) => action,
  frame: () => "all poses",
  "subject and action": ({ subject, action }) => `${subject} ${action}`,
};

/** Values of every choice; the protocol of the first ones is the usual one. */
export function protocolChoices({ bodies }) {
  return {
    measure: ["P1", "P3", "P2"],
    alignment: ["root", "root_zeroed", "none"],
    joints: bodies.map(({ name }) => name),
    root: [true, false],
    averaging: ["action", "frame", "subject and action"],
    flip: [false, true],
  };
}

/** All combinations of the choices. */
export function allProtocols(choices) {
  return Object.entries(choices).reduce(
    (found, [name, values]) =>
      found.flatMap((protocol) => values.map((value) => ({ ...protocol, [name]: value }))),
    [{}]);
}

/** Values by name: {name, count, mean} in the order in which names come up. */
export function groupMeans(values, names) {
  const groups = new Map();
  values.forEach((value, n) => {
    const { count, sum } = groups.get(names[n]) ?? { count: 0, sum: 0 };
    groups.set(names[n], { count: count + 1, sum: sum + value });
  });
  return [...groups].map(([name, { count, sum }]) => ({ name, count, mean: sum / count }));
}

/** The predictions of a network, and their errors under any protocol. */
export class Measured {
  constructor({ skeleton, bodies, poses, truth, predicted, flipped }) {
    const metres = (stored) => nested(load(stored)).map((pose) =>
      pose.map((joint) => joint.map((value) => value / TENTHS)));
    this.root = skeleton.root;
    this.bodies = new Map(bodies.map(({ name, joints }) => [name, joints]));
    this.poses = poses;
    this.truth = metres(truth);
    this.predicted = { false: metres(predicted), true: metres(flipped) };
    this.known = new Map();
  }

  /** Numbers of the joints that count. */
  counted({ joints, root }) {
    return this.bodies.get(joints).filter((joint) => root || joint !== this.root);
  }

  /** A predicted pose after root alignment, and what its measure forgives of it. */
  matched({ measure, alignment, flip }, number, counted) {
    const pose = ALIGNMENTS[alignment](this.predicted[flip][number], this.root);
    const own = counted.map((joint) => pose[joint]);
    const target = counted.map((joint) => this.truth[number][joint]);
    return { pose, own, target, forgiven: FORGIVEN[measure](own, target) };
  }

  /** All joints of a predicted pose as they are measured, in metres; some may not count. */
  aligned(protocol, number) {
    const { pose, forgiven } = this.matched(protocol, number, this.counted(protocol));
    return moved(pose, forgiven);
  }

  /** Error of each pose in millimetres. */
  errors(protocol) {
    const { measure, alignment, joints, root, flip } = protocol;
    const key = [measure, alignment, joints, root, flip].join();
    if (!this.known.has(key)) {
      const counted = this.counted(protocol);
      this.known.set(key, this.truth.map((_, number) => {
        const { own, target, forgiven } = this.matched(protocol, number, counted);
        return 1000 * mpjpe(moved(own, forgiven), target);
      }));
    }
    return this.known.get(key);
  }

  /** What is averaged, by name: number of poses and their mean error in millimetres. */
  rows(protocol) {
    return groupMeans(this.errors(protocol), this.poses.map(NAME_OF[protocol.averaging]));
  }

  /** The number of a protocol in millimetres. */
  number(protocol) {
    const rows = this.rows(protocol);
    return rows.reduce((sum, { mean }) => sum + mean, 0) / rows.length;
  }
}

/** What the choices do that are not the usual ones. */
const PHRASES = {
  measure: { P2: "Procrustes (P2)", P3: "the best scale (P3)" },
  alignment: { root_zeroed: "setting the root alone to zero", none: "not aligning" },
  root: { false: "not counting the root" },
  averaging: {
    frame: "averaging over frames",
    "subject and action": "averaging over subjects and actions",
  },
  flip: { true: "flip averaging" },
};

function phraseOf(name, value, { bodies, skeleton }) {
  if (name !== "joints") return PHRASES[name][value];
  const { joints } = bodies.find((body) => body.name === value);
  const missing = skeleton.joints.filter((_, joint) => !joints.includes(joint));
  return `leaving out ${missing.join(", ")}`;
}

/** The sentence about a protocol. `numbers` are those of all protocols, the usual one first. */
export function sayProtocol(protocol, usual, numbers, error, data) {
  const mm = (value) => value.toFixed(1);
  const done = Object.keys(usual).filter((name) => protocol[name] !== usual[name])
    .map((name) => phraseOf(name, protocol[name], data));
  if (!done.length) {
    return `The usual protocol says ${mm(error)} mm; others make anything from ` +
      `${mm(Math.min(...numbers))} to ${mm(Math.max(...numbers))} mm of the same predictions.`;
  }
  return `${mm(numbers[0])} mm → ${mm(error)} mm (${signed(error - numbers[0])} mm) by ` +
    `${done.join(", ")}. The predictions are the same.`;
}
