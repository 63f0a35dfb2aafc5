const reach = 32; // pixels from the pointer to a point

// nearest finds the point under the pointer among what is shown.
function nearest(u, data, left, top) {
  let best = null;
  data.series.forEach((s, n) => {
    if (!u.series[n + 1].show) return;
    s.x.forEach((_, i) => {
      const x = u.valToPos(s.x[i], "x");
      const y = u.valToPos(s.y[i], "y");
      const distance = Math.hypot(x - left, y - top);
      if (distance <= (best?.distance ?? reach)) best = { s, i, x, y, distance };
    });
  });
  return best;
}

const wordsOf = (s, i) => s.texts?.[i] || `${numbers.format(s.x[i])}, ${numbers.format(s.y[i])}`;

// startHover shows the words of the point that a mouse or finger is at.
function startHover(figure, box, data) {
  const tip = element("div", { class: "tip", hidden: "", "aria-hidden": "true" });
  const ring = element("div", { class: "ring", hidden: "", "aria-hidden": "true" });
  box.append(tip, ring);
  const hide = () => (tip.hidden = ring.hidden = true);
  const show = (event) => {
    const u = figure.plot;
    const over = u.over.getBoundingClientRect();
    const hit = nearest(u, data, event.clientX - over.left, event.clientY - over.top);
    if (!hit) return hide();
    tip.replaceChildren(element("strong", {}, hit.s.name), element("span", {}, wordsOf(hit.s, hit.i)));
    tip.hidden = ring.hidden = false;
    const outer = box.getBoundingClientRect();
    const [x, y] = [hit.x + over.left - outer.left, hit.y + over.top - outer.top];
    ring.style.transform = `translate(${x}px, ${y}px)`;
    const left = Math.max(0, Math.min(x - tip.offsetWidth / 2, outer.width - tip.offsetWidth));
    const above = y - tip.offsetHeight - 12;
    tip.style.transform = `translate(${left}px, ${above < 0 ? y + 14 : above}px)`;
  };
  box.addEventListener("pointermove", show);
  box.addEventListener("pointerdown", show);
  // A finger leaves when it is lifted: what it has shown stays until it taps elsewhere.
  box.addEventListener("pointerleave", (event) => event.pointerType === "touch" || hide());
  document.addEventListener("pointerdown", (event) => box.contains(event.target) || hide());
}
