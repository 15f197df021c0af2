
"use strict";
(() => {
  // A drawing on the page has the colours of white paper; dark ones come from the style sheet and stay here.
  const standalone = (svg) => {
    const copy = svg.cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ");
    for (const [name, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", width], ["height", height], ["font-family", "Arial, Liberation Sans, Helvetica, sans-serif"]]) {
      copy.setAttribute(name, value);
    }
    copy.removeAttribute("class");
    return { text: new XMLSerializer().serializeToString(copy), width: Number(width), height: Number(height) };
  };
  const give = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  const png = ({ text, width, height }, name) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 2 * width;
      canvas.height = 2 * height;
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => give(blob, name), "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
  };
  // One setting at a time, that of the page's choices; without scripts, and without choices, all are shown.
  const selects = () => [...document.querySelectorAll("select[data-choice]")];
  const choose = () => {
    const asked = selects().filter((s) => s.dataset.choice !== "metric");
    const agrees = (setting) => asked.filter((s) => setting.dataset[s.dataset.choice] === s.value).length;
    for (const relation of document.querySelectorAll(".relation")) {
      const settings = [...relation.querySelectorAll(".setting")];
      if (!asked.length || !settings.length) continue;
      const best = settings.reduce((a, b) => (agrees(b) > agrees(a) ? b : a));
      for (const setting of settings) setting.hidden = setting !== best;
      const note = relation.querySelector(".elsewhere");
      if (note) note.hidden = agrees(best) === asked.length;
    }
  };
  for (const select of selects()) select.addEventListener("change", () => setTimeout(choose)); // after the page's own
  choose();

  for (const button of document.querySelectorAll("[data-save]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const drawing = standalone(button.closest(".take").parentElement.querySelector("svg.figure"));
      const name = `${button.dataset.name}.${button.dataset.save}`;
      if (button.dataset.save === "png") png(drawing, name);
      else give(new Blob([drawing.text], { type: "image/svg+xml" }), name);
    });
  }
})();
