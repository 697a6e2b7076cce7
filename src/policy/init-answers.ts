/**
 * What `holdfast init` has to know about an organisation, and where each answer comes from: given on the command line,
 * found in the folder, assumed, or asked.
 *
 * Pure. The folder is read by init-surroundings.client.ts; the two files are written out of `Answers` by
 * init-policy.text.ts and init-facts.text.ts; products are told apart in init-products.ts.
 */
import * as z from 'zod';
import { no, ok, type Result } from '../lib/result.ts';
import { factsSchema } from './facts.ts';
import { isHosting, type FoundFolder, type Hosting, type InitProduct } from './init-products.ts';

/** In the order in which they are asked: the state is of interest in some countries only. */
export const TOPICS = ['name', 'timezone', 'country', 'state', 'hosting', 'contact'] as const;
export type Topic = (typeof TOPICS)[number];

/** A value and its origin in words, e.g. `author in package.json`. */
export interface Answer {
  readonly value: string;
  readonly from: string;
}

/**
 * `sure`: nobody is asked. `likely`: the suggestion of a question, and assumed where nobody can be asked. `confirm`: a
 * suggestion only; what it says is private until its owner says otherwise.
 */
export interface Proposal extends Answer {
  readonly strength: 'sure' | 'likely' | 'confirm';
}

export type Known = ReadonlyMap<Topic, Answer>;

/** What can be seen from the folder that the files go to; `null` where there is nothing to see. */
export interface Surroundings {
  readonly folderName: string;
  /** From package.json in that folder. */
  readonly author: { readonly name: string | null; readonly email: string | null };
  readonly bugsEmail: string | null;
  readonly git: GitSurroundings;
  /** The zone of this machine, an IANA name. */
  readonly timeZone: string;
  readonly folders: readonly FoundFolder[];
  /** The search for products ended at its limit, so there may be more. */
  readonly foldersLeftOut: boolean;
}

export interface GitSurroundings {
  readonly userName: string | null;
  readonly userEmail: string | null;
  readonly remote: string | null;
  readonly branch: string | null;
}

/** Everything that the two files are made of. */
export interface Answers {
  readonly name: string;
  readonly timezone: string | null;
  readonly country: string | null;
  readonly state: string | null;
  readonly contact: string | null;
  readonly hosting: Hosting | null;
  readonly products: readonly InitProduct[];
  readonly branch: string;
  readonly person: { readonly name: string; readonly email: string | null } | null;
}

/**
 * Control characters, line breaks and runs of space become one space, and the bidirectional controls of UAX #9 go: a
 * name is one line of plain text in both files.
 */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();

/** The value as it will stand in the files, or what is wrong with it. The rules are those of holdfast.yaml (facts.ts). */
export function checkAnswer(topic: Topic, text: string): Result<string, string> {
  const value = topic === 'country' || topic === 'state' ? oneLine(text).toUpperCase() : oneLine(text);
  switch (topic) {
    case 'name':
      return checkFact({ name: value }, value);
    case 'country':
    case 'state':
    case 'timezone':
      return checkFact({ name: 'any', [topic]: value }, value);
    case 'hosting':
      return isHosting(value) ? ok(value) : no('write forge, connect, data-center, self-hosted or website');
    case 'contact':
      return isEmail(value) ? ok(value) : no('write a mail address, e.g. security@example.com');
  }
}

function checkFact(organisation: Readonly<Record<string, string>>, value: string): Result<string, string> {
  const parsed = factsSchema.safeParse({ organisation });
  return parsed.success ? ok(value) : no(parsed.error.issues[0]?.message ?? 'write another value');
}

export const isEmail = (text: string): boolean => text.length <= 254 && z.email().safeParse(text).success;

/** The best answer without asking, or `null` where nothing speaks for any value. */
export function propose(topic: Topic, around: Surroundings, known: Known): Proposal | null {
  for (const candidate of candidates(topic, around, known)) {
    if (candidate.value === null) continue;
    const checked = checkAnswer(topic, candidate.value);
    if (checked.ok) return { ...candidate, value: checked.value };
  }
  return null;
}

type Candidate = Omit<Proposal, 'value'> & { readonly value: string | null };

