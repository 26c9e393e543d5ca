// Where the focus is, and whether that can be seen.
const at = document.activeElement;
const style = getComputedStyle(at);
const { left, top, right, bottom, width, height } = at.getBoundingClientRect();
return {
  at: at.id || [at.localName, ...at.classList].join('.'),
  kind: at.localName,
  shown: width > 1 && height > 1 && right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
    && at.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
  marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
};
