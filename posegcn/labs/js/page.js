// The labs of a page without a kernel: the state stands in the page, and stays in it.

/** What anywidget's model is in a notebook: values by name, and who wants to know of changes. */
export class PageModel {
  constructor(state) {
    this.values = { ...state };
    this.listeners = new Map();
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    for (const listener of this.listeners.get(`change:${name}`) ?? []) listener();
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  save_changes() {}
}

/** Put every lab of the page into its place. */
export function mountAll(labs) {
  const mount = () => {
    for (const place of document.querySelectorAll(".posegcn-lab")) {
      const state = JSON.parse(place.querySelector("script").textContent);
      const model = new PageModel(state);
      place.labModel = model; // for whoever wants to look at it from the console
      labs[place.dataset.lab]({ model, el: place });
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount);
  else mount();
}
