/** Where the process starts: gives main.ts the real terminal and passes on the exit code. */
import { main } from './main.ts';
import { processTerminal } from './platform/terminal.ts';

// A reader that went away (`holdfast scan | head`) is not a failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
void main(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
});
