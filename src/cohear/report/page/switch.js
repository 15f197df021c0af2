"use strict";
// What the scripts of this page share.
const page = {
  shown: [], // called with each view that is put on the page
  parsed: {},
  data(id) {
    this.parsed[id] ??= JSON.parse(document.getElementById(id).textContent);
    return this.parsed[id];
  },
};
(() => {
  // what is chosen stands behind the # of the address, as name=value&name=value: a link to the view
  const asked = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const told = new URLSearchParams(asked);
  page.tell = (name, value) => {
    if (value) told.set(name, value);
    else told.delete(name);
    history.replaceState(null, "", `#${told}`);
  };
  page.asked = asked;
  const only = document.getElementById("only");
  const filter = (root) => {
    for (const one of root.querySelectorAll("[data-of]")) one.hidden = Boolean(only?.value) && one.dataset.of !== only.value;
  };
  page.filter = filter;
  page.shown.push(filter);
  only?.addEventListener("change", () => {
    filter(document);
    page.tell("task", only.value);
  });
  const selects = [...document.querySelectorAll("select[data-choice]")];
  const slots = [...document.querySelectorAll(".slot")].map((slot) => ({
    slot,
    forms: [...slot.children].filter((form) => form.dataset.number).map((form) => ({ key: { ...form.dataset }, form })),
  }));
  const view = (one) => {
    if (!one.view) {
      one.view = one.form;
      if (one.form.localName === "template") {
        one.view = document.createElement("div");
        one.view.className = "view";
        Object.assign(one.view.dataset, one.key);
        one.view.append(one.form.content.cloneNode(true));
      }
      for (const told of page.shown) told(one.view);
    }
    return one.view;
  };
  const agrees = (key, wanted, names) => names.filter((name) => key[name] === wanted[name]).length;
  const names = selects.map((s) => s.dataset.choice);
  const show = (changed) => {
    const wanted = Object.fromEntries(selects.map((s) => [s.dataset.choice, s.value]));
    // not every encoder fits every front-end: keep what was just chosen and as much of the rest as there is
    const fit = (one) => (changed && one.key[changed] === wanted[changed] ? 10 : 0) + agrees(one.key, wanted, names);
    const every = slots.flatMap(({ forms }) => forms);
    const measured = every.filter((one) => "metric" in one.key); // none where nothing was compared
    const all = measured.length ? measured : every;
    const best = all.reduce((a, b) => (fit(b) > fit(a) ? b : a), all[0]);
    if (!best) return;
    for (const s of selects) s.value = best.key[s.dataset.choice];
    for (const { slot, forms } of slots) {
      const own = forms.reduce((a, b) => (agrees(b.key, best.key, names) > agrees(a.key, best.key, names) ? b : a), forms[0]);
      const change = () => {
        const chosen = own && view(own);
        if (chosen && !chosen.isConnected) slot.replaceChildren(chosen);
      };
      // first what is read first; the rest once that is on the screen
      if (slot.closest("#answer, #matrix")) change();
      else requestAnimationFrame(() => setTimeout(change));
    }
  };
  for (const s of selects) s.addEventListener("change", () => {
    show(s.dataset.choice);
    for (const one of selects) page.tell(one.dataset.choice, one.value);
  });
  page.restore = () => {
    for (const s of selects) {
      const value = asked.get(s.dataset.choice);
      if (![...s.options].some((option) => option.value === value)) continue;
      s.value = value;
      show(s.dataset.choice);
    }
    if (only && [...only.options].some((option) => option.value === asked.get("task"))) only.value = asked.get("task");
    if (only?.value) filter(document);
  };
  if (selects.length) document.body.classList.add("switching");
  page.show = show;
  page.forms = (slot) => (slots.find((one) => one.slot === slot)?.forms ?? []).map((one) => one.key);
})();
