// Every violation of WCAG 2.2, A and AA, and of axe's best practices, as a line of text.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
return axe.run({ resultTypes: ['violations'], runOnly: { type: 'tag', values: tags } })
  .then(({ violations }) => violations.map(({ id, impact, help, nodes }) =>
    `axe: ${id} (${impact}), ${help}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`));
