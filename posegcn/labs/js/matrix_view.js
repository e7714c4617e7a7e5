// A matrix over joints as a grid of cells: row = who listens, column = who is heard.
import { html } from "./elements.js";

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * A grid that is walked with the arrow keys; a click, the space bar or Enter chooses a cell.
 *
 * names: of the joints; describe(i, j): what is read out; onChoose(i, j), onPoint(i, j) or
 * onPoint(): what happens on a choice, and when a cell is pointed at or left.
 */
export function matrixView(names, label, { describe, onChoose, onPoint }) {
  const cells = names.map((_, i) => names.map((_, j) => html("td", {
    role: "gridcell",
    tabindex: i === 0 && j === 0 ? 0 : -1,
    click: () => choose(i, j),
    keydown: (event) => walk(event, i, j),
    focus: () => onPoint?.(i, j),
    pointerenter: () => onPoint?.(i, j),
  })));
  const head = html("tr", { role: "row" }, [
    html("td", { role: "presentation" }),
    ...names.map((name) =>
      html("th", { scope: "col", role: "columnheader" }, html("span", {}, name))),
  ]);
  const body = names.map((name, i) =>
    html("tr", { role: "row" }, [
      html("th", { scope: "row", role: "rowheader" }, name), ...cells[i],
    ]));
  const table = html("table", {
    class: "lab-matrix", role: "grid", "aria-label": label, pointerleave: () => onPoint?.(),
  }, [html("thead", { role: "rowgroup" }, head), html("tbody", { role: "rowgroup" }, body)]);
  let place = [0, 0];

  function moveTo(i, j) {
    cells[place[0]][place[1]].setAttribute("tabindex", -1);
    place = [i, j];
    cells[i][j].setAttribute("tabindex", 0);
  }

  function choose(i, j) {
    moveTo(i, j);
    onChoose?.(i, j);
  }

  function walk(event, i, j) {
    const last = names.length - 1;
    if (event.key === " " || event.key === "Enter") choose(i, j);
    else if (event.key in MOVES) {
      const [down, right] = MOVES[event.key];
      moveTo(Math.min(Math.max(i + down, 0), last), Math.min(Math.max(j + right, 0), last));
      cells[place[0]][place[1]].focus();
    } else return;
    event.preventDefault();
  }

  return {
    element: html("div", { class: "lab-scroll" }, table),
    cells,
    /** Shade the cells by their share of `most`, which is the largest value by default.  (J, J) */
    update(matrix, most = Math.max(1e-9, ...matrix.map((row) => Math.max(...row)))) {
      cells.forEach((row, i) => row.forEach((cell, j) => {
        const share = Math.max(matrix[i][j], 0) / most;
        cell.style.setProperty("--lab-share", `${Math.round(100 * share)}%`);
        cell.setAttribute("aria-label", describe(i, j));
        cell.title = describe(i, j);
      }));
    },
  };
}
