// Protocol lab: the same predictions under any protocol, and how far the number moves.
import { button, figure, frame, html, slider } from "./elements.js";
import { numbersView } from "./numbers_view.js";
import { optionList } from "./option_list.js";
import { allProtocols, Measured, protocolChoices, sayProtocol } from "./protocol.js";
import { turningView } from "./turning_view.js";

const POSE_SPAN = 1.9; // metres
const CHOICE_TITLES = {
  measure: ["Measure", { P1: "P1: as it stands", P3: "P3: best scale", P2: "P2: Procrustes" }],
  alignment: ["Alignment", {}],
  joints: ["Joints", { h36m_17: "17", h36m_16: "16, no neck_nose" }],
  root: ["The root", { true: "counts", false: "does not count" }],
  averaging: ["Mean of", {
    action: "actions", frame: "frames", "subject and action": "subjects and actions",
  }],
  flip: ["Flip averaging", { true: "on", false: "off" }],
};

/** The choices as the lists want them, without those that leave no choice. */
function listed(choices) {
  return Object.entries(choices).filter(([, values]) => values.length > 1).map(([name, values]) => {
    const [title, texts] = CHOICE_TITLES[name];
    return { name, title, options: values.map((value) => [value, texts[value] ?? value]) };
  });
}

/** Buttons that go to the usual protocol and to those with the lowest and the highest number. */
function shortcuts(protocols, numbers, go) {
  const extreme = (end) => protocols[numbers.indexOf(end(...numbers))];
  const places = {
    "usual protocol": protocols[0],
    "lowest number": extreme(Math.min),
    "highest number": extreme(Math.max),
  };
  return html("div", { class: "lab-control", role: "group", "aria-label": "Go to" }, [
    html("span", { "aria-hidden": "true" }, "Go to"),
    ...Object.entries(places).map(([text, protocol]) => button(text, () => go(protocol))),
  ]);
}

/** One pose as it is measured, over the true one. */
function posePanel(measured, { skeleton, poses }, go) {
  const view = turningView(skeleton, ["lab-ghost", "lab-main"],
    "predicted pose, aligned as chosen, over the true one", POSE_SPAN);
  view.element.classList.add("lab-misses");
  const which = slider("Pose", { min: 0, max: poses.length - 1 }, go, (number) =>
    `${number + 1} of ${poses.length}: ${poses[number].subject}, ${poses[number].action}`);
  const keys = html("p", { class: "lab-keys" }, [
    html("span", { class: "lab-key lab-key-truth" }, "true pose"),
    html("span", {}, "orange and blue: predicted, left and right, as it is measured"),
  ]);
  const { caption, element } = figure("", view.element, which.element, keys);
  return {
    element,
    update(protocol, number) {
      const [aligned, truth] = [measured.aligned(protocol, number), measured.truth[number]];
      const ties = measured.counted(protocol).map((joint) => [truth[joint], aligned[joint]]);
      view.update([truth, aligned], { ties });
      which.update(number);
      caption.textContent = `This pose: ${measured.errors(protocol)[number].toFixed(1)} mm, ` +
        "the mean of its thin lines. Turn it";
    },
  };
}

/** The numbers of all protocols on one axis. */
function numbersPanel(protocols, numbers, lanes, go) {
  const members = lanes.map((measure) =>
    protocols.map((_, n) => n).filter((n) => protocols[n].measure === measure));
  const view = numbersView(lanes, "numbers of all protocols, by measure", "mm", (lane, value) => {
    const far = (n) => Math.abs(numbers[n] - value);
    go(protocols[members[lane].reduce((best, n) => (far(n) < far(best) ? n : best))]);
  });
  const values = members.map((own) => own.map((n) => numbers[n]));
  const usual = [lanes.indexOf(protocols[0].measure), numbers[0]];
  return {
    element: figure(`All ${numbers.length} numbers of the same predictions; circle: the usual ` +
      "one. Click to go to another", view.element).element,
    update({ measure }, number) {
      view.update({ values, usual, chosen: [lanes.indexOf(measure), number] });
    },
  };
}

/** What is averaged: a line for each row, with the number of its poses and their mean. */
function rowsPanel() {
  const title = html("div");
  const list = html("div", { role: "list", "aria-label": "what is averaged" });
  return {
    element: html("div", { class: "lab-rows" }, [title, list]),
    update(rows, number) {
      const most = Math.max(...rows.map(({ mean }) => mean));
      const of = rows.length > 1 ? `${rows.length} rows, each counted once` : "all poses";
      title.textContent = `${number.toFixed(1)} mm is the mean of ${of}:`;
      list.replaceChildren(...rows.map(({ name, count, mean }) => html("div", {
        class: "lab-row", role: "listitem", style: `--lab-share: ${(100 * mean) / most}%`,
      }, [name, `${count} ${count > 1 ? "poses" : "pose"}`, mean.toFixed(1)]
        .map((text) => html("span", {}, text)))));
    },
  };
}

export function renderProtocolLab({ model, el }) {
  const data = model.get("data");
  const measured = new Measured(data);
  const choices = protocolChoices(data);
  const protocols = allProtocols(choices);
  const numbers = protocols.map((protocol) => measured.number(protocol));
  const { controls, views, status } = frame(el, "Protocol lab");
  const set = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };

  const options = optionList(listed(choices), (name, value) => set({ [name]: value }));
  const pose = posePanel(measured, data, (number) => set({ pose: number }));
  const all = numbersPanel(protocols, numbers, choices.measure, set);
  const rows = rowsPanel();
  controls.append(options.element, shortcuts(protocols, numbers, set));
  controls.after(status); // beside the choices that it speaks of
  all.element.append(rows.element);
  views.append(pose.element, all.element);

  function draw() {
    const protocol = Object.fromEntries(
      Object.keys(choices).map((name) => [name, model.get(name)]));
    const number = measured.number(protocol);
    options.update(protocol,
      (name, value) => measured.number({ ...protocol, [name]: value }), Math.max(...numbers));
    pose.update(protocol, model.get("pose"));
    all.update(protocol, number);
    rows.update(measured.rows(protocol), number);
    status.textContent = sayProtocol(protocol, protocols[0], numbers, number, data);
    status.dataset.error = number;
  }
  for (const name of [...Object.keys(choices), "pose"]) model.on(`change:${name}`, draw);
  draw();
}
