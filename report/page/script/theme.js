// What draws on a canvas asks theme.colors; the style sheet has them.
const theme = { colors: {}, changed: [] };
const hues = 10;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const remembered = "respbench-theme";

// A file's storage may be forbidden: the choice is then forgotten.
function chosenTheme() {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}

function rememberTheme(name) {
  try {
    localStorage.setItem(remembered, name);
  } catch {
    // it holds until the page is closed
  }
}

function readColors() {
  const probe = document.body.appendChild(element("span", { hidden: "" }));
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  theme.colors = { ink: read("ink"), quiet: read("quiet"), grid: read("grid"), paper: read("card"), band: read("band"), series: [] };
  for (let i = 0; i < hues; i++) theme.colors.series.push(read(`hue-${i}`));
  probe.remove();
}

// applyTheme sets light or dark; null follows the system.
function applyTheme(name) {
  if (name === "light" || name === "dark") document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  const dark = (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  byId("page-theme").setAttribute("aria-pressed", dark);
  readColors();
  for (const tell of theme.changed) tell();
}

function startTheme() {
  applyTheme(chosenTheme());
  prefersDark.addEventListener("change", () => applyTheme(chosenTheme() ?? document.documentElement.dataset.theme));
  byId("page-theme").addEventListener("click", () => {
    const next = byId("page-theme").getAttribute("aria-pressed") === "true" ? "light" : "dark";
    rememberTheme(next);
    applyTheme(next);
  });
}
