// Poses with the same image and the same bones: each bone points towards the camera or away.

const ROUNDING = 1e-9; // square metres by which a bone may seem too short for its ray

const product = (a, b) => a.reduce((sum, value, axis) => sum + value * b[axis], 0);

/** Both points on a ray that are one bone from the parent, near and far; none out of reach. */
export function twoDepths(parent, ray, length) {
  const along = product(ray, parent);
  const square = product(ray, ray);
  const inside = along ** 2 - square * (product(parent, parent) - length ** 2);
  if (inside < -ROUNDING) return [];
  const way = Math.sqrt(Math.max(inside, 0));
  return [along - way, along + way].map((sum) => ray.map((value) => (value * sum) / square));
}

/** What image and bones say about a pose: children, rays, lengths and sides of all joints. */
function clues(pose, bones) {
  const children = pose.map(() => []);
  const rays = pose.map((joint) => joint.map((value) => value / joint[2]));
  const lengths = pose.map(() => 0);
  const isFar = pose.map(() => false);
  for (const [child, parent] of bones) {
    const [own, ray] = [pose[child], rays[child]];
    children[parent].push(child);
    lengths[child] = Math.hypot(...own.map((value, axis) => value - pose[parent][axis]));
    isFar[child] = own[2] * product(ray, ray) >= product(ray, pose[parent]);
  }
  return { children, rays, lengths, isFar };
}

/** Places of a child in front of the camera, the one on the side of the pose first. */
function placesOf(child, parent, { rays, lengths, isFar }) {
  const places = twoDepths(parent, rays[child], lengths[child]);
  if (isFar[child]) places.reverse();
  return places.filter(([, , depth]) => depth > 0);
}

/**
 * A pose of the camera frame with some bones flipped, down the tree from the root.
 *
 * flips: joints at the ends of these bones. Where a flip puts a joint below out of reach of its
 * ray, the bone stays as it was.
 * Returns null for a pose that is not in front of the camera.
 */
export function otherPose(pose, bones, root, flips) {
  const known = clues(pose, bones);

  /** Joint and all below it, as [joint, place] pairs; null if there is no such pose. */
  function branch(joint, place) {
    const found = [[joint, place]];
    for (const child of known.children[joint]) {
      const places = placesOf(child, place, known);
      if (flips.includes(child)) places.reverse();
      let below = null;
      for (const choice of places) below ??= branch(child, choice);
      if (!below) return null;
      found.push(...below);
    }
    return found;
  }

  const found = branch(root, pose[root]);
  return found && found.sort(([i], [j]) => i - j).map(([, place]) => place);
}

/** Joints whose bones point to the other side of their rays in another pose. */
export function flippedBones(pose, other, bones) {
  const [before, after] = [clues(pose, bones), clues(other, bones)];
  return bones.map(([child]) => child).filter((j) => before.isFar[j] !== after.isFar[j]);
}

/** How many poses have the image and the bones of this one, with the root in its place. */
export function countPoses(pose, bones, root) {
  const known = clues(pose, bones);
  const count = (joint, place) =>
    known.children[joint].reduce((all, child) =>
      all * placesOf(child, place, known).reduce((sum, own) => sum + count(child, own), 0), 1);
  return count(root, pose[root]);
}

/** About one bone in three, by chance: the same ones for the same number. */
export function someBones(number, bones) {
  let state = Math.imul(number, 0x9e3779b1);
  return bones.map(([child]) => child).filter(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < 1 / 3;
  });
}
