// Closes the list of languages on Escape and on a press outside; without this script its button alone closes it.
const menu = document.querySelector('header details');

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

document.addEventListener('pointerdown', (event) => {
  if (!menu.contains(event.target)) menu.open = false;
});
