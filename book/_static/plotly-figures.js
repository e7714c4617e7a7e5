/* Draws the plotly figures of a page with the plotly.min.js beside this file, which is fetched
   only where there is a figure. Classic script: it works from file:// too. */
(function () {
  "use strict";
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  // Colours of lines that are too dark on dark paper, as the labs have them.
  const LIGHTER = { "#0072B2": "#56B4E9", "#7F7F7F": "#9F9F9F" };

  function isDark() {
    return document.documentElement.dataset.theme === "dark";
  }

  /** The figure of a place as its page says, with the lines of the theme. */
  function stored(place) {
    const text = place.querySelector("script").textContent;
    return JSON.parse(isDark() ? text.replace(/#0072B2|#7F7F7F/gi, (c) => LIGHTER[c.toUpperCase()])
      : text);
  }

  /** Ink, paper and rules of the theme in everything that plotly would paint white. */
  function inTheme(layout) {
    const ink = getComputedStyle(document.body).color;
    const [wall, rule] = isDark() ? ["#22272e", "#4a525c"] : ["#f1f3f5", "#ffffff"];
    const axis = { backgroundcolor: wall, gridcolor: rule, zerolinecolor: rule };
    // The colour of an active control is one of the light theme and cannot be chosen.
    const control = { bgcolor: wall, bordercolor: ink, font: { color: ink }, showactive: false };
    const themed = { ...layout, font: { color: ink }, paper_bgcolor: "rgba(0,0,0,0)" };
    for (const scene of Object.keys(layout).filter((key) => key.startsWith("scene"))) {
      themed[scene] = { ...layout[scene] };
      for (const name of ["xaxis", "yaxis", "zaxis"]) {
        themed[scene][name] = { ...layout[scene][name], ...axis };
      }
    }
    for (const kind of ["updatemenus", "sliders"]) {
      if (layout[kind]) themed[kind] = layout[kind].map((one) => (
        { ...one, ...control, font: { ...one.font, ...control.font } }));
    }
    return { ...themed, uirevision: "kept" }; // who has turned a figure sees it from there still
  }

  function draw(place) {
    const { data, layout, frames } = stored(place);
    const options = { responsive: true, displaylogo: false };
    window.Plotly.react(place, data, inTheme(layout), options).then(function () {
      if (frames) window.Plotly.addFrames(place, frames);
    });
  }

  function start() {
    const places = Array.from(document.querySelectorAll(".plotly-figure"));
    if (!places.length) return;
    const script = document.createElement("script");
    script.src = here + "plotly.min.js";
    script.onload = function () {
      places.forEach(draw);
      new MutationObserver(function () { places.forEach(draw); }).observe(
        document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    };
    document.head.append(script);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
