import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FootnoteDefinition, Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { parse } from 'yaml';
import { parseInstant, type Instant } from '../lib/time.ts';
import { factsSchema } from './facts.ts';
import type { Answers } from './init-answers.ts';
import { factsText } from './init-facts.text.ts';
import { policyText } from './init-policy.text.ts';

const now = parseInstant('2026-11-24T12:00:00Z') as Instant;

const answers: Answers = {
  name: 'Beispiel Apps GmbH',
  timezone: 'Europe/Berlin',
  country: 'DE',
  state: 'HE',
  contact: 'security@beispiel.example',
  hosting: null,
  products: [{ id: 'timesheet', path: '.', hosting: 'forge', baseUrl: null, from: ['package-lock.json'] }],
  branch: 'main',
  person: { name: 'Kim Beispiel', email: 'kim@beispiel.example' },
};

const bare: Answers = {
  ...answers,
  timezone: null,
  country: null,
  state: null,
  contact: null,
  products: [],
  person: null,
};

/** The duties of the design and the control that each one is bound to. */
const CONTROL_OF_DUTY = {
  P01: 'release.review',
  P02: 'release.gate',
  P03: 'access.review',
  P04: 'release.history',
  P05: 'posture.ssh',
  P06: 'posture.tls',
  P07: 'posture.cleartext',
  P08: 'posture.hosting',
  P09: 'posture.at-rest',
  P10: 'posture.disk',
  P11: 'posture.backup',
  P12: 'intake.open',
  P13: 'notice.platform',
  P14: 'notice.authority',
  P15: 'notice.customers',
  P16: 'notice.same-account',
  P17: 'pentest.cadence',
  P18: 'scan.dependencies',
  P19: 'triage.complete',
  P20: 'release.gate',
  P21: 'incident.critical',
  P22: 'log.intact',
  P23: 'incident.lessons',
};

const read = (text: string): Root => fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

function* walk(node: Nodes): Generator<Nodes> {
  yield node;
  if ('children' in node) for (const child of node.children) yield* walk(child);
}

const textOf = (node: Nodes): string =>
  'value' in node ? node.value : 'children' in node ? node.children.map(textOf).join('') : '';

function notesOf(tree: Root): Map<string, { readonly words: string; readonly yaml: unknown }> {
  const notes = new Map<string, { words: string; yaml: unknown }>();
  const definitions = tree.children.filter((node): node is FootnoteDefinition => node.type === 'footnoteDefinition');
  for (const { identifier, children } of definitions) {
    assert.deepEqual(
      children.map((child) => child.type),
      ['paragraph', 'code'],
      identifier,
    );
    const [words, block] = children;
    assert.ok(words !== undefined && block?.type === 'code');
    assert.equal(block.lang, 'yaml');
    notes.set(identifier, { words: textOf(words), yaml: parse(block.value) });
  }
  return notes;
}

function sentencesOf(tree: Root): { readonly text: string; readonly labels: readonly string[] }[] {
  return tree.children
    .filter((node) => node.type === 'paragraph')
    .map((node) => ({
      text: textOf(node),
      labels: [...walk(node)].flatMap((inner) => (inner.type === 'footnoteReference' ? [inner.identifier] : [])),
    }));
}

const controlOf = (yaml: unknown): unknown => (yaml as { control: unknown }).control;

