/**
 * Copies or prints the recovery codes where a browser runs scripts: shows the two buttons that join.page.tsx hides. Without it people select the
 * codes, or print the page by the browser's own menu. Bundled as `/assets/recovery-codes.js`.
 */
const codes = document.querySelector<HTMLElement>('[data-codes]');

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-does]')) {
  const does = button.dataset['does'];
  if (codes === null || (does === 'copy' && navigator.clipboard === undefined)) continue;
  button.hidden = false;
  button.addEventListener('click', () => (does === 'print' ? print() : void copy(button, codes)));
}

async function copy(button: HTMLButtonElement, { innerText }: HTMLElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(`${innerText.trim()}\n`);
    button.textContent = button.dataset['done'] ?? '';
  } catch {
    button.textContent = button.dataset['failed'] ?? '';
  }
}
