// Every violation of WCAG 2.2, A and AA, and of axe's best practices, as a line of text. The dark scheme differs
// in its colours alone.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const runOnly = arguments[0] === 'dark'
  ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }
  : { type: 'tag', values: tags };
// Without scripts a page that shows a signup loads itself again until that is done, and once more when a new password
// may be asked for (WCAG 2.2, 2.2.1: nothing is lost by it, and where something is being typed it does not). axe takes
// every such refresh for a time limit.
const refreshes = document.querySelector('main:is([data-live], [data-opens-in])');
const rules = { 'meta-refresh': { enabled: !refreshes } };
return axe.run({ resultTypes: ['violations'], runOnly, rules })
  .then(({ violations }) => violations.map(({ id, impact, help, nodes }) =>
    `axe: ${id} (${impact}), ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`));
