/** Where the process starts: gives main.ts the real terminal and passes on the exit code. */
import { main } from './main.ts';
import { processTerminal } from './platform/terminal.ts';

void main(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
});
