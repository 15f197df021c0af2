"use strict";
(() => {
  // One view at a time; without scripts all of them are shown, one below the other.
  const views = [...document.querySelectorAll(".view")];
  const selects = [...document.querySelectorAll("select[data-choice]")];
  const same = (view, wanted) => selects.filter((s) => view.dataset[s.dataset.choice] === wanted[s.dataset.choice]).length;
  const show = (changed) => {
    const wanted = Object.fromEntries(selects.map((s) => [s.dataset.choice, s.value]));
    // not every encoder fits every front-end: keep what was just chosen and as much of the rest as there is
    const fit = (v) => (changed && v.dataset[changed] === wanted[changed] ? 10 : 0) + same(v, wanted);
    const best = views.reduce((a, b) => (fit(b) > fit(a) ? b : a), views[0]);
    if (!best) return;
    for (const s of selects) s.value = best.dataset[s.dataset.choice];
    const key = (v) => JSON.stringify([v.dataset.features, v.dataset.encoder, v.dataset.arm]);
    for (const v of views) v.hidden = key(v) !== key(best);
  };
  for (const s of selects) s.addEventListener("change", () => show(s.dataset.choice));
  if (selects.length) {
    document.body.classList.add("switching");
    show();
  }

  // Tooltips: shown by the style sheet on hover and focus, put where there is room by this.
  const place = (button) => {
    const tip = button.nextElementSibling;
    const cell = button.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, cell.left + cell.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = cell.top - box.height - 8;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above > 8 ? above : Math.min(cell.bottom + 8, innerHeight - box.height - 8)}px`;
  };
  for (const table of document.querySelectorAll(".matrix")) {
    const rows = [...table.tBodies[0].rows];
    // one stop of the Tab key a matrix, arrow keys inside
    const buttons = [...table.querySelectorAll("button")];
    buttons.forEach((b, i) => (b.tabIndex = i ? -1 : 0));
    for (const kind of ["mouseover", "focusin"]) {
      table.addEventListener(kind, (e) => {
        const cell = e.target.closest("td.cell");
        if (!cell) return;
        cell.querySelector(".tip").classList.remove("closed");
        place(cell.querySelector("button"));
      });
    }
    table.addEventListener("keydown", (e) => {
      const button = e.target.closest("button");
      if (!button) return;
      if (e.key === "Escape") button.nextElementSibling.classList.add("closed");
      const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
      if (!step) return;
      e.preventDefault();
      let column = button.parentElement.cellIndex;
      let row = rows.indexOf(button.closest("tr"));
      for (;;) {
        row += step[0];
        column += step[1];
        const cell = rows[row] && rows[row].cells[column];
        if (!cell) return;
        const next = cell.querySelector("button");
        if (!next) continue;
        button.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        return;
      }
    });
  }
  addEventListener("scroll", () => {
    const active = document.activeElement;
    if (active && active.closest(".matrix td.cell")) place(active);
  }, { passive: true, capture: true });
})();
