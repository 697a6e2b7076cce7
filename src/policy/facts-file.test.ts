import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { readFacts } from './facts-file.ts';
import { NO_FACTS } from './facts.ts';

const mistakes = (text: string): readonly string[] => {
  const read = readFacts(text);
  return read.ok ? [] : read.error.map(({ line, column, message, hint }) => `${line}:${column}: ${message}. ${hint}`);
};

test('facts are read from YAML and from JSON', () => {
  const yaml = readFacts('organisation:\n  name: Example GmbH\nproducts:\n  - id: shop\n    hosting: forge\n');
  const json = readFacts('{"organisation":{"name":"Example GmbH"},"products":[{"id":"shop","hosting":"forge"}]}');
  if (!yaml.ok) assert.fail(JSON.stringify(yaml.error));
  assert.deepEqual(json, yaml);
  assert.deepEqual(yaml.value.products, [{ id: 'shop', hosting: 'forge', path: '.', entries: [] }]);
});

test('an empty file, and keys without a value, state no facts', () => {
  assert.deepEqual(readFacts(''), { ok: true, value: NO_FACTS });
  assert.deepEqual(readFacts('# to be filled in\nproducts:\ndevices:\n'), { ok: true, value: NO_FACTS });
});

test('a misspelt key is named at its place, with the key that was meant', () => {
  assert.deepEqual(mistakes('organisation:\n  name: Example\n  timezon: Europe/Berlin\nprodcts: []\n'), [
    '3:3: unknown key "timezon" in organisation. Did you mean timezone?',
    '4:1: unknown key "prodcts" in holdfast.yaml. Did you mean products?',
  ]);
  assert.deepEqual(mistakes('products:\n  - id: shop\n    zzzzzz: 1\n'), [
    '3:5: unknown key "zzzzzz" in products[0]. Known keys: id, name, path, hosting, entries.',
  ]);
});

test('a wrong value is named with what may stand there', () => {
  assert.deepEqual(
    mistakes(
      [
        'organisation:',
        '  name: Example',
        '  country: Germany',
        'products:',
        '  - id: shop',
        '    hosting: forg',
        '    path: ../other',
        'servers: 5',
        'endpoints:',
        '  - url: example.org',
        'pentests:',
        '  - by: Ada',
        '    openFindings: -3',
        'people:',
        '  - name: 7',
        '    email: ada',
      ].join('\n'),
    ),
    [
      '3:3: organisation.country cannot be "Germany". Write the two-letter country code in capitals, e.g. DE.',
      '6:5: products[0].hosting cannot be "forg". Did you mean forge? Write one of forge, connect, data-center, self-hosted, website.',
      '7:5: products[0].path cannot be "../other". Write a path inside this repository, without ..',
      '8:1: servers is 5. Write a list.',
      '10:5: endpoints[0].url cannot be "example.org". Write a whole URL, e.g. https://app.example.org/.',
      '12:5: pentests[0].date is missing. Write a text.',
      '13:5: pentests[0].openFindings is too small. Write at least 0.',
      '15:5: people[0].name is 7. Write a text.',
      '16:5: people[0].email cannot be "ada". Write an e-mail address, e.g. security@example.org.',
    ],
  );
});

test('two products with one id are refused at the second', () => {
  assert.deepEqual(mistakes('products:\n  - id: shop\n  - id: blog\n  - id: shop\n'), [
    '4:5: products[2].id "shop" is used twice. Line 2 has it already; give each product its own id.',
  ]);
});

test('text that is no YAML, a list at the top, and a repeated key are refused at their place', () => {
  assert.match(mistakes('organisation: [')[0] ?? '', /^1:\d+: .+\. Correct it as YAML or JSON\.$/);
  assert.deepEqual(mistakes('- a\n'), ['1:1: the file is a list. Write `key: value` lines.']);
  assert.match(mistakes('ignore: []\nignore: []\n')[0] ?? '', /^2:1: /);
});

test('a key that names the prototype is an unknown key like any other', () => {
  assert.match(mistakes('__proto__:\n  products: []\n')[0] ?? '', /^1:1: unknown key "__proto__" in holdfast\.yaml\. /);
  assert.match(mistakes('products:\n  - constructor: 1\n    id: a\n')[0] ?? '', /^2:5: unknown key "constructor"/);
});

test('a file of mistakes is answered with the first twenty', () => {
  const text = Array.from({ length: 50 }, (_, index) => `zz${index}: 1\n`).join('');
  assert.equal(mistakes(text).length, 20);
});

test('a hostile file is refused within two seconds', () => {
  const started = cpuMs();
  for (const text of ['['.repeat(200_000), '- '.repeat(100_000), 'a: &a [*a]\n', `${'x'.repeat(300_000)}: 1\n`]) {
    assert.equal(readFacts(text).ok, false);
  }
  assert.ok(cpuMs() - started < 2_000);
});

test('a required key that stands there without a value is named at the key', () => {
  assert.deepEqual(mistakes('products:\n  - hosting: forge\n    id:\n'), [
    '3:5: products[0].id is missing. Write a text.',
  ]);
});
