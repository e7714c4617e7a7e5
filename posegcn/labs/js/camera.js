// A camera without distortion: {focal: [fx, fy], centre: [cu, cv]}, in halves of the image's width.

/** Points of the camera frame in the image.  (J, 3) -> (J, 2) */
export function projected(points, { focal, centre }) {
  return points.map((point) =>
    centre.map((middle, axis) => middle + (focal[axis] * point[axis]) / point[2]));
}

/**
 * Where the root must be for a root-relative pose to be seen where its keypoints are, in metres:
 * least squares in closed form, as `posegcn.camera.place_root`.  (J, 3), (J, 2) -> (3,)
 */
export function placeRoot(joints, keypoints, { focal, centre }) {
  const rays = keypoints.map((point) =>
    point.map((value, axis) => (value - centre[axis]) / focal[axis]));
  const rests = joints.map(([x, y, z], j) => [rays[j][0] * z - x, rays[j][1] * z - y]);
  const mean = (pairs) =>
    [0, 1].map((axis) => pairs.reduce((sum, pair) => sum + pair[axis], 0) / pairs.length);
  const [ray, rest] = [mean(rays), mean(rests)];
  let [size, product] = [0, 0];
  rays.forEach((own, j) => {
    for (const axis of [0, 1]) {
      const spread = own[axis] - ray[axis];
      size += spread ** 2;
      product += spread * (rests[j][axis] - rest[axis]);
    }
  });
  const depth = -product / Math.max(size, Number.MIN_VALUE);
  return [rest[0] + ray[0] * depth, rest[1] + ray[1] * depth, depth];
}

/** Turns points of the camera frame so that the camera looks straight at one of them. */
export function facing([x, y, z]) {
  const side = Math.hypot(x, z);
  const far = Math.hypot(side, y);
  const rows = [
    [z / side, 0, -x / side],
    [(-x * y) / (side * far), side / far, (-z * y) / (side * far)],
    [x / far, y / far, z / far],
  ];
  return (point) => rows.map((row) => row.reduce((sum, value, i) => sum + value * point[i], 0));
}
