/** VERIFY.md of an exported log: what verifying proves, and how to do it, with our program and without. */

/** @param key As verifiers are given it (note.ts). */
export const packGuide = (origin: string, key: string): string => `# How to verify this log

This folder is an export of the evidence log \`${plain(origin)}\`. It is made so that you need not trust who gave it to you.

## With the program in this folder

\`\`\`console
$ node verify.mjs . --vkey '${plain(key)}'
\`\`\`

Any Node.js from 18.3 on will do; nothing has to be installed, and nothing is sent anywhere. Take the key from a place that the pack could
not change: the contract, an earlier export, a message. Without \`--vkey\` the key in \`log.vkey\` is believed. The program is one
readable file. If you would rather not run a program that came with the pack, get it from a release of Holdfast.

| exit code | means |
|---|---|
| 0 | the entries are those that the checkpoint was signed for |
| 2 | broken: something was changed, removed, moved, cut off or backdated; each finding says what |
| 3 | incomplete: something could not be read, and nothing is known about it |
| 64 | wrong use |

## What it proves, and what it does not

The signature proves that the owner of the key signed this history. It does not prove that they never signed another one.
Only a checkpoint that you kept does:

1. Keep \`log/checkpoint\` of this export (four lines of text), and the day you got it.
2. Next time: \`node verify.mjs . --history kept-checkpoint\`. The log has to begin with exactly what that checkpoint was signed for.

A file with a line \`{"note":"…","seen":"2026-11-24T09:00:00Z"}\` for each checkpoint also finds entries that were backdated: \`seen\`
is when you fetched the checkpoint as the newest one there was.

A log whose name ends in \`/log2\` or higher follows one that could not go on. Its entry 0, \`log.reopened\`, says why, holds the last checkpoint of
that one, and size and root of what was left of it; the program names them as "Follows". This folder does not hold that log. Compare an
older export of it where the size is the same, and ask the vendor about entries that your checkpoint of it knows and \`size\` does not.

What the entries say is what was recorded. That it was true is not a question that a log can answer. Personal data is not in
the log: an entry has a commitment in its place, which the vendor can open for you with the value and its 32-byte key
(\`HMAC-SHA256(key, value)\`), or can no longer, when the value has been erased.

## Evidence

An entry may name evidence by its SHA-256, in \`data.evidence\`. Where the folder \`evidence/\` is there, it holds what those names
stand for, and the program compares each body with its entry; "Evidence" in its answer says how many of how many. A body that is not there breaks nothing: it
may be kept back or erased, or be stored encrypted. The entry proves what it was, should somebody show it to you later.

Evidence may name people: who attests a statement, who decided on a finding. Show it to those only who need it for the audit, and delete it
when the audit is over. The entries themselves hold no personal data.

## With tools of others

The formats are C2SP tlog-tiles, tlog-checkpoint and signed-note (https://c2sp.org) over the tree of RFC 6962.

- fsck of Tessera (https://github.com/transparency-dev/tessera) reads the folder \`log/\` as it is, given its \`file://\` address
  and \`log.vkey\`.
- The Go packages golang.org/x/mod/sumdb/note and golang.org/x/mod/sumdb/tlog open the checkpoint and compute the tree.
- By hand: an entry bundle is a sequence of entries, each behind its length in two bytes, big-endian. The hash of an entry is
  SHA-256 of a zero byte and the entry; that of a node is SHA-256 of a one byte and the two hashes below it. The root is
  the third line of the checkpoint, in base64.
`;

/** evidence/README.txt. */
export const EVIDENCE_README = `Each file in the folders beside this one is evidence that an entry of the log names in data.evidence. The name of the file is
its SHA-256. Evidence may name people: show it to those only who need it, and delete it when it is no longer needed.
What is not here was kept back, was erased or is stored encrypted; that breaks no proof.
`;

/** Nothing from outside may end the code it stands in. */
const plain = (text: string): string => text.replaceAll(/[`'\\\p{Cc}]/gu, '\ufffd');
