
"use strict";
// Copy buttons need scripts, so a script creates them.
const copied = document.createElement("p");
copied.className = "sr";
copied.setAttribute("role", "status");
document.body.append(copied);

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

for (const place of document.querySelectorAll(".copy")) {
  const code = place.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy " + code.textContent.slice(0, 60));
  button.addEventListener("click", async () => {
    const done = await copy(code.textContent);
    button.textContent = done ? "Copied" : "Not copied";
    copied.textContent = button.textContent;
    setTimeout(() => { button.textContent = "Copy"; copied.textContent = ""; }, 1500);
  });
  place.append(button);
}

// Details cannot be opened on paper, so those of causes are opened before printing.
const opened = [];
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".cause details:not([open])")) {
    fold.open = true;
    opened.push(fold);
  }
});
addEventListener("afterprint", () => opened.splice(0).forEach((fold) => { fold.open = false; }));
