/**
 * index.html of an exported log: what the pack is, in words, for whoever opens it first.
 *
 * It has no script, loads nothing and works from a disk. Its policy allows exactly its own style, by digest
 * (CSP Level 3 §6.7.3.3), so that text from the log could not add any.
 */
import { html, raw } from 'hono/html';
import { base64, utf8 } from '../lib/bytes.ts';
import { sha256Bytes } from '../lib/hash.ts';
import { count, number, printable } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';

export interface PackSummary {
  readonly origin: string;
  readonly size: number;
  readonly key: string;
  readonly note: string;
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
  readonly exportedAt: Instant;
  /** Most frequent first. */
  readonly types: readonly { readonly type: string; readonly entries: number }[];
}

const STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
:root { color-scheme: light dark; }
pre, td, th { overflow-wrap: anywhere; text-align: left; vertical-align: top; padding-right: 1rem; }
pre { white-space: pre-wrap; }`;

export async function packPage(summary: PackSummary): Promise<string> {
  const { origin, size, key, note, firstAt, lastAt, exportedAt, types } = summary;
  const policy = `default-src 'none'; style-src 'sha256-${base64(sha256Bytes(utf8(STYLE)))}'; base-uri 'none'; form-action 'none'`;
  const times =
    firstAt === null || lastAt === null
      ? 'It has no entry yet.'
      : html`The first is of ${time(firstAt)}, the last of ${time(lastAt)}.`;
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evidence log of ${printable(origin)}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Evidence log of ${printable(origin)}</h1>
<p>An export of ${time(exportedAt)} with ${count(size, 'entry', 'entries')}. ${times}</p>
<p>Nothing on this page has been verified by being shown here. <code>node verify.mjs .</code> in this folder verifies it;
<a href="VERIFY.md">VERIFY.md</a> says what that proves, and how to do it with tools that do not come from the vendor.</p>
<h2>What was recorded</h2>
<table>
<thead><tr><th scope="col">Kind of entry</th><th scope="col">Entries</th></tr></thead>
<tbody>
${types.map(({ type, entries }) => html`<tr><td>${type}</td><td>${number(entries)}</td></tr>\n`)}</tbody>
</table>
<h2>Checkpoint</h2>
<p>Keep a copy: only with one that you kept can you tell later whether the log was rewritten.</p>
<pre>${note}</pre>
<h2>Key</h2>
<p>Compare it with the one that you got on another way than with this pack.</p>
<pre>${printable(key)}</pre>
</main>
</body>
</html>
`,
  );
}

const time = (at: Instant) => html`<time datetime="${formatInstant(at)}">${formatInstant(at)}</time>`;
