// Forward passes of the small networks of the labs, joint by joint: y_i = b + sum a_ij x_j W_ij.
import { adjacency, distances, neighbours, partition, within } from "./graph.js";
import { decode, rows, zeros } from "./tensor.js";

/** Arrays of a network as Python wrote them, ready for `lift`. */
export function load(value) {
  if (Array.isArray(value)) return value.map(load);
  if (value === null || typeof value !== "object") return value;
  if ("bytes" in value) return decode(value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, load(part)]));
}

/** The wiring in which a network is asked to talk: graph, normalisation, learned part or not. */
export function wiring(network, { edges, normalisation, hops = 1, learned = true }) {
  const wide = within(network.joints, edges, hops);
  return {
    neighbour: neighbours(network.joints, wide),
    normalisation: normalisation ?? network.normalisation,
    depth: distances(network.joints, wide)[network.root],
    learned,
  };
}

/** Keypoints to joints, both as rows.  (J, 2) -> (J, 3) */
export function lift(network, keypoints, wires) {
  if (network.kind === "linear") return liftLinearly(network, keypoints);
  let x = block(network.entry, keypoints, wires);
  for (const [first, second] of network.blocks) {
    const change = block(second, block(first, x, wires), wires);
    x = x.map((row, i) => row.map((value, c) => value + change[i][c]));
  }
  return convolve(network.head, x, wires);
}

/** Graph convolution, batch norm as scale and shift, and ReLU. */
function block({ layer, scale, shift }, x, wires) {
  return convolve(layer, x, wires).map((row) =>
    row.map((value, c) => Math.max(0, value * scale.values[c] + shift.values[c])));
}

/** The sum over messages; every message x_j W is computed once for each matrix it goes through. */
export function convolve(layer, x, wires) {
  const [, channels] = layer.weight.shape.slice(-2);
  const y = x.map(() => Float64Array.from({ length: channels }, (_, c) => layer.bias.values[c]));
  const messages = new Map();
  parts(layer, wires).forEach((mixing, k) => {
    mixing.forEach((row, i) => {
      row.forEach((share, j) => {
        const index = share === 0 ? -1 : matrixIndex(layer, k, i, j);
        if (index < 0) return;
        const key = index * x.length + j;
        if (!messages.has(key)) messages.set(key, message(layer, x[j], j, index));
        const said = messages.get(key);
        for (let c = 0; c < channels; c++) y[i][c] += share * said[c];
      });
    });
  });
  return y;
}

/** Which of the matrices of a layer carries joint j to joint i in part k; -1 if there is none. */
export function matrixIndex({ sharing, joints, edgeIndex }, k, i, j) {
  if (sharing === "all") return k;
  if (sharing === "source") return k * joints + j;
  if (sharing === "target") return k * joints + i;
  return edgeIndex[i][j];
}

function message({ weight, modulation }, feature, j, index) {
  const [inner, outer] = weight.shape.slice(-2);
  const said = new Float64Array(outer);
  const start = index * inner * outer;
  feature.forEach((value, n) => {
    for (let c = 0; c < outer; c++) said[c] += value * weight.values[start + n * outer + c];
  });
  return modulation ? said.map((value, c) => value * modulation.values[j * outer + c]) : said;
}

/** Who talks, part by part: fixed, learned on the edges, or learned everywhere. */
export function parts(layer, { neighbour, normalisation, depth, learned }) {
  if (layer.logits) return partition(softmax(layer, neighbour), layer.partition, depth);
  let matrix = adjacency(neighbour, normalisation);
  if (layer.offsets) {
    const offsets = learned ? rows(layer.offsets) : zeros(matrix.length, matrix.length);
    const sum = matrix.map((row, i) => row.map((value, j) => value + offsets[i][j]));
    matrix = sum.map((row, i) => row.map((value, j) => (value + sum[j][i]) / 2));
  }
  return partition(matrix, layer.partition, depth);
}

/** Shares of each joint's neighbourhood; an edge that was not there in training has logit 1. */
function softmax({ logits, edgeIndex }, neighbour) {
  return neighbour.map((row, i) => {
    const shares = row.map((near, j) => {
      if (!near && i !== j) return 0;
      const index = edgeIndex[i][j];
      return Math.exp(index < 0 ? 1 : logits.values[index]);
    });
    const total = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / total);
  });
}

/** Root-relative keypoints and a constant, times a matrix. */
function liftLinearly({ weight, root, joints }, keypoints) {
  const features = keypoints.flatMap(([u, v]) => [u - keypoints[root][0], v - keypoints[root][1]]);
  const sum = new Float64Array(3 * joints);
  [...features, 1].forEach((value, n) => {
    for (let c = 0; c < sum.length; c++) sum[c] += value * weight.values[n * sum.length + c];
  });
  return Array.from({ length: joints }, (_, j) => sum.slice(3 * j, 3 * j + 3));
}
