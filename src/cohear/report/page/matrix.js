(() => {
  const tip = document.getElementById("tip");
  const order = document.getElementById("order");
  let pointed = null; // the button whose figures are shown

  const cellOf = (button) => page.data(`cells-${button.closest(".view").dataset.number}`)[button.dataset.cell];
  page.cellOf = cellOf;

  const tell = (button) => {
    if (pointed === button) return;
    silence();
    const cell = cellOf(button);
    const title = document.createElement("p");
    const strong = document.createElement("b");
    const [task, partners] = [document.createElement("bdi"), document.createElement("bdi")];
    task.textContent = cell.task;
    partners.textContent = cell.partners;
    strong.append(task);
    title.append(strong, " beside ", partners);
    const list = document.createElement("dl");
    const rows = [["gain", cell.gain], [cell.here ? "for new clips" : "verdict", `${cell.verdict}${cell.when && `, ${cell.when}`}`], ["on these clips", cell.here], ["95 % interval", cell.interval], ["alone", cell.alone],
      ["together", cell.together], ["p, adjusted", cell.p], ["repeats", String(cell.repeats)], ["explanation", cell.explanation], ["mind", cell.mind]];
    for (const [name, value] of rows) {
      if (!value || value === "–") continue;
      const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
      dt.textContent = name;
      dd.textContent = value;
      list.append(dt, dd);
    }
    tip.replaceChildren(title, list);
    tip.hidden = false;
    button.setAttribute("aria-describedby", "tip");
    pointed = button;
    place();
  };
  const silence = () => {
    tip.hidden = true;
    if (pointed) pointed.removeAttribute("aria-describedby");
    pointed = null;
  };
  const place = () => {
    if (!pointed) return;
    const cell = pointed.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, cell.left + cell.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = cell.top - box.height - 8;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${above > 8 ? above : Math.max(8, Math.min(cell.bottom + 8, innerHeight - box.height - 8))}px`;
  };
  page.silence = silence;

  const buttonAt = (event) => event.target.closest?.(".matrix td.cell button");
  document.addEventListener("mouseover", (event) => {
    const button = buttonAt(event);
    const focused = document.activeElement?.matches?.(".matrix td.cell button:focus-visible") && document.activeElement;
    if (button || focused) tell(button || focused);
    else silence();
  });
  document.addEventListener("focusin", (event) => {
    const button = buttonAt(event);
    if (button) tell(button);
    else silence();
  });
  addEventListener("scroll", place, { passive: true, capture: true });

  // one stop of the Tab key a matrix, arrow keys inside
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") silence();
    const button = buttonAt(event);
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!button || !step) return;
    event.preventDefault();
    const rows = [...button.closest("tbody").rows];
    let row = rows.indexOf(button.closest("tr"));
    let column = button.parentElement.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const cell = rows[row]?.cells[column];
      if (!cell) return;
      const next = cell.querySelector("button");
      if (!next) continue;
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      return;
    }
  });

  const gainAt = (row, column) => {
    const button = row.cells[column].querySelector("button");
    return button ? Number(button.dataset.gain) : NaN;
  };
  const unsort = (table) => {
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
  };
  // a click on a column sorts the rows by it: best first, then worst first
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".matrix .sort");
    if (!button) return;
    const table = button.closest("table");
    const head = button.closest("th");
    const down = head.getAttribute("aria-sort") !== "descending";
    unsort(table);
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, gain: gainAt(row, head.cellIndex) }));
    rows.sort((a, b) => (Number.isNaN(a.gain) ? 1 : Number.isNaN(b.gain) ? -1 : down ? b.gain - a.gain : a.gain - b.gain));
    body.append(...rows.map(({ row }) => row));
  });

  const arrange = (table) => {
    const places = JSON.parse(table.dataset.orders)[order.value];
    const rank = new Map(places.map((place, at) => [place, at]));
    const by = (a, b) => rank.get(Number(a.dataset.k)) - rank.get(Number(b.dataset.k));
    unsort(table);
    for (const row of [...table.tHead.rows, ...table.tBodies[0].rows]) {
      const cells = [...row.cells].filter((cell) => cell.dataset.k !== undefined);
      const last = cells.at(-1)?.nextSibling ?? null;
      for (const cell of cells.sort(by)) row.insertBefore(cell, last);
    }
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(by));
  };
  page.shown.push((view) => {
    for (const table of view.querySelectorAll(".matrix")) {
      [...table.querySelectorAll("td.cell button")].forEach((button, at) => (button.tabIndex = at ? -1 : 0));
    }
  });
  order?.addEventListener("change", () => {
    for (const table of document.querySelectorAll(".matrix[data-orders]")) arrange(table);
  });
  page.shown.push((view) => {
    if (order && order.value !== "study") for (const table of view.querySelectorAll(".matrix[data-orders]")) arrange(table);
  });
  page.show();
  page.restore();
})();
