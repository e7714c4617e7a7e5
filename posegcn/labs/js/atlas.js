// Which matrix of a layer carries which message, as tables and as sentences.
import { PARTS } from "./graph.js";
import { matrixIndex, parts, wiring } from "./network.js";

/** Messages of a layer: who sends to whom, through which matrix, with which share. */
export function atlas(layer, skeleton) {
  const messages = new Map();
  parts(layer, wiring(layer, { edges: skeleton.bones })).forEach((mixing, part) => {
    mixing.forEach((row, i) => row.forEach((share, j) => {
      if (share === 0) return;
      messages.set(`${i} ${j}`, { i, j, part, share, number: matrixIndex(layer, part, i, j) });
    }));
  });
  const matrices = layer.weight.shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { messages, matrices, learned: learnedShares(layer) };
}

/** Who sets the shares of a layer. */
function learnedShares({ logits, offsets }) {
  if (logits) return "edges";
  return offsets ? "everywhere" : "fixed";
}

/** Numbers of the matrices by target and source, -1 where nothing is said.  (J, J) */
export function matrixNumbers({ messages }, { joints }) {
  return joints.map((_, i) => joints.map((_, j) => messages.get(`${i} ${j}`)?.number ?? -1));
}

/** Messages through one matrix. */
export function throughMatrix({ messages }, number) {
  return [...messages.values()].filter((message) => message.number === number);
}

/** What a matrix is for, in words. */
function purpose(layer, { i, j, part }, { joints }) {
  const kinds = PARTS[layer.partition];
  const what = { all: [], source: [`from ${joints[j]}`], target: [`to ${joints[i]}`], pair: [] };
  const words = [...what[layer.sharing], ...(kinds.length > 1 ? [kinds[part]] : [])];
  return words.length ? ` (${words.join(", ")})` : "";
}

const SHARES = {
  fixed: (share) => `Its share a = ${share} is fixed by the graph.`,
  edges: (share) => `Its share a begins at ${share} and is learned, on the edges only.`,
  everywhere: (share) => `Its share a begins at ${share} and is learned, as that of every pair.`,
};

/** The sentence about a pair of joints: from j to i. */
export function sayMessage(found, layer, skeleton, [i, j]) {
  const [to, from] = [skeleton.joints[i], skeleton.joints[j]];
  const message = found.messages.get(`${i} ${j}`);
  if (!message) return `${from} says nothing to ${to} in this layer.`;
  const others = throughMatrix(found, message.number).length - 1;
  const count = others === 0 ? "no other message uses"
    : `${others} other message${others === 1 ? " uses" : "s use"}`;
  const scaled = layer.modulation ? ` It is rescaled by a vector of ${from}.` : "";
  const share = Number(message.share.toPrecision(2));
  const through = `W_${message.number}${purpose(layer, message, skeleton)}`;
  return `${from} → ${to} goes through ${through}, which ${count}.${scaled} ` +
    `${SHARES[found.learned](share)}`;
}

/** The sentence about a layer. */
export function sayLayer(found, layer, channels) {
  const [all, matrices] = [found.messages.size, found.matrices];
  const shared = matrices === all ? "have a matrix each"
    : `share ${matrices} ${matrices === 1 ? "matrix" : "matrices"}`;
  return `${all} messages ${shared}; ` +
    `${layer.parameters.toLocaleString("en-GB")} parameters with ${channels} channels.`;
}
