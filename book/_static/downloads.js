/* Notebooks are downloaded, not shown. A page opened from a disk may not read files, so there the
 * notebook comes as a script beside it, which puts the text into `posegcnNotebook`. */
(function () {
  "use strict";

  function save(text, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function saveFromDisk(event) {
    event.preventDefault();
    const address = event.currentTarget.href;
    const script = document.createElement("script");
    script.src = address + ".js";
    script.onload = () => save(window.posegcnNotebook, address.split("/").pop());
    document.head.append(script);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll('a.btn-download-source-button[href$=".ipynb"]')) {
      link.setAttribute("download", "");
      link.removeAttribute("target");
      if (location.protocol === "file:") link.addEventListener("click", saveFromDisk);
    }
  });
})();
