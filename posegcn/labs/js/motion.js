// A motion under GLA-GCN: windows, the frames of its layers, and what comes out frame by frame.
import { liftWindow } from "./gla_gcn.js";
import { accelerationError, mpjpe, rootRelative } from "./metrics.js";

const PACE = { filmed: 1, backwards: -1, frozen: 0 }; // frames from one place to the next

/** Numbers of the frames in the window around a frame; ends of the clip stand again. */
export function windowFrames(frame, window, size, length) {
  const middle = (size - 1) / 2;
  return Array.from({ length: size }, (_, place) =>
    Math.min(Math.max(frame + PACE[window] * (place - middle), 0), length - 1));
}

/** Numbers of frames before, between and behind the levels: 27, 9, 3, 1. */
export function frameCounts(strides) {
  const all = strides.reduce((a, b) => a * b, 1);
  return strides.reduce((counts, stride) => [...counts, counts.at(-1) / stride], [all]);
}

/** The adaptive layers in their order: name, and the row of frames that they measure. */
export function adaptiveLayers(strides) {
  const levels = strides.flatMap((_, level) => [1, 2].map((block) =>
    ({ name: `level ${level + 1}, block ${block}`, row: level })));
  return [{ name: "first block, on keypoints", row: 0 }, ...levels];
}

/** Places in a row that a frame of the next row is made of: as it is, and under the convolution. */
export function madeOf(stride, place, count, kernel = 9) {
  const reach = (kernel - 1) / 2;
  const taps = Array.from({ length: kernel }, (_, k) => stride * place + k - reach);
  return {
    same: stride * place + Math.floor(stride / 2),
    taps: taps.filter((seen) => seen >= 0 && seen < count),
  };
}

/** A motion that is lifted when it is asked for, each frame once for each kind of window. */
export class Motion {
  /** network: from `prepare`; keypoints and truth: rows by frame, (T, J, 2) and (T, J, 3). */
  constructor(network, keypoints, truth) {
    Object.assign(this, { network, keypoints, truth, known: new Map() });
    this.size = frameCounts(network.strides)[0];
  }

  /** {frames, pose, graphs, error} of a frame; lengths in metres, the pose seen from its root. */
  at(frame, window) {
    const key = `${window} ${frame}`;
    if (!this.known.has(key)) {
      const frames = windowFrames(frame, window, this.size, this.keypoints.length);
      const found = liftWindow(this.network, frames.map((number) => this.keypoints[number]));
      const pose = rootRelative(found.pose, this.network.root);
      const error = mpjpe(pose, this.truth[frame]);
      this.known.set(key, { frames, pose, graphs: found.graphs, error });
    }
    return this.known.get(key);
  }

  /** What is known of each frame, undefined where it has not been asked for. */
  all(window) {
    return this.keypoints.map((_, frame) => this.known.get(`${window} ${frame}`));
  }

  /** Errors of the whole clip: of its poses and of their accelerations. */
  errors(window) {
    const poses = this.keypoints.map((_, frame) => this.at(frame, window));
    const sum = poses.reduce((total, { error }) => total + error, 0);
    return {
      error: sum / poses.length,
      acceleration: accelerationError(poses.map(({ pose }) => pose), this.truth),
    };
  }
}
