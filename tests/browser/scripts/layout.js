// What does not fit into the window, as lines of text.
const width = document.documentElement.clientWidth;
const faults = [];
if (document.documentElement.scrollWidth > width) {
  faults.push(`the page is ${document.documentElement.scrollWidth} px wide, the window ${width} px`);
}

const name = (element) => element.localName + (element.id && `#${element.id}`)
  + [...element.classList].map((part) => `.${part}`).join('');

// What only screen readers are told, and the link that appears with the focus.
const isOutOfSight = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    const { width, height, right } = at.getBoundingClientRect();
    if (style.clipPath !== 'none' || width <= 1 || height <= 1) return true;
    if (style.position === 'absolute' && (right <= 0 || at.offsetLeft >= innerWidth)) return true;
  }
  return !element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
};

const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  if (!texts.currentNode.data.trim() || isOutOfSight(element)) continue;
  const range = document.createRange();
  range.selectNodeContents(texts.currentNode);
  const place = element.closest('button, .button, .panel, form, main, header, footer') ?? document.documentElement;
  const box = place.getBoundingClientRect();
  for (const line of range.getClientRects()) {
    const fits = line.left >= Math.max(box.left, 0) - 1 && line.right <= Math.min(box.right, width) + 1;
    if (!fits) faults.push(`the text of ${name(element)} leaves its place`);
  }
  const { overflowX, overflowY } = getComputedStyle(element);
  if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) faults.push(`${name(element)} is cut off`);
  if (overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1) faults.push(`${name(element)} is cut off`);
}
return [...new Set(faults)];
