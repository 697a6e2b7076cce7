/**
 * `holdfast duties deadline | decide | draft`: the legal engine as a calculator. Nothing is stored and nothing is sent.
 *
 * Exit codes: 0 answered, whatever the answer is (a late notice is an answer); 2 the question was refused (awareness in
 * the future, a facts file with mistakes); 3 a draft that still has holes; 64 usage.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { newCommand, usageError } from '../platform/command.ts';
import { printable } from '../lib/text.ts';
import type { Terminal } from '../platform/terminal.ts';
import { AWARE_MEANS } from './awareness.ts';
import { answerCase } from './case-answer.ts';
import { MAX_ISSUES } from './facts-file.ts';
import { deadlineOf, isAwareness } from './deadline.ts';
import { loadCase, loadHouse, type CaseRefusal } from './duties.actions.ts';
import { caseJson, deadlineJson, draftJson, refusalJson, type RefusalJson } from './duties-json.ts';
import { caseText, deadlineText, gapsText } from './duties.text.ts';
import { draftNotice } from './draft.ts';
import { GERMAN_STATES, type HolidayRegion } from './holiday.ts';
import { parseRegion, type House } from './house.ts';
import { isZone, parseMoment } from './moment.ts';
import { NOTICE_KINDS } from './notice-kinds.ts';
import { isNoticeKind } from './notice-sets.ts';
import { CLOCK_IDS, clocksNamedBy, versionsOfClock } from './rules.ts';
import { nearestWord } from '../lib/spelling.ts';

type Exit = (code: ExitCode) => void;

interface PlaceOptions {
  readonly zone?: string;
  readonly state?: string;
  readonly json?: boolean;
}

export function dutiesCommand(terminal: Terminal, exit: Exit): Command {
  return newCommand('duties', 'who has to be told, by when and why: a calculator, not legal advice', [
    'holdfast duties deadline --duty gdpr-33-1 --from 2026-11-24T10:12:00+01:00',
    'holdfast duties decide --facts case.yaml',
    'holdfast duties draft --kind gdpr-33-2-notice --facts case.yaml --lang de',
  ])
    .addCommand(deadlineCommand(terminal, exit))
    .addCommand(decideCommand(terminal, exit))
    .addCommand(draftCommand(terminal, exit))
    .allowExcessArguments()
    .action((_options: unknown, command: Command) => {
      const [word] = command.args;
      const near = word === undefined ? null : nearestWord(word, ['deadline', 'decide', 'draft']);
      throw usageError(
        word === undefined ? 'say what to compute' : `no command "duties ${word.slice(0, 60)}"`,
        near === null ? 'It is one of deadline, decide, draft.' : `Did you mean ${near}?`,
      );
    });
}

function deadlineCommand(terminal: Terminal, exit: Exit): Command {
  return newCommand('deadline', 'by when one duty has to be done', [
    'holdfast duties deadline --duty cra-14-2-c --from 2026-11-28T09:30:00+01:00 --json',
    'holdfast duties deadline --duty gdpr-33-1 --from "2026-11-24T10:12[Europe/Berlin]" --met-at 2026-11-27T10:40:00+01:00',
  ])
    .requiredOption('--duty <id>', 'which duty; the ids are listed below')
    .option('--from <instant>', 'when its clock started, with an offset or a zone; `none` when it has not')
    .option('--aware-at <instant>', 'awareness, where the clock starts with something else; chooses the law in force')
    .option('--met-at <instant>', 'when the notice was submitted')
    .option('--follow-up-at <instant>', 'when the missing parts followed')
    .option('--as-of [instant]', 'judge from that moment (default: now); awareness after it is refused')
    .option('--zone <zone>', 'IANA time zone (default: holdfast.yaml, else Europe/Berlin)')
    .option('--state <code>', 'whose holidays count: HE, or DE for the federal ones (default: what the rule says)')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `\n${AWARE_MEANS}\n\nDuties:\n${CLOCK_IDS.map((id) => `  ${id}\n`).join('')}`)
    .action(async (options: DeadlineOptions) => exit(await deadline(options, terminal)));
}

interface DeadlineOptions extends PlaceOptions {
  readonly duty: string;
  readonly from?: string;
  readonly awareAt?: string;
  readonly metAt?: string;
  readonly followUpAt?: string;
  readonly asOf?: string | true;
}

async function deadline(options: DeadlineOptions, terminal: Terminal): Promise<ExitCode> {
  const clock = clockId(options.duty);
  const house = await houseOf(options, terminal);
  const moment = (flag: string, text: string | undefined) => momentOf(flag, text, house.zone);
  const from = startOf(clock, options.from, house.zone);
  const asOf = options.asOf === true ? terminal.now() : moment('--as-of', options.asOf);
  const result = deadlineOf({
    clock,
    from,
    awareAt: moment('--aware-at', options.awareAt),
    metAt: moment('--met-at', options.metAt),
    followUpAt: moment('--follow-up-at', options.followUpAt),
    asOf,
    zone: house.zone,
    seat: house.seat,
    holidays: options.state === undefined ? null : house.seat,
  });
  if (!result.ok) return refuse(terminal, options, refusalJson(result.error.code, result.error.message));
  if (from !== null && from > terminal.now()) {
    terminal.err(
      'The moment lies in the future: this is a plan, not a record. Recording such an awareness is refused.\n',
    );
  }
  if (options.json === true) terminal.out(json(deadlineJson(result.value)));
  else terminal.out(deadlineText(result.value, terminal.columns));
  return EXIT.kept;
}

/** A clock that starts with awareness needs the moment; an event may still be to come. */
function startOf(clock: string, text: string | undefined, zone: string): Instant | null {
  const trigger = versionsOfClock(clock)[0]?.trigger;
  if (text === 'none' || text === 'null') return null;
  if (text === undefined && trigger !== undefined && isAwareness(trigger)) {
    throw usageError('--from is missing: the moment of awareness', AWARE_MEANS);
  }
  return momentOf('--from', text, zone);
}

