/**
 * The first security policy of a small vendor, as `holdfast init` writes it: one promise per duty P01 to P23,
 * each with the note that binds it to its control.
 *
 * The words are a draft that its owner makes true. Controls that are not built yet carry no parameters: their names are
 * settled, their parameters are not. The facts beside it are init-facts.text.ts.
 */
import { stringify } from 'yaml';
import { formatDay, plus, type Instant, days } from '../lib/time.ts';
import { HOSTINGS } from './facts.ts';
import { oneLine, type Answers } from './init-answers.ts';
import type { Hosting } from './init-products.ts';

/** A promise and its note. Both are one sentence; `settings` are the lines of the YAML block after `control`. */
interface Commitment {
  readonly label: string;
  readonly says: string;
  readonly control: string;
  readonly note: string;
  readonly settings?: readonly string[];
  /** Labels of further notes that the sentence rests on: all of them have to hold. */
  readonly also?: readonly string[];
  /** An HTML comment after the sentence: what its owner has to fill in. */
  readonly remark?: string;
}

interface Section {
  readonly title: string;
  readonly promises: readonly Commitment[];
}

/** The whole of SECURITY-POLICY.md, ending with a newline. */
export function policyText(answers: Answers, now: Instant): string {
  const sections = [
    changeSection(answers),
    vulnerabilitySection(),
    accessSection(),
    dataSection(answers, now),
    reportSection(answers),
    incidentSection(answers),
    evidenceSection(),
  ];
  const promises = sections.flatMap((section) => section.promises);
  const name = escapeMarkdown(answers.name);
  const opening = `This page says what ${name} does to keep its software and its customers' data safe, and how each promise is checked. In force since ${longDay(now)}.`;
  return `${[
    `# Security policy of ${name}`,
    headRemark(now),
    opening,
    ...sections.flatMap(sectionBlocks),
    ...promises.map(noteBlock),
  ].join('\n\n')}\n`;
}

const headRemark = (now: Instant): string => `<!--
Written by \`holdfast init\` on ${formatDay(now)}. Make it true before you publish it: change or delete every sentence
that you do not keep. The note behind a sentence ties it to the check; the settings stand in the note's YAML block.
A sentence without a note is shown as unbound. \`holdfast check\` says how things stand.
-->`;

function sectionBlocks({ title, promises }: Section): readonly string[] {
  const blocks = promises.flatMap(({ says, label, also = [], remark }) => [
    `${says}${[label, ...also].map((note) => `[^${note}]`).join('')}`,
    ...(remark === undefined ? [] : [`<!-- ${remark} -->`]),
  ]);
  return [`## ${title}`, ...blocks];
}

/** Four spaces make the block part of the note (GFM footnotes; CommonMark 5.2 for the indent). */
function noteBlock({ label, note, control, settings = [] }: Commitment): string {
  const block = ['```yaml', `control: ${control}`, ...settings, '```'].map((line) => `    ${line}`);
  return [`[^${label}]: ${note}`, '', ...block].join('\n');
}

function changeSection({ branch }: Answers): Section {
  const branchLine = stringify({ branch }, { lineWidth: 0 }).trimEnd();
  return {
    title: 'How our software changes',
    promises: [
      {
        label: 'review',
        says: 'A second person reads and approves every change before it joins the main line of our code.',
        control: 'release.review',
        note: 'Each change since the last release needs an approval of exactly its content by somebody other than its author.',
        settings: ['# If you work alone, say in the sentence who reads your changes.'],
      },
      {
        label: 'release',
        says: 'We release from that line only, so that no unreviewed change reaches you.',
        control: 'release.gate',
        note: 'A release is refused unless what it is made of lies on the release branch.',
        settings: [branchLine],
        also: ['review'],
      },
      {
        label: 'history',
        says: 'All our code is kept in Git, and every release leads back to the changes it was made of.',
        control: 'release.history',
        note: 'Each release tag lies on the release branch, and no part of its history is missing, grafted or replaced.',
        settings: [branchLine, 'tag: "v*" # how your release tags are named'],
      },
    ],
  };
}

