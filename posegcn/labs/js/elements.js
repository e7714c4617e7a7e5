// Small pieces of pages: elements, and labelled controls that work with mouse and keyboard.

const SVG = "http://www.w3.org/2000/svg";
let lastNumber = 0;

/** An id that no other element of the page has. */
export function freshId(stem) {
  lastNumber += 1;
  return `lab-${stem}-${lastNumber}`;
}

/** An HTML element with attributes and children; listeners are given as functions. */
export function html(tag, attributes = {}, children = []) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, children = []) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...[children].flat());
  return element;
}

/** Set several attributes at once. */
export function change(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** The frame of a lab: heading, controls, views side by side, and a line that is read out. */
export function frame(element, title) {
  const controls = html("div", { class: "lab-controls" });
  const views = html("div", { class: "lab-views" });
  const status = html("p", { class: "lab-status", role: "status" });
  const parts = [html("p", { class: "lab-title" }, title), controls, views, status];
  // JupyterLab takes arrow keys and letters for itself, unless the element that has them forbids.
  const keepKeys = ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true");
  const whole = { class: "lab", role: "group", "aria-label": title, focusin: keepKeys };
  element.append(html("div", whole, parts));
  return { controls, views, status };
}

/** A view with a heading above it. */
export function figure(title, ...content) {
  const caption = html("figcaption", {}, title);
  return { caption, element: html("figure", { class: "lab-figure" }, [caption, ...content]) };
}

/** A list to choose from. `options` are [value, text] pairs. */
export function choice(label, options, onChange) {
  const id = freshId("choice");
  const entries = options.map(([value, text]) => html("option", { value }, text));
  const field = html("select", { id, change: () => onChange(field.value) }, entries);
  return {
    element: html("div", { class: "lab-control" }, [html("label", { for: id }, label), field]),
    update: (value) => { field.value = value; },
  };
}

/** A slider over whole numbers that says its value; `show` makes the text of it. */
export function slider(label, { min, max }, onChange, show = String) {
  const id = freshId("slider");
  const said = html("output", { for: id });
  const attributes = { id, type: "range", min, max, step: 1 };
  const input = () => onChange(Number(field.value));
  const field = html("input", { ...attributes, input });
  const name = html("label", { for: id }, [label, " ", said]);
  return {
    element: html("div", { class: "lab-control" }, [name, field]),
    update: (value) => {
      field.value = value;
      said.textContent = show(value);
      field.setAttribute("aria-valuetext", show(value));
    },
    limit: (most) => field.setAttribute("max", most),
  };
}

/** A box to tick. */
export function tick(label, onChange) {
  const id = freshId("tick");
  const field = html("input", { id, type: "checkbox", change: () => onChange(field.checked) });
  const name = html("label", { for: id }, label);
  return {
    element: html("div", { class: "lab-control lab-tick" }, [field, name]),
    update: (value) => { field.checked = value; },
  };
}

/** Buttons under one name, of which at most one is pressed. `options` are [value, text] pairs. */
export function buttons(label, options, onPress) {
  const pressed = new Map(options.map(([value, text]) =>
    [value, html("button", { type: "button", click: () => onPress(value) }, text)]));
  const all = [html("span", { "aria-hidden": "true" }, label), ...pressed.values()];
  return {
    element: html("div", { class: "lab-control", role: "group", "aria-label": label }, all),
    update: (value) => {
      for (const [own, button] of pressed) button.setAttribute("aria-pressed", own === value);
    },
  };
}

/** One button. */
export function button(text, onPress) {
  return html("button", { type: "button", click: onPress }, text);
}

/** A difference to a tenth, always with a sign. */
export function signed(value) {
  const size = Math.abs(value).toFixed(1);
  if (Number(size) === 0) return `±${size}`;
  return `${value < 0 ? "−" : "+"}${size}`;
}
