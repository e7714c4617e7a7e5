// The body as a matrix: a[i][j] weighs the message from joint j to joint i.
import { multiply, zeros } from "./tensor.js";

export const NORMALISATIONS = ["row", "symmetric", "loops_after", "none"];
export const PARTS = {
  uniform: ["all"],
  self: ["itself", "others"],
  spatial: ["itself", "farther from the root", "nearer to the root"],
};

/** Pairs of joints at most `hops` edges apart: the edges of a wider graph. */
export function within(numJoints, edges, hops) {
  const pairs = [];
  distances(numJoints, edges).forEach((row, i) => {
    row.forEach((distance, j) => {
      if (j < i && distance <= hops) pairs.push([i, j]);
    });
  });
  return pairs;
}

/** Symmetric 0/1 matrix of the edges, without loops. */
export function neighbours(numJoints, edges) {
  return distances(numJoints, edges).map((row) => row.map((distance) => Number(distance === 1)));
}

/** Number of edges on the shortest path between any two joints, Infinity without one. */
export function distances(numJoints, edges) {
  const near = Array.from({ length: numJoints }, () => []);
  for (const [i, j] of edges) {
    near[i].push(j);
    near[j].push(i);
  }
  return near.map((_, start) => {
    const distance = new Array(numJoints).fill(Infinity);
    distance[start] = 0;
    for (let front = [start]; front.length; ) {
      const next = [];
      for (const i of front) {
        for (const j of near[i]) {
          if (distance[j] === Infinity) {
            distance[j] = distance[i] + 1;
            next.push(j);
          }
        }
      }
      front = next;
    }
    return distance;
  });
}

/** Adjacency with loops, normalised as `Graph.adjacency` of the package does. */
export function adjacency(neighbour, normalisation) {
  const size = neighbour.length;
  const looped = neighbour.map((row, i) => row.map((near, j) => (i === j ? 1 : near)));
  const degree = looped.map((row) => row.reduce((a, b) => a + b, 0));
  const entry = {
    row: (i, j) => looped[i][j] / degree[i],
    symmetric: (i, j) => looped[i][j] / Math.sqrt(degree[i] * degree[j]),
    loops_after: (i, j) => neighbour[i][j] / Math.max(degree[i] - 1, 1) + (i === j ? 1 : 0),
    none: (i, j) => looped[i][j],
  }[normalisation];
  return zeros(size, size).map((row, i) => row.map((_, j) => entry(i, j)));
}

/** The adjacency cut into parts that add up to it, by the distance of joints from the root. */
export function partition(matrix, kind, depth) {
  const own = (i, j) => i === j;
  const outward = (i, j) => depth[j] > depth[i];
  const members = {
    uniform: [() => true],
    self: [own, (i, j) => !own(i, j)],
    spatial: [own, outward, (i, j) => !own(i, j) && !outward(i, j)],
  }[kind];
  return members.map((belongs) =>
    matrix.map((row, i) => row.map((value, j) => (belongs(i, j) ? value : 0))));
}

/** What every joint holds of a feature that one joint had, after some layers of averaging. */
export function spread(matrix, joint, layers) {
  let feature = matrix.map((_, i) => [i === joint ? 1 : 0]);
  for (let layer = 0; layer < layers; layer++) feature = multiply(matrix, feature);
  return feature.map(([value]) => value);
}
