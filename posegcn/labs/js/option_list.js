// Choices as lists of options, each with the number that it would give.
import { freshId, html, signed } from "./elements.js";

/**
 * Lists of radio buttons. `choices` are {name, title, options: [[value, text]]};
 * onChoose(name, value): what happens when an option is chosen.
 */
export function optionList(choices, onChoose) {
  const lists = choices.map(({ name, title, options }) => {
    const group = freshId("options");
    const rows = options.map(([value, text]) =>
      optionRow(group, text, () => onChoose(name, value)));
    const inside = [html("legend", {}, title), ...rows.map(({ element }) => element)];
    return { name, options, rows, element: html("fieldset", { class: "lab-options" }, inside) };
  });
  return {
    element: html("div", { class: "lab-option-lists" }, lists.map(({ element }) => element)),
    /** The values chosen, and number(name, value) of an option beside all other values chosen. */
    update(chosen, number, most) {
      for (const { name, options, rows } of lists) {
        const now = number(name, chosen[name]);
        options.forEach(([value], n) => {
          rows[n].update(value === chosen[name], number(name, value), now, most);
        });
      }
    },
  };
}

function optionRow(group, text, onChoose) {
  const id = freshId("option");
  const field = html("input", { type: "radio", id, name: group, change: onChoose });
  const [said, moved] = [html("span"), html("span", { class: "lab-moved" })];
  const row = html("label", { class: "lab-option", for: id },
    [field, html("span", {}, text), said, moved]);
  return {
    element: row,
    update(checked, value, now, most) {
      field.checked = checked;
      said.textContent = value.toFixed(1);
      moved.textContent = checked ? "" : signed(value - now);
      row.style.setProperty("--lab-share", `${(100 * value) / most}%`);
    },
  };
}
