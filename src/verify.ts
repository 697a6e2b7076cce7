/**
 * Where verify.mjs starts (rolldown.config.js bundles it into one file): the composition root of a second, much smaller program,
 * which auditors run with the Node they have. It must not need Node 26: test/e2e/verify.test.ts takes the newer functions away.
 */
import { verifyCommand } from './log/verify.cli.ts';

process.exitCode = await verifyCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