describe('the policy that init writes', () => {
  it('has one promise for each of the 23 duties, bound to its control', () => {
    for (const given of [answers, bare]) {
      const tree = read(policyText(given, now));
      const notes = notesOf(tree);
      const bound = sentencesOf(tree).flatMap(({ labels }) => (labels[0] === undefined ? [] : [labels[0]]));
      const controls = bound.map((label) => controlOf(notes.get(label)?.yaml));
      assert.deepEqual(controls.map(String).sort(), Object.values(CONTROL_OF_DUTY).sort());
    }
  });

  it('leaves no note without a sentence and no reference without a note', () => {
    const tree = read(policyText(answers, now));
    const referred = new Set(sentencesOf(tree).flatMap(({ labels }) => labels));
    assert.deepEqual([...referred].sort(), [...notesOf(tree).keys()].sort());
    // A reference without its note arrives as plain text.
    assert.doesNotMatch(
      sentencesOf(tree)
        .map(({ text }) => text)
        .join('\n'),
      /\[\^/,
    );
  });

  it('says each promise and each note in one sentence', () => {
    const tree = read(policyText(answers, now));
    const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
    const promises = sentencesOf(tree).filter(({ labels }) => labels.length > 0);
    const texts = [...promises.map(({ text }) => text), ...[...notesOf(tree).values()].map(({ words }) => words)];
    assert.equal(texts.length, 46);
    for (const text of texts) assert.equal([...segmenter.segment(text)].length, 1, text);
  });

  it('gives built controls the parameters that they take, and the others none', () => {
    const yamls = [...notesOf(read(policyText({ ...answers, branch: 'release/x "y"' }, now))).values()].map(
      ({ yaml }) => yaml,
    );
    const settings = Object.fromEntries(
      yamls.map((yaml) => {
        const { control, ...rest } = yaml as { control: string };
        return [control === 'release.gate' && 'branch' in rest ? 'release.gate (branch)' : control, rest];
      }),
    );
    const set = Object.fromEntries(Object.entries(settings).filter(([, rest]) => Object.keys(rest).length > 0));
    assert.deepEqual(set, {
      'release.gate (branch)': { branch: 'release/x "y"' },
      'release.history': { branch: 'release/x "y"', tag: 'v*' },
      'scan.dependencies': { failOn: 'low', maxDataAgeDays: 7 },
      'triage.complete': { failOn: 'low', maxDataAgeDays: 7, warnDays: 14 },
      'release.gate': { failOn: 'low', maxDataAgeDays: 7 },
      'pentest.cadence': { everyMonths: 12 },
    });
  });

  it('rests the promise about releases on the review as well as on the gate', () => {
    const sentence = sentencesOf(read(policyText(answers, now))).find(({ labels }) => labels[0] === 'release');
    assert.deepEqual(sentence?.labels, ['release', 'review']);
  });

  it('says where each kind of product runs, and asks for the providers', () => {
    const products = (['data-center', 'forge', 'forge'] as const).map((hosting, n) => ({
      ...answers.products[0]!,
      id: `p${n}`,
      hosting,
    }));
    const text = policyText({ ...answers, products }, now);
    assert.match(
      text,
      /^Our Forge apps run at Atlassian, which also stores their data; our Data Center apps run on servers of our customers, where their data stays\.\[\^hosting\]\n\n<!-- Name the companies/m,
    );
    assert.match(
      policyText(bare, now),
      /^We keep a list of where our sites, our apps and their data are hosted\.\[\^hosting\]/m,
    );
  });

  it('names Atlassian as the one to tell unless no product has to do with it', () => {
    const website = { ...answers.products[0]!, hosting: 'website' } as const;
    assert.match(policyText(answers, now), /we report it to Atlassian\.\[\^platform\]/);
    assert.match(policyText(bare, now), /we report it to Atlassian\.\[\^platform\]/);
    assert.match(policyText({ ...answers, products: [website] }, now), /we report it to the platforms that offer it\./);
  });

  it('publishes the contact, and where there is none asks for one instead of inventing it', () => {
    assert.match(policyText(answers, now), /can report it to us at <security@beispiel\.example>, without an account/);
    const without = policyText(bare, now);
    assert.doesNotMatch(without, /@/);
    assert.match(without, /<!-- Add the mail address or the form that reports go to\. -->/);
  });

  it('carries the day it was written, and an example attestation that starts on it', () => {
    const text = policyText(answers, now);
    assert.match(text, /In force since 24 November 2026\./);
    assert.match(text, /# on: 2026-11-24\n {4}# until: 2027-05-25\n/);
  });
});

describe('the facts that init writes', () => {
  it('are what the schema reads back', () => {
    assert.deepEqual(factsSchema.parse(parse(factsText(answers, now))), {
      organisation: { name: 'Beispiel Apps GmbH', country: 'DE', state: 'HE', timezone: 'Europe/Berlin' },
      products: [{ id: 'timesheet', path: '.', hosting: 'forge', entries: [] }],
      endpoints: [],
      servers: [],
      devices: { reportEveryDays: 30 },
      recipients: [{ id: 'security-team', kind: 'email', address: 'security@beispiel.example' }],
      people: [{ name: 'Kim Beispiel', email: 'kim@beispiel.example', roles: ['security'] }],
      pentests: [],
      ignore: [],
    });
  });

  it('hold when nothing but the name is known', () => {
    const facts = factsSchema.parse(parse(factsText(bare, now)));
    assert.deepEqual(facts.organisation, { name: 'Beispiel Apps GmbH' });
    assert.deepEqual([facts.products, facts.recipients, facts.people], [[], [], []]);
  });

  it('still parse when every commented example is uncommented', () => {
    const uncommented = factsText(bare, now).replace(/^(\s*)# ((?:\s*- )?\s*[a-z]+:.*|\s*- .*)$/gim, '$1$2');
    const facts = factsSchema.parse(parse(uncommented));
    assert.deepEqual(facts.organisation, {
      name: 'Beispiel Apps GmbH',
      country: 'DE',
      state: 'HE',
      timezone: 'Europe/Berlin',
    });
    assert.deepEqual(facts.products, [{ id: 'my-app', path: '.', hosting: 'forge', entries: ['src/index.ts'] }]);
    assert.equal(facts.endpoints[0]?.url, 'https://www.example.com');
    assert.equal(facts.servers[0]?.host, 'app.example.com');
    assert.equal(facts.pentests[0]?.openFindings, 0);
    assert.equal(facts.people[0]?.name, 'Kim Example');
    assert.deepEqual(facts.ignore, ['test/fixtures/']);
  });

  it('quote Norway, which older readers of YAML take for "no"', () => {
    assert.match(factsText({ ...answers, country: 'NO' }, now), /country: "NO"/);
  });

  it('take the address of a Connect app over from its descriptor', () => {
    const products = [{ ...answers.products[0]!, baseUrl: 'https://connect.beispiel.example/app' }];
    const facts = factsSchema.parse(parse(factsText({ ...answers, products }, now)));
    assert.deepEqual(facts.endpoints, [{ url: 'https://connect.beispiel.example/app', product: 'timesheet' }]);
  });
});
