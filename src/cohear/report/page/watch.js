// A page that is served asks for a newer one, and is loaded again where there is one, with its choices kept.
(() => {
  const KEY = "cohear";
  const selects = [...document.querySelectorAll("select")];
  const kept = JSON.parse(sessionStorage.getItem(KEY) || "[]");
  selects.forEach((select, i) => {
    if ([...select.options].some((option) => option.value === kept[i])) {
      select.value = kept[i];
      select.dispatchEvent(new Event("change"));
    }
  });
  let version = null;
  const look = async () => {
    try {
      const told = await (await fetch("version", { cache: "no-store" })).text();
      if (version !== null && told !== version && !document.querySelector("dialog[open]")) {
        sessionStorage.setItem(KEY, JSON.stringify(selects.map((select) => select.value)));
        location.reload();
        return;
      }
      version ??= told;
    } catch {
      // the server has ended: the page stays as it is
    }
    setTimeout(look, 2000);
  };
  look();
})();
