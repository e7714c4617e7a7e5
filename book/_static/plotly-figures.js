/* Draws the plotly figures of a page with the plotly.min.js beside this file, which is fetched
   only where there is a figure. Classic script: it works from file:// too. */
(function () {
  "use strict";
  const here = document.currentScript.src.replace(/[^/]*$/, "");

  function ink() {
    return getComputedStyle(document.body).color;
  }

  function recolour(figure) {
    window.Plotly.relayout(figure, { "font.color": ink() });
  }

  function draw(place) {
    const figure = JSON.parse(place.querySelector("script").textContent);
    const layout = Object.assign({}, figure.layout, { font: { color: ink() } });
    const options = { responsive: true, displaylogo: false };
    window.Plotly.newPlot(place, figure.data, layout, options).then(function () {
      if (figure.frames) window.Plotly.addFrames(place, figure.frames);
    });
  }

  function start() {
    const places = Array.from(document.querySelectorAll(".plotly-figure"));
    if (!places.length) return;
    const script = document.createElement("script");
    script.src = here + "plotly.min.js";
    script.onload = function () {
      places.forEach(draw);
      new MutationObserver(function () { places.forEach(recolour); }).observe(
        document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    };
    document.head.append(script);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