function candidates(topic: Topic, around: Surroundings, known: Known): readonly Candidate[] {
  const { author, bugsEmail, git, timeZone, folderName } = around;
  switch (topic) {
    case 'name':
      return [
        { value: author.name, from: 'author in package.json', strength: 'sure' },
        { value: remoteOwner(git.remote), from: 'owner of the Git remote', strength: 'likely' },
        { value: git.userName, from: 'user.name of Git', strength: 'likely' },
        { value: folderName, from: 'name of the folder', strength: 'likely' },
      ];
    case 'contact':
      return [
        { value: bugsEmail, from: 'bugs in package.json', strength: 'sure' },
        { value: author.email, from: 'author in package.json', strength: 'likely' },
        { value: reachable(git.userEmail), from: 'user.email of Git', strength: 'confirm' },
      ];
    case 'timezone':
      // A machine on UTC is a container or a server: that says nothing about where its people work.
      return [
        {
          value: /^(?:Etc\/|UTC$|GMT$)/.test(timeZone) ? null : timeZone,
          from: 'zone of this machine',
          strength: 'sure',
        },
      ];
    case 'country': {
      const zone = known.get('timezone')?.value ?? '';
      return [{ value: COUNTRY_OF_ZONE.get(zone) ?? null, from: `time zone ${zone}`, strength: 'likely' }];
    }
    case 'state':
    case 'hosting':
      return [];
  }
}

/** Forges hand out addresses that nobody reads. */
const reachable = (email: string | null): string | null => (email?.includes('noreply') ? null : email);

/**
 * Whether the answer changes anything. The state does in Germany, where each one has its own data protection authority
 * for companies (BDSG § 40); the hosting does while some product shows none.
 */
export function matters(topic: Topic, known: Known, products: readonly InitProduct[]): boolean {
  if (topic === 'state') return known.get('country')?.value === 'DE';
  if (topic === 'hosting') return products.some(({ hosting }) => hosting === null);
  return true;
}

/** `https://host/owner/repo.git` and `git@host:owner/repo.git` → `owner`; a path on this machine has no owner. */
export function remoteOwner(remote: string | null): string | null {
  const web = /^(?:https?|ssh|git):\/\/[^/\s]+\/([^/\s]+)\/[^\s]+$/.exec(remote ?? '');
  const short = /^[\w.-]+@[\w.-]+:([^/\s]+)\/[^\s]+$/.exec(remote ?? '');
  return web?.[1] ?? short?.[1] ?? null;
}

/**
 * Zones that stand for one country, for the countries of the EU and EEA, Switzerland and the United Kingdom. Elsewhere
 * the country is asked or left out.
 *
 * Source: IANA Time Zone Database, zone.tab; country codes ISO 3166-1.
 */
const COUNTRY_OF_ZONE: ReadonlyMap<string, string> = new Map([
  ['Europe/Amsterdam', 'NL'],
  ['Europe/Athens', 'GR'],
  ['Europe/Berlin', 'DE'],
  ['Europe/Bratislava', 'SK'],
  ['Europe/Brussels', 'BE'],
  ['Europe/Bucharest', 'RO'],
  ['Europe/Budapest', 'HU'],
  ['Europe/Busingen', 'DE'],
  ['Europe/Copenhagen', 'DK'],
  ['Europe/Dublin', 'IE'],
  ['Europe/Helsinki', 'FI'],
  ['Europe/Lisbon', 'PT'],
  ['Europe/Ljubljana', 'SI'],
  ['Europe/London', 'GB'],
  ['Europe/Luxembourg', 'LU'],
  ['Europe/Madrid', 'ES'],
  ['Europe/Malta', 'MT'],
  ['Europe/Oslo', 'NO'],
  ['Europe/Paris', 'FR'],
  ['Europe/Prague', 'CZ'],
  ['Europe/Riga', 'LV'],
  ['Europe/Rome', 'IT'],
  ['Europe/Sofia', 'BG'],
  ['Europe/Stockholm', 'SE'],
  ['Europe/Tallinn', 'EE'],
  ['Europe/Vaduz', 'LI'],
  ['Europe/Vienna', 'AT'],
  ['Europe/Vilnius', 'LT'],
  ['Europe/Warsaw', 'PL'],
  ['Europe/Zagreb', 'HR'],
  ['Europe/Zurich', 'CH'],
  ['Asia/Nicosia', 'CY'],
  ['Atlantic/Reykjavik', 'IS'],
]);
