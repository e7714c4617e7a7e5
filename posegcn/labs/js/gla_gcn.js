// GLA-GCN in JavaScript: windows of keypoints in; the pose of the middle frame out, and on the way
// the graphs that its adaptive layers measure. Features are {frames, joints, channels, values}.
import { adjacency, distances, neighbours, partition } from "./graph.js";

/** A network as `load` gives it, with the fixed and learned graphs of its layers added up. */
export function prepare(network) {
  const { joints, root, edges } = network;
  const depth = distances(joints, edges)[root];
  const loops = adjacency(neighbours(joints, edges), "none");
  const fixed = partition(loops, "spatial", depth).map((part) => part.map(toOne));
  const blocks = network.blocks.map((block) => ({ ...block, drawn: fixed.map((part, k) =>
    part.map((row, i) => row.map((value, j) =>
      value + block.space.offsets.values[(k * joints + i) * joints + j]))) }));
  return { ...network, blocks };
}

function toOne(row) {
  const sum = Math.max(1, row.reduce((a, b) => a + b, 0));
  return row.map((value) => value / sum);
}

/** {pose: (J, 3), graphs: [layer][part] -> (J, J)} of a window.  (T, J, 2) */
export function liftWindow(network, window) {
  const { joints, scale, shift, strides, blocks, head } = network;
  const graphs = [];
  const run = (number, x) => {
    const block = blocks[number];
    const graph = measure(block.space, x);
    graphs.push(graph);
    return inBlock(block, graph, x);
  };
  const values = Float64Array.from(window.flat(2), (value, n) =>
    value * scale.values[n % (2 * joints)] + shift.values[n % (2 * joints)]);
  let x = run(0, { frames: window.length, joints, channels: 2, values });
  strides.forEach((stride, level) => {
    const change = run(2 * level + 2, run(2 * level + 1, x));
    x = added(change, everyFrame(x, stride));
  });
  const { values: flat } = linear(x, head);
  const pose = Array.from({ length: joints }, (_, j) => [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let t = 0; t < x.frames; t++) sum += flat[3 * (t * joints + j) + axis];
    return sum / x.frames;
  }));
  return { pose, graphs };
}

/** Adaptive convolution with a measured graph, convolution over time, and what goes past both. */
function inBlock({ space, time, shortcut, drawn }, graph, x) {
  const past = space.project ? linear(x, space.project) : x;
  const y = rectified(added(mix(space, drawn, graph, x), past));
  const z = overTime(time, y);
  if (shortcut === "none") return rectified(z);
  return rectified(added(z, shortcut === "same" ? x : overTime(shortcut, x)));
}

/** The measured part of an adaptive layer, as `AdaptiveGraphConv.measured`.  -> [part] (J, J) */
export function measure({ sources, targets }, x) {
  const heard = linear(x, { weight: sources });
  const asked = linear(x, targets);
  const width = heard.channels / 3;
  return [0, 1, 2].map((part) => Array.from({ length: x.joints }, (_, i) => {
    const scores = Array.from({ length: x.joints }, (_, j) => {
      let sum = 0;
      for (let t = 0; t < x.frames; t++) {
        const from = (t * x.joints + j) * heard.channels + part * width;
        const to = (t * x.joints + i) * heard.channels + part * width;
        for (let e = 0; e < width; e++) sum += asked.values[to + e] * heard.values[from + e];
      }
      return sum / (width * x.frames);
    });
    const most = Math.max(...scores);
    const shares = scores.map((score) => Math.exp(score - most));
    const total = shares.reduce((a, b) => a + b, 0);
    return shares.map((share) => share / total);
  }));
}

/** Messages along drawn and measured graphs together, through one matrix for each part. */
function mix({ weight, bias }, drawn, graph, x) {
  const [, inner, outer] = weight.shape;
  const y = blank(x, x.frames, outer);
  for (let n = 0; n < y.values.length; n++) y.values[n] = bias.values[n % outer];
  drawn.forEach((part, k) => {
    const gathered = blank(x, x.frames, inner);
    part.forEach((row, i) => row.forEach((share, j) => {
      const whole = share + graph[k][i][j];
      for (let t = 0; t < x.frames; t++) {
        const to = (t * x.joints + i) * inner;
        const from = (t * x.joints + j) * inner;
        for (let c = 0; c < inner; c++) gathered.values[to + c] += whole * x.values[from + c];
      }
    }));
    multiplyInto(y.values, gathered.values, weight, k);
  });
  return y;
}

/** Convolution over time for each joint, zeros outside the window. */
function overTime({ weight, bias, stride }, x) {
  const [kernel, inner, outer] = weight.shape;
  const y = blank(x, Math.floor((x.frames - 1) / stride) + 1, outer);
  for (let n = 0; n < y.values.length; n++) y.values[n] = bias.values[n % outer];
  for (let t = 0; t < y.frames; t++) {
    const written = y.values.subarray(t * x.joints * outer, (t + 1) * x.joints * outer);
    for (let k = 0; k < kernel; k++) {
      const seen = t * stride + k - (kernel - 1) / 2;
      if (seen < 0 || seen >= x.frames) continue;
      const read = x.values.subarray(seen * x.joints * inner, (seen + 1) * x.joints * inner);
      multiplyInto(written, read, weight, k);
    }
  }
  return y;
}

/** Every stride-th frame, each the middle one of its group. */
function everyFrame(x, stride) {
  const size = x.joints * x.channels;
  const frames = Math.ceil((x.frames - Math.floor(stride / 2)) / stride);
  const y = blank(x, frames, x.channels);
  for (let t = 0; t < frames; t++) {
    const seen = t * stride + Math.floor(stride / 2);
    y.values.set(x.values.subarray(seen * size, (seen + 1) * size), t * size);
  }
  return y;
}

function linear(x, { weight, bias }) {
  const outer = weight.shape[1];
  const y = blank(x, x.frames, outer);
  if (bias) for (let n = 0; n < y.values.length; n++) y.values[n] = bias.values[n % outer];
  multiplyInto(y.values, x.values, weight, 0);
  return y;
}

/** y += x W with one matrix of a stack, row by row. */
function multiplyInto(y, x, { shape, values }, number) {
  const [inner, outer] = shape.slice(-2);
  const matrix = values.subarray(number * inner * outer, (number + 1) * inner * outer);
  for (let row = 0, n = 0; n < x.length; row += outer) {
    for (let c = 0; c < inner; c++, n++) {
      const value = x[n];
      if (value === 0) continue; // many are, behind a ReLU
      const from = c * outer;
      for (let d = 0; d < outer; d++) y[row + d] += value * matrix[from + d];
    }
  }
}

function blank({ joints }, frames, channels) {
  return { frames, joints, channels, values: new Float64Array(frames * joints * channels) };
}

function added(x, y) {
  return { ...x, values: x.values.map((value, n) => value + y.values[n]) };
}

function rectified(x) {
  return { ...x, values: x.values.map((value) => Math.max(0, value)) };
}
