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

/** Mean error of the second differences of two motions, in their unit per frame squared. */
export function accelerationError(motion, target) {
  const second = (poses, t) => poses[t].map((joint, j) => joint.map((value, axis) =>
    poses[t + 2][j][axis] - 2 * poses[t + 1][j][axis] + value));
  const errors = motion.slice(2).map((_, t) => mpjpe(second(motion, t), second(target, t)));
  return errors.reduce((a, b) => a + b, 0) / errors.length;
}