function clockId(id: string): string {
  if (CLOCK_IDS.includes(id)) return id;
  const named = clocksNamedBy(id);
  if (named.length > 0) throw usageError(`"${id}" has ${named.length} clocks`, `Ask for one of ${named.join(', ')}.`);
  const near = nearestWord(id, CLOCK_IDS);
  const hint = 'Run `holdfast duties deadline --help` for the list.';
  throw usageError(`no duty "${id.slice(0, 60)}"`, near === null ? hint : `Did you mean ${near}? ${hint}`);
}

function decideCommand(terminal: Terminal, exit: Exit): Command {
  return newCommand('decide', 'which duties a set of facts causes, and why', [
    'holdfast duties decide --facts case.yaml',
    'holdfast duties decide --facts - --json < case.json',
  ])
    .requiredOption('--facts <file>', 'YAML or JSON with the facts of the case; `-` reads standard input')
    .option('--zone <zone>', 'IANA time zone (default: holdfast.yaml, else Europe/Berlin)')
    .option('--state <code>', 'the state of the seat, for its holidays')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `\n${AWARE_MEANS}\n`)
    .action(async (options: PlaceOptions & { readonly facts: string }) => exit(await decide(options, terminal)));
}

async function decide(options: PlaceOptions & { readonly facts: string }, terminal: Terminal): Promise<ExitCode> {
  const house = await houseOf(options, terminal);
  const now = terminal.now();
  const loaded = await loadCase({ cwd: terminal.cwd, path: options.facts }, house.zone, now);
  if (!loaded.ok) return refuseCase(terminal, options, loaded.error);
  const answer = answerCase(loaded.value, house, now);
  if (options.json === true) terminal.out(json(caseJson(answer)));
  else terminal.out(caseText(answer, house.zone, terminal.columns));
  return EXIT.kept;
}

interface DraftOptions extends PlaceOptions {
  readonly kind: string;
  readonly facts: string;
  readonly lang: string;
  readonly submitAt?: string;
}

