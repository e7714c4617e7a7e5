// Distances between poses.

/** Mean distance of the joints of two poses, in the unit of both. */
export function mpjpe(pose, target) {
  const distance = (joint, j) => Math.hypot(...joint.map((value, axis) => value - target[j][axis]));
  return pose.map(distance).reduce((a, b) => a + b, 0) / pose.length;
}

/** Joints seen from the root. */
export function rootRelative(pose, root) {
  return pose.map((joint) => Array.from(joint, (value, axis) => value - pose[root][axis]));
}
