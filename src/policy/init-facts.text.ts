/**
 * The first holdfast.yaml, as `holdfast init` writes it: what could be found out, and for the rest a commented example to
 * uncomment. What may stand in it is facts.ts; the policy beside it is init-policy.text.ts.
 */
import { stringify } from 'yaml';
import { formatDay, type Instant } from '../lib/time.ts';
import type { Answers } from './init-answers.ts';
import type { InitProduct } from './init-products.ts';

/** The whole file, ending with a newline. */
export function factsText(answers: Answers, now: Instant): string {
  return `${[
    `# Facts that SECURITY-POLICY.md relies on. Written by \`holdfast init\` on ${formatDay(now)}.
# A key that Holdfast does not know is an error, so a misspelt fact never goes unnoticed. After a change: holdfast check`,
    organisationBlock(answers),
    productsBlock(answers.products),
    endpointsBlock(answers.products),
    SERVERS,
    DEVICES,
    recipientsBlock(answers),
    peopleBlock(answers),
    PENTESTS,
    IGNORE,
  ].join('\n\n')}\n`;
}

/**
 * `key: value` with the value quoted where YAML needs it, and also where only YAML 1.1 would (Norway's `NO`): other
 * tools read this file too.
 */
const pair = (key: string, value: string): string =>
  stringify({ [key]: value }, { lineWidth: 0, compat: 'yaml-1.1' }).trimEnd();

const optional = (key: string, value: string | null, example: string): string =>
  value === null ? `# ${key}: ${example}` : pair(key, value);

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n');

function organisationBlock({ name, country, state, timezone }: Answers): string {
  const stateLine = optional('state', state, 'HE');
  return `organisation:
${indent([
  pair('name', name),
  optional('country', country, 'DE'),
  `${stateLine} # decides which authority is yours and which holidays count, where states differ`,
  optional('timezone', timezone, 'Europe/Berlin'),
])}`;
}

function productsBlock(products: readonly InitProduct[]): string {
  const head = `# What you ship. \`path\` is the folder with its lockfile; \`hosting\` is forge, connect, data-center, self-hosted or website.
# \`entries\` are the files where the program starts: they decide which vulnerable code can be reached.`;
  if (products.length === 0) {
    return `${head}
# products:
#   - id: my-app
#     path: .
#     hosting: forge
#     entries: [src/index.ts]`;
  }
  const items = products.map(({ id, path, hosting }) => {
    const [first, ...rest] = [pair('id', id), pair('path', path), optional('hosting', hosting, 'forge')];
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)].join('\n');
  });
  return `${head}\nproducts:\n${items.join('\n')}`;
}

function endpointsBlock(products: readonly InitProduct[]): string {
  const head = '# Addresses that you answer for; HTTPS and certificates are checked there.';
  const items = products.flatMap(({ id, baseUrl }) =>
    baseUrl === null ? [] : [`  - ${pair('url', baseUrl)}\n    ${pair('product', id)}`],
  );
  if (items.length > 0) return `${head}\nendpoints:\n${items.join('\n')}`;
  return `${head}
# endpoints:
#   - url: https://www.example.com`;
}

const SERVERS = `# Servers that you administer over SSH.
# servers:
#   - host: app.example.com
#     provider: the company that runs it`;

const DEVICES = `# The computers your people work on.
devices:
  reportEveryDays: 30`;

function recipientsBlock({ contact }: Answers): string {
  const head = '# Who is told when something happens: your own team, the authority, Atlassian.';
  if (contact === null) {
    return `${head}
# recipients:
#   - id: security-team
#     kind: email
#     address: security@example.com`;
  }
  return `${head}
recipients:
  - id: security-team
    kind: email
    ${pair('address', contact)}`;
}

function peopleBlock({ person }: Answers): string {
  const head = '# Who works here. Roles are your own words.';
  if (person === null) {
    return `${head}
# people:
#   - name: Kim Example
#     email: kim@example.com
#     roles: [security]`;
  }
  const email = person.email === null ? [] : [`    ${pair('email', person.email)}`];
  return [head, 'people:', `  - ${pair('name', person.name)}`, ...email, '    roles: [security]'].join('\n');
}

const PENTESTS = `# Penetration tests that took place; \`openFindings\` counts what nobody has decided on yet.
# pentests:
#   - date: 2026-03-16
#     by: the tester
#     report: where the report is kept
#     openFindings: 0`;

const IGNORE = `# Paths that a scan of the folder skips, written as in .gitignore.
# ignore:
#   - test/fixtures/`;
