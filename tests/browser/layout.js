// Collect every piece of visible text (and picture) below the given roots, as the reader sees it: its corners
// (rotated text has rotated corners), and whether something that hides its overflow cuts it. One entry a text node and line.
(selectors) => {
  const seen = [];
  let nodes = 0;
  const slack = 1.5;
  const clips = (style, axis) => ['hidden', 'clip'].includes(style[`overflow${axis}`]);
  const scrolls = (style, axis) => ['auto', 'scroll'].includes(style[`overflow${axis}`]);

  // A font's box is higher than its signs, more so with CJK fonts: keep about the height of the signs.
  const trimmed = (box, size) => {
    const height = Math.min(box.height, size);
    return { x: box.x, y: box.y + (box.height - height) / 2, width: box.width, height };
  };
  const corners = (b) => [[b.x, b.y], [b.x + b.width, b.y], [b.x + b.width, b.y + b.height], [b.x, b.y + b.height]];

  const quadsOf = (node, size) => {
    const owner = node.parentElement;
    if (owner instanceof SVGTextContentElement) {
      const matrix = owner.getScreenCTM();
      const at = ([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(matrix); return [p.x, p.y]; };
      return [corners(trimmed(owner.getBBox(), size)).map(at)];
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].map((box) => corners(trimmed(box, size)));
  };

  const extent = (quad) => {
    const xs = quad.map((p) => p[0]), ys = quad.map((p) => p[1]);
    return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  };

  // What the boxes around a text do to it: 'shown', 'hidden' (scrolled or folded away), or 'cut'.
  const fate = (node, root, quad) => {
    const box = extent(quad);
    const drawn = node.parentElement instanceof SVGElement;
    let cut = false;
    for (let part = node.parentElement; part && part !== root; part = part.parentElement) {
      const style = getComputedStyle(part);
      const around = part.getBoundingClientRect();
      for (const [axis, low, high, from, to] of [['X', box.left, box.right, around.left, around.right],
                                                 ['Y', box.top, box.bottom, around.top, around.bottom]]) {
        const hides = clips(style, axis), rolls = scrolls(style, axis);
        if (!hides && !rolls) continue;
        if (hides && to - from <= 2) return 'hidden'; // text for screen readers
        const outside = high <= from + slack || low >= to - slack;
        if (outside && (rolls || !drawn)) return 'hidden';
        if (hides && (low < from - slack || high > to + slack)) cut = true;
      }
      if (style.textOverflow === 'ellipsis' && clips(style, 'X') && part.scrollWidth > part.clientWidth + 1) cut = true;
    }
    return cut ? 'cut' : 'shown';
  };

  const rootsOf = (selector) => [...document.querySelectorAll(selector)];
  for (const root of selectors.flatMap(rootsOf)) {
    if (!root.checkVisibility() || root.getAttribute('aria-expanded') === 'false') continue;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes += 1;
      const owner = node.parentElement;
      const text = node.textContent.trim();
      if (!text || !owner.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (['STYLE', 'SCRIPT', 'TITLE', 'DESC', 'NOSCRIPT'].includes(owner.tagName.toUpperCase())) continue;
      const icon = owner.closest('[data-testid^="stIconMaterial"]') !== null;
      for (const quad of quadsOf(node, parseFloat(getComputedStyle(owner).fontSize))) {
        const box = extent(quad);
        if (box.right - box.left < 1 || box.bottom - box.top < 1) continue;
        const what = fate(node, root, quad);
        if (what !== 'hidden') seen.push({ text, node: nodes, quad, cut: what === 'cut' && !icon });
      }
    }
    // A text over a picture is as bad as one over another text.
    for (const picture of root.querySelectorAll('img')) {
      const box = picture.getBoundingClientRect();
      nodes += 1;
      if (!picture.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || box.width < 8) continue;
      seen.push({ text: `picture ${picture.alt}`.trim(), node: nodes, quad: corners(box), cut: false });
    }
    // What is typed is no text node.
    for (const field of root.querySelectorAll('input, textarea')) {
      if (!field.checkVisibility() || !field.value || field.scrollWidth <= field.clientWidth + 1) continue;
      const box = field.getBoundingClientRect();
      nodes += 1;
      if (box.width > 2) seen.push({ text: field.value, node: nodes, quad: corners(box), cut: true });
    }
  }
  return { width: document.documentElement.clientWidth, texts: seen };
}
