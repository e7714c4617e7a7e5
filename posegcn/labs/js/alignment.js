// Poses brought onto others: moved to the root, by the best scale, by the best similarity.
import { rootRelative } from "./metrics.js";

const SWEEPS = 12; // of Jacobi at most; a matrix of four rows needs about five
const DIAGONAL = 1e-15; // share of the matrix beyond which what is off its diagonal is rounding
const SMALLEST = 2.2250738585072014e-308; // keeps a pose that is a point finite
const UNTURNED = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];

/** What is done to a prediction before it is measured, by the names of the package. */
export const ALIGNMENTS = {
  root: rootRelative,
  root_zeroed: (pose, root) => pose.map((joint, j) => (j === root ? [0, 0, 0] : joint)),
  none: (pose) => pose,
};

/** The similarity that each measure forgives; `moved` applies it. */
export const FORGIVEN = { P1: identity, P2: bestSimilarity, P3: bestScale };

function identity() {
  return { scale: 1, rotation: UNTURNED, shift: [0, 0, 0] };
}

/** The factor that brings a pose closest to another one; it may be negative. */
export function bestScale(pose, target) {
  return { ...identity(), scale: sumOfProducts(pose, target) / squaredSize(pose) };
}

/**
 * Scale, rotation without reflection, and shift with the smallest sum of squared distances.
 *
 * The scale is that of Umeyama, the rotation the quaternion of Horn.
 */
export function bestSimilarity(pose, target) {
  const [from, to] = [pose, target].map(centreOf);
  const [own, wanted] = [[pose, from], [target, to]].map(([joints, centre]) =>
    joints.map((joint) => joint.map((value, axis) => value - centre[axis])));
  const correlation = UNTURNED.map((_, a) => UNTURNED.map((__, b) =>
    own.reduce((sum, joint, j) => sum + wanted[j][a] * joint[b], 0)));
  const rotation = bestRotation(correlation);
  const scale = sumOfProducts(rotation, correlation) / squaredSize(own);
  const centre = turned(rotation, from);
  return { scale, rotation, shift: to.map((value, axis) => value - scale * centre[axis]) };
}

/** A pose after a similarity. */
export function moved(pose, { scale, rotation, shift }) {
  return pose.map((joint) =>
    turned(rotation, joint).map((value, axis) => scale * value + shift[axis]));
}

/**
 * The rotation with the largest sum of products with a 3 by 3 matrix.
 *
 * Its quaternion is the first eigenvector of a symmetric matrix, so that it is never a reflection.
 * Source: Horn, Closed-form solution of absolute orientation using unit quaternions, J. Opt. Soc.
 * Am. A 1987.
 */
export function bestRotation([[xx, yx, zx], [xy, yy, zy], [xz, yz, zz]]) {
  const [w, x, y, z] = leadingVector([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
  return [
    [w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z],
  ];
}

/** Unit eigenvector of the largest eigenvalue of a symmetric matrix, by cyclic Jacobi sweeps. */
export function leadingVector(matrix) {
  const rest = matrix.map((row) => [...row]);
  const vectors = matrix.map((row, i) => row.map((_, j) => Number(i === j)));
  const size = Math.max(...rest.flat().map(Math.abs));
  const pairs = rest.flatMap((_, q) => Array.from({ length: q }, (__, p) => [p, q]));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const left = pairs.filter(([p, q]) => Math.abs(rest[p][q]) > DIAGONAL * size);
    if (!left.length) break;
    for (const [p, q] of left) annihilate(rest, vectors, p, q);
  }
  const values = rest.map((row, k) => row[k]);
  const first = values.indexOf(Math.max(...values));
  return vectors.map((row) => row[first]);
}

/** Turn two axes in their plane until the entry between them is zero. */
function annihilate(matrix, vectors, p, q) {
  const angle = Math.atan2(2 * matrix[p][q], matrix[q][q] - matrix[p][p]) / 2;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (const row of [...matrix, ...vectors]) {
    const [a, b] = [row[p], row[q]];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  const [above, below] = [matrix[p], matrix[q]];
  above.forEach((a, k) => {
    const b = below[k];
    above[k] = cosine * a - sine * b;
    below[k] = sine * a + cosine * b;
  });
}

function centreOf(pose) {
  return [0, 1, 2].map((axis) => pose.reduce((sum, joint) => sum + joint[axis], 0) / pose.length);
}

function turned(rotation, joint) {
  return rotation.map((row) => row[0] * joint[0] + row[1] * joint[1] + row[2] * joint[2]);
}

function sumOfProducts(a, b) {
  return a.reduce((sum, row, i) => sum + row.reduce((part, v, k) => part + v * b[i][k], 0), 0);
}

function squaredSize(pose) {
  return Math.max(sumOfProducts(pose, pose), SMALLEST);
}
