// selectText is for browsers that do not let a file use the clipboard.
function selectText(of) {
  const range = document.createRange();
  range.selectNodeContents(of);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

function startCopying() {
  const button = byId("page-copy");
  if (!button) return;
  const commands = button.parentElement.querySelector("pre");
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(commands.textContent);
    } catch {
      selectText(commands);
      copied = document.execCommand("copy");
    }
    byId("page-copied").textContent = copied ? "Copied" : "Selected: copy it with the keyboard";
  });
}

const tables = all("table");
for (const control of all(".scripted")) control.hidden = false;
tables.forEach(startSorting);
startFigures();
startTheme();
startFilter(tables);
startCopying();
