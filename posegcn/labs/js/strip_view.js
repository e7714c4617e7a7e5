// A strip of film, the frames that a network sees for one of them level by level, and curves.
import { change, svg } from "./elements.js";
import { frameCounts, madeOf } from "./motion.js";

const LEFT = 24; // pixels for the numbers beside the rows
const RIGHT = 8;
const FILM = 46;
const ROWS = 62;
const ROW = 22;
const CURVE = 30;

/** Small drawings of some frames, as one group each. */
function film(skeleton, keypoints, x, width) {
  const step = Math.ceil((keypoints.length * 34) / width);
  const heights = keypoints.map((pose) => {
    const v = pose.map(([, value]) => value);
    return Math.max(...v) - Math.min(...v);
  });
  const scale = (FILM - 4) / Math.max(...heights);
  const chosen = keypoints.map((_, frame) => frame).filter((frame) => frame % step === 0);
  return chosen.map((frame) => {
    const pose = keypoints[frame];
    const [left, top] = [0, 1].map((axis) => {
      const values = pose.map((point) => point[axis]);
      return (Math.max(...values) + Math.min(...values)) / 2;
    });
    const at = ([u, v]) => [x(frame) + scale * (u - left), FILM / 2 + scale * (v - top)];
    return svg("g", {}, skeleton.bones.map(([child, parent]) => {
      const [[x1, y1], [x2, y2]] = [at(pose[child]), at(pose[parent])];
      return svg("line", { class: `lab-bone lab-${skeleton.sides[child]}`, x1, y1, x2, y2 });
    }));
  });
}

/** Lines between places, as an SVG path. */
function lines(pairs) {
  return pairs.map(([[x1, y1], [x2, y2]]) =>
    `M${x1.toFixed(1)} ${y1}L${x2.toFixed(1)} ${y2}`).join("");
}

/** Dots, as an SVG path of lines without length. */
function dots(places) {
  return places.map(([x, y]) => `M${x.toFixed(1)} ${y}h0`).join("");
}

/** A curve over frames with gaps where nothing is known, from `low` to `high` on the page. */
function curve(values, x, low, high, most) {
  let pen = "M";
  return values.map((value, frame) => {
    if (value === undefined) {
      pen = "M";
      return "";
    }
    const point = [x(frame), low - ((low - high) * value) / most];
    const drawn = `${pen}${point.map((number) => number.toFixed(1)).join(" ")}`;
    pen = "L";
    return drawn;
  }).join("");
}

/** onFrame(frame): what happens when the pointer asks for a frame. */
export function stripView(skeleton, keypoints, strides, label, onFrame) {
  const counts = frameCounts(strides);
  const bottom = ROWS + ROW * (counts.length - 1) + 10;
  const height = bottom + 2 * (CURVE + 18);
  const named = (name) => svg("path", { class: name });
  const drawn = Object.fromEntries(["all", "taps", "same", "dots", "chosen", "first", "second"]
    .map((name) => [name, named(`lab-strip-${name}`)]));
  const band = svg("rect", { class: "lab-strip-band", y: 0, height: bottom });
  const now = svg("line", { class: "lab-strip-now", y1: 0, y2: height });
  const pictures = svg("g");
  const numbers = counts.map((count, row) =>
    svg("text", { x: 2, y: ROWS + ROW * row + 4 }, String(count)));
  const names = [0, 1].map((n) => svg("text", { x: LEFT, y: bottom + n * (CURVE + 18) + 12 }));
  const view = svg("svg", {
    class: "lab-strip", role: "img", "aria-label": label, style: `height: ${height}px`,
  }, [band, now, pictures, ...Object.values(drawn), ...numbers, ...names]);
  let [width, shown] = [0, null]; // until the page says how wide the strip is
  const x = (frame) =>
    LEFT + ((width - LEFT - RIGHT) * (frame + 0.5)) / keypoints.length;

  function ask(event) {
    const inside = event.clientX - view.getBoundingClientRect().left - LEFT;
    const frame = Math.floor((inside * keypoints.length) / (width - LEFT - RIGHT));
    onFrame(Math.min(Math.max(frame, 0), keypoints.length - 1));
  }
  view.addEventListener("pointerdown", (event) => {
    view.setPointerCapture(event.pointerId);
    ask(event);
  });
  view.addEventListener("pointermove", (event) => {
    if (view.hasPointerCapture(event.pointerId)) ask(event);
  });

  /** Places of the frames of each row: those of a level stand where their middle frame is. */
  function places(frames) {
    let row = frames.map((frame) => x(frame));
    return counts.map((_, level) => {
      const stride = strides[level - 1] ?? 1;
      row = row.filter((_, n) => n % stride === (stride - 1) / 2);
      return row.map((place) => [place, ROWS + ROW * level]);
    });
  }

  function draw() {
    if (!shown || !width) return;
    const { frames, frame, row, errors, shares, texts } = shown;
    const rows = places(frames);
    const [taps, same] = [[], []];
    rows.slice(1).forEach((above, level) => above.forEach((place, n) => {
      const from = madeOf(strides[level], n, rows[level].length);
      taps.push(...from.taps.map((seen) => [rows[level][seen], place]));
      same.push([rows[level][from.same], place]);
    }));
    const paths = {
      all: dots(keypoints.map((_, number) => [x(number), ROWS])),
      taps: lines(taps),
      same: lines(same),
      dots: dots(rows.flat()),
      chosen: dots(rows[row]),
    };
    [["first", errors], ["second", shares]].forEach(([name, values], n) => {
      const low = bottom + (n + 1) * (CURVE + 18) - 4;
      const most = Math.max(1e-9, ...values.filter((value) => value !== undefined));
      paths[name] = curve(values, x, low, low - CURVE, most);
      names[n].textContent = texts[n](most);
    });
    for (const [name, d] of Object.entries(paths)) drawn[name].setAttribute("d", d);
    const [from, to] = [Math.min(...frames), Math.max(...frames)];
    change(band, { x: x(from - 0.5), width: x(to + 0.5) - x(from - 0.5) });
    change(now, { x1: x(frame), x2: x(frame) });
  }

  new ResizeObserver(([{ contentRect }]) => {
    width = contentRect.width;
    if (width) pictures.replaceChildren(...film(skeleton, keypoints, x, width));
    draw();
  }).observe(view);

  return {
    element: view,
    /**
     * frames of the window, the frame that is lifted, the row that is measured, and by frame the
     * errors and shares for the curves with texts(most) that name them.
     */
    update(found) {
      shown = found;
      draw();
    },
  };
}