const vulnerabilitySection = (): Section => ({
  title: 'Known vulnerabilities',
  promises: [
    {
      label: 'libraries',
      says: 'We compare every library in our products with public vulnerability records that are at most a week old.',
      control: 'scan.dependencies',
      note: 'Every product is scanned in full against records no older than a week; a match of at least the severity set here breaks the promise.',
      settings: [
        'failOn: low # the lowest severity that breaks the promise: critical, high, medium or low',
        'maxDataAgeDays: 7',
      ],
    },
    {
      label: 'answers',
      says: 'Each match gets an answer: we upgrade, or we make sure that the vulnerable part is never used.',
      control: 'triage.complete',
      note: 'No match is without a decision that has an owner, a reason and an end; decisions stand in holdfast.decisions.yaml.',
      settings: [
        'failOn: low # matches below this severity need no decision',
        'maxDataAgeDays: 7',
        'warnDays: 14 # names decisions that end so soon',
      ],
    },
    {
      label: 'blocked',
      says: 'Until that answer exists, the product is not deployed.',
      control: 'release.gate',
      note: 'A release is refused while a scan of it shows a match that is still open.',
      settings: ['failOn: low', 'maxDataAgeDays: 7'],
    },
    {
      label: 'critical',
      says: 'For a critical match we also find out what it meant for customer data, and treat it as an incident.',
      control: 'incident.critical',
      note: 'Each critical match leads to an investigation with a written result.',
    },
    {
      label: 'pentest',
      says: 'Once a year somebody tries to break into our products on our behalf, and we follow up on what they find.',
      control: 'pentest.cadence',
      note: 'The last penetration test is at most twelve months old and has no open finding.',
      settings: ['everyMonths: 12 # each test is an entry under `pentests` in holdfast.yaml'],
    },
  ],
});

const accessSection = (): Section => ({
  title: 'Access and devices',
  promises: [
    {
      label: 'access',
      says: 'Every three months we go through who may use which of our systems, and take away what is no longer needed.',
      control: 'access.review',
      note: 'Each system has a dated review, and access that was taken away is gone when we look again.',
    },
    {
      label: 'ssh',
      says: 'Our servers let administrators in with SSH keys and refuse passwords.',
      control: 'posture.ssh',
      note: 'A connection attempt to each server shows which ways of signing in it offers.',
    },
    {
      label: 'disks',
      says: 'The disk of every computer we work on is encrypted as a whole, with FileVault 2 on a Mac.',
      control: 'posture.disk',
      note: 'Each device reports its own state, and one that stays silent counts against us.',
      settings: ['# How often devices report stands under `devices` in holdfast.yaml.'],
    },
  ],
});

function dataSection(answers: Answers, now: Instant): Section {
  return {
    title: 'Your data',
    promises: [
      {
        label: 'hosting',
        says: hostingSentence(answers),
        control: 'posture.hosting',
        note: 'Our list of systems names the provider of each, and is compared with where the system is reached.',
        remark: 'Name the companies that host your sites, apps and data, and the country the data stays in.',
      },
      {
        label: 'https',
        says: 'Our websites and services speak HTTPS and nothing else.',
        control: 'posture.tls',
        note: 'Each address is called from outside to see its certificate, its TLS version and what it does with plain HTTP.',
        settings: ['# The addresses stand under `endpoints` in holdfast.yaml.'],
      },
      {
        label: 'clear-text',
        says: 'We forbid sending data in clear text on any path that we control.',
        control: 'posture.cleartext',
        note: 'The ports where unencrypted services usually answer are tried on each of our servers.',
      },
      {
        label: 'encryption',
        says: 'Your data is encrypted where it is stored and while it travels.',
        control: 'posture.at-rest',
        note: 'Each place where we store data is listed with dated evidence of its encryption.',
      },
      {
        label: 'backups',
        says: 'Every medium that holds a backup is encrypted completely.',
        control: 'posture.backup',
        note: 'Each medium is listed with dated evidence of its encryption.',
        settings: [
          '# Until something measures this, a person can stand for it; replace the line above with:',
          '# control: manual',
          '# by: Kim Example',
          `# on: ${formatDay(now)}`,
          `# until: ${formatDay(plus(now, days(MANUAL_EXAMPLE_DAYS)))}`,
        ],
      },
    ],
  };
}

/** Half a year: long enough to be no chore, short enough that a forgotten attestation ends. */
const MANUAL_EXAMPLE_DAYS = 182;

