// The filters and the selected test are stored in the fragment of the URL, so that each view has a link.
const form = document.getElementById("filters");
const query = document.getElementById("query");
const clause = document.getElementById("clause");
const found = document.getElementById("found");
const boxes = [...form.querySelectorAll("input[name=verdict]")];
const mark = "#tests:";
const tests = [...document.querySelectorAll(".tests tbody")].map((body) => {
  const file = body.rows[0].textContent.toLowerCase();
  const rows = [...body.rows].filter((row) => row.id).map((row) => {
    const next = row.nextElementSibling;
    const clauses = row.cells[2].textContent.trim().split(/\s+/);
    const more = next && next.classList.contains("more") ? next : null;
    if (more) {
      more.querySelectorAll(".finding > p > .clause").forEach((violated) => clauses.push(violated.textContent));
    }
    return {
      row, more, clauses,
      verdict: row.cells[0].textContent.trim().split(/\s+/).pop(),
      text: (file + "::" + row.cells[1].textContent + " " + clauses.join(" ")).toLowerCase(),
    };
  });
  return { body, rows };
});

function filterParameters() {
  const parts = new URLSearchParams();
  const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
  if (verdicts.length) parts.set("verdict", verdicts.join(" "));
  if (clause.value) parts.set("clause", clause.value);
  if (query.value.trim()) parts.set("q", query.value.trim());
  return parts.toString();
}

function applyFilters() {
  const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
  const words = query.value.toLowerCase().trim().split(/\s+/).filter(Boolean);
  let count = 0;
  let total = 0;
  for (const { body, rows } of tests) {
    let any = false;
    for (const test of rows) {
      const fits = (!verdicts.length || verdicts.includes(test.verdict))
        && (!clause.value || test.clauses.includes(clause.value))
        && words.every((word) => test.text.includes(word));
      test.row.hidden = !fits;
      if (test.more) test.more.hidden = !fits;
      any = any || fits;
      count += fits ? 1 : 0;
      total += 1;
    }
    body.hidden = !any;
  }
  found.textContent = count === total ? "" : count + " of " + total + " shown";
}

function storeFilters() {
  const parts = filterParameters();
  history.replaceState(null, "", parts ? mark + parts : "#tests");
  applyFilters();
}

function applyUrl() {
  const hash = location.hash;
  if (hash.startsWith(mark)) {
    const parts = new URLSearchParams(hash.slice(mark.length));
    const verdicts = (parts.get("verdict") || "").split(" ");
    boxes.forEach((box) => { box.checked = verdicts.includes(box.value); });
    clause.value = parts.get("clause") || "";
    query.value = parts.get("q") || "";
    applyFilters();
    document.getElementById("tests").scrollIntoView();
    return;
  }
  const target = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  if (!target) return;
  if (target.hidden) {
    form.reset();
    applyFilters();
  }
  const next = target.nextElementSibling;
  if (target.matches(".tests tr") && next && next.classList.contains("more")) {
    next.querySelector("details").open = true;
  }
  target.scrollIntoView({ block: target.matches(".tests tr") ? "center" : "start" });
}

let waiting = 0;
query.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(storeFilters, 120); });
form.addEventListener("change", (event) => { if (event.target !== query) storeFilters(); });
form.addEventListener("submit", (event) => { event.preventDefault(); storeFilters(); });
form.addEventListener("reset", () => setTimeout(storeFilters));
addEventListener("hashchange", applyUrl);
addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    query.focus();
  }
});
for (const place of document.querySelectorAll("[data-filter]")) {
  const link = document.createElement("a");
  link.href = mark + place.dataset.filter;
  link.textContent = place.textContent;
  place.replaceChildren(link);
}
form.hidden = false;
applyUrl();