function draftCommand(terminal: Terminal, exit: Exit): Command {
  return newCommand('draft', 'the text of a notice, with its holes marked', [
    'holdfast duties draft --kind gdpr-33-3 --facts case.yaml --lang de',
  ])
    .requiredOption('--kind <kind>', 'which notice; the kinds are listed below')
    .requiredOption('--facts <file>', 'YAML or JSON with the facts and a `notice:` part; `-` reads standard input')
    .option('--lang <language>', 'de or en', 'en')
    .option(
      '--submit-at <instant>',
      'when it is to be submitted, which decides about reasons for a delay (default: now)',
    )
    .option('--zone <zone>', 'IANA time zone (default: holdfast.yaml, else Europe/Berlin)')
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `\nKinds:\n${NOTICE_KINDS.map((kind) => `  ${kind}\n`).join('')}`)
    .action(async (options: DraftOptions) => exit(await draft(options, terminal)));
}

async function draft(options: DraftOptions, terminal: Terminal): Promise<ExitCode> {
  const { kind, lang } = options;
  if (!isNoticeKind(kind)) {
    const near = nearestWord(kind, NOTICE_KINDS);
    const hint = `${near === null ? '' : `Did you mean ${near}? `}Run \`holdfast duties draft --help\` for the list.`;
    throw usageError(`no kind of notice "${kind.slice(0, 60)}"`, hint);
  }
  if (lang !== 'de' && lang !== 'en')
    throw usageError(`no language "${lang.slice(0, 20)}"`, 'Write --lang de or --lang en.');
  const house = await houseOf(options, terminal);
  const now = terminal.now();
  const loaded = await loadCase({ cwd: terminal.cwd, path: options.facts }, house.zone, now);
  if (!loaded.ok) return refuseCase(terminal, options, loaded.error);
  const submitAt = momentOf('--submit-at', options.submitAt, house.zone) ?? now;
  const notice = draftNotice({ kind, incident: loaded.value, language: lang, zone: house.zone, submitAt });
  if (options.json === true) terminal.out(json(draftJson(notice, lang)));
  else {
    terminal.out(notice.text.split('\n').map(printable).join('\n'));
    terminal.err(gapsText(notice, lang, terminal.columns));
  }
  return notice.completeness.complete ? EXIT.kept : EXIT.incomplete;
}

async function houseOf(options: PlaceOptions, terminal: Terminal): Promise<House> {
  if (options.zone !== undefined && !isZone(options.zone)) {
    throw usageError(`no time zone "${options.zone.slice(0, 60)}"`, 'Write an IANA time zone, e.g. Europe/Berlin.');
  }
  const seat = options.state === undefined ? null : region(options.state);
  const house = await loadHouse(terminal.cwd);
  return { zone: options.zone ?? house.zone, seat: seat ?? house.seat };
}

function region(code: string): HolidayRegion {
  const found = parseRegion(code);
  if (found !== null) return found;
  throw usageError(`no state "${code.slice(0, 20)}"`, `Write one of ${GERMAN_STATES.join(', ')}, or DE.`);
}

function momentOf(flag: string, text: string | undefined, zone: string): Instant | null {
  if (text === undefined) return null;
  const parsed = parseMoment(text, zone);
  if (parsed.ok) return parsed.value;
  throw usageError(`${flag}: ${parsed.error.message}`, parsed.error.hint);
}

function refuseCase(
  terminal: Terminal,
  options: PlaceOptions & { readonly facts: string },
  refusal: CaseRefusal,
): ExitCode {
  if (refusal.code !== 'facts-invalid') return refuse(terminal, options, refusalJson(refusal.code, refusal.message));
  const file = options.facts === '-' ? 'standard input' : options.facts;
  const count = refusal.issues.length;
  const many = count >= MAX_ISSUES ? `${count} mistakes or more` : `${count} mistakes`;
  const message = `${printable(file)} has ${count === 1 ? 'a mistake' : many}`;
  for (const issue of refusal.issues) {
    terminal.err(`${printable(file)}:${issue.line}:${issue.column}: ${printable(issue.message)}\n`);
  }
  return refuse(terminal, options, refusalJson(refusal.code, message, refusal.issues));
}

function refuse(terminal: Terminal, options: PlaceOptions, refusal: RefusalJson): ExitCode {
  if (options.json === true) terminal.out(json(refusal));
  terminal.err(`holdfast: refused: ${printable(refusal.message)} [${refusal.code}]\n`);
  return EXIT.broken;
}

const json = (value: JsonObject): string => `${JSON.stringify(value, null, 2)}\n`;