function reportSection({ contact }: Answers): Section {
  const where = contact === null ? '' : ` at <${contact}>`;
  return {
    title: 'Reporting a problem',
    promises: [
      {
        label: 'reports',
        says: `Whoever notices a security problem can report it to us${where}, without an account and without giving a name.`,
        control: 'intake.open',
        note: 'The form and the contact in security.txt are tried with a test report, which has to arrive and be answered in time.',
        ...(contact === null ? { remark: 'Add the mail address or the form that reports go to.' } : {}),
      },
    ],
  };
}

function incidentSection(answers: Answers): Section {
  return {
    title: 'When something goes wrong',
    promises: [
      platformPromise(answers),
      {
        label: 'authority',
        says: 'We notify a breach of customer data to the data protection authority within 72 hours of learning of it.',
        control: 'notice.authority',
        note: 'The clock starts when we become aware, and the proof of receipt stops it (GDPR, Article 33).',
      },
      {
        label: 'customers',
        says: 'If somebody from outside got at your data, we tell you directly.',
        control: 'notice.customers',
        note: 'There is proof of delivery for every customer concerned.',
      },
      {
        label: 'same-account',
        says: 'If somebody inside your own account saw more than they were allowed to, we decide whether to write to you or to say it in the release notes, and we put the reason on record.',
        control: 'notice.same-account',
        note: 'The decision names its reason and who approved it.',
        settings: [
          '# As a processor of personal data you owe your customer the direct notice of a breach in any case',
          '# (GDPR, Article 33(2)); release notes are then not enough.',
        ],
      },
      {
        label: 'lessons',
        says: 'An incident is over once we have written down what we learned from it and done the work that follows.',
        control: 'incident.lessons',
        note: 'No incident is closed without its review, nor while a task from it is open.',
      },
    ],
  };
}

/** Without any app for Atlassian among the products, the sentence speaks of the marketplace in general. */
function platformPromise(answers: Answers): Commitment {
  const others = hostings(answers).filter((hosting) => hosting === 'website' || hosting === 'self-hosted');
  const told =
    others.length > 0 && others.length === hostings(answers).length ? 'the platforms that offer it' : 'Atlassian';
  return {
    label: 'platform',
    says: `Once a vulnerability in one of our products is confirmed, we report it to ${told}.`,
    control: 'notice.platform',
    note: 'Each confirmed vulnerability has a report with the time at which it was received.',
  };
}

const evidenceSection = (): Section => ({
  title: 'Evidence',
  promises: [
    {
      label: 'record',
      says: 'The record of all this is kept so that nobody, including us, can alter it unnoticed.',
      control: 'log.intact',
      note: 'Every entry is part of a hash tree whose published checkpoints an outsider can verify.',
    },
  ],
});

const HOSTED: Readonly<Record<Hosting, string>> = {
  forge: 'our Forge apps run at Atlassian, which also stores their data',
  connect: 'our Connect apps run on servers that we rent',
  'data-center': 'our Data Center apps run on servers of our customers, where their data stays',
  'self-hosted': 'our services run on servers that we operate',
  website: 'our websites are run by a hosting company',
};

/** What is in use, each once. */
function hostings({ hosting, products }: Answers): readonly Hosting[] {
  const all = new Set([...products.map((product) => product.hosting), hosting]);
  return HOSTINGS.filter((one) => all.has(one));
}

function hostingSentence(answers: Answers): string {
  const parts = hostings(answers).map((hosting) => HOSTED[hosting]);
  if (parts.length === 0) return 'We keep a list of where our sites, our apps and their data are hosted.';
  const sentence = `${parts.join('; ')}.`;
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `24 November 2026`, the day in UTC. */
function longDay(at: Instant): string {
  const [year = '', month = '', day = ''] = formatDay(at).split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}

/**
 * Text that Markdown shows as it is, for the middle of a line. Only what can start a construct there is escaped, so that
 * `Müller & Co. KG` stays readable in the source. Sources: CommonMark 2.4 and 2.5; GFM 6.5 (`~`) and 6.9: inside a bare
 * address no escape would count, so none may begin.
 */
const escapeMarkdown = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*_[\]<>#~@]/g, '\\$&')
    .replace(/&(?=[#\w])/g, '\\&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(?<=www)\./gi, '\\.');
