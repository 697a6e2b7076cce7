import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HoldfastError } from '../lib/errors.ts';
import { findJsonMistake, parseJson } from './json-text.ts';

const mistakeIn = (text: string): string => {
  try {
    parseJson('package-lock.json', text);
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError);
    assert.equal(thrown.code, 'INVENTORY_MALFORMED');
    return `${thrown.at?.line}:${thrown.at?.column} ${thrown.message.replace('package-lock.json is not JSON: ', '')}`;
  }
  assert.fail('it was parsed');
};

describe('JSON text', () => {
  it('skips a byte order mark and takes Windows line ends', () => {
    assert.deepEqual(parseJson('a.json', '\ufeff{\r\n"a": 1\r\n}\r\n'), { a: 1 });
  });

  it('names line and column of a mistake', () => {
    assert.equal(mistakeIn('{\n  "a": 1,\n  "b" 2\n}'), '3:7 a colon is missing here');
    assert.equal(mistakeIn('{\r\n  "a": 1,\r\n}'), '3:1 a property name in double quotes is missing here');
    assert.equal(mistakeIn('{"a": [1 2]}'), '1:10 a comma or a closing bracket is missing here');
    assert.equal(mistakeIn('{"a": [1, ]}'), '1:11 a value is missing here');
    assert.equal(mistakeIn('\ufeff{"a": tru}'), '1:7 a value is missing here');
    assert.equal(mistakeIn("{'a': 1}"), '1:2 a property name or } is missing here');
    assert.equal(mistakeIn('{"a": "x\ny"}'), '1:9 a line break or control character stands inside a string');
    assert.equal(mistakeIn('{"a": "\\x41 "}'), '1:8 an escape sequence is not one of JSON');
    assert.equal(mistakeIn('{"a": 1}}'), '1:9 there is text after its end');
    assert.equal(mistakeIn('[1}'), '1:3 a comma or a closing bracket is missing here');
  });

  it('calls a merge conflict by its name', () => {
    const says = 'package-lock.json holds a merge conflict that is not resolved';
    assert.equal(mistakeIn('<<<<<<< HEAD\n{}'), `1:1 ${says}`);
    assert.equal(mistakeIn('{\n"a": 1,\n<<<<<<< HEAD\n"b": 2\n=======\n"b": 3\n>>>>>>> main\n}'), `3:1 ${says}`);
    assert.equal(mistakeIn('{\n"a": 1,\n"b": 2\n=======\n"b": 3\n>>>>>>> main\n}'), `4:1 ${says}`);
  });

  it('names the last line of a file that was cut off, wherever it was cut', () => {
    const whole = '{\n  "a": [\n    true,\n    "x\\u00e9",\n    -1.5e3\n  ]\n}';
    for (let end = 1; end < whole.length; end += 1) {
      const lines = whole.slice(0, end).trimEnd().split('\n');
      assert.match(mistakeIn(whole.slice(0, end)), new RegExp(`^${lines.length}:\\d+ `), whole.slice(0, end));
    }
    assert.equal(mistakeIn('{"a": "b",\n\n'), '1:11 the file ends before its JSON is complete');
    assert.equal(mistakeIn('{"a": "b'), '1:9 the file ends before its JSON is complete');
    assert.equal(mistakeIn(''), '1:1 the file ends before its JSON is complete');
  });

  it('finds a mistake exactly when JSON.parse does', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u12aF"',
      '"\\u12g"',
      '"',
      '-',
      '0',
      '01',
      '1.5',
      '.5',
      '1e',
      '1E+2',
      'true',
      'nul',
      'null',
      ' ',
      '\n',
      '\u00a0',
      '\u0001',
    );
    const scrambled = fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(''));
    const mutated = fc.tuple(fc.json(), fc.nat(), fc.nat(3), token).map(([json, position, length, insert]) => {
      const at = position % (json.length + 1);
      return json.slice(0, at) + insert + json.slice(at + length);
    });
    fc.assert(
      fc.property(fc.oneof(scrambled, mutated, fc.json()), (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        const mistake = findJsonMistake(text);
        assert.equal(mistake === null, parses);
        if (mistake !== null) assert.ok(mistake.offset >= 0 && mistake.offset <= text.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('never calls a good beginning the mistake: what stands before it can be completed', () => {
    const closers = (text: string): boolean =>
      ['', '1', '"', '""', '":1', ':1', '"a":1', 'e', '1e1'].some((middle) => {
        for (let tail = ''; tail.length < 4; tail += ']') {
          for (const close of [tail, tail.replace(/.$/, '}'), tail.replace(/^./, '}'), tail.replaceAll(']', '}')]) {
            try {
              JSON.parse(text + middle + close);
              return true;
            } catch {
              // the next one
            }
          }
        }
        return false;
      });
    for (const text of ['{"a" 1}', '[1 2]', '{"a":1,}', '{,}', '[,]', '{"a":[}', '1 1', '{"a":{"b":x}}']) {
      const mistake = findJsonMistake(text);
      assert.ok(mistake !== null);
      assert.ok(closers(text.slice(0, mistake.offset)), text);
    }
  });

  it('refuses what would take JSON.parse gigabytes, before it does', () => {
    const refuses = (text: string): boolean => {
      try {
        parseJson('bom.json', text);
      } catch (thrown) {
        assert.ok(thrown instanceof HoldfastError);
        return thrown.code === 'INVENTORY_UNSUPPORTED';
      }
      return false;
    };
    const padding = ' '.repeat(4 * 1024 * 1024);
    assert.equal(refuses(`${padding}${'['.repeat(1_001)}`), true);
    assert.equal(refuses(`${padding}${'['.repeat(1_000)}${']'.repeat(1_000)}`), false);
    assert.equal(refuses(`${padding}[${'0,'.repeat(1_000_000)}0]`), true);
    assert.equal(refuses(`${padding}[${'0,'.repeat(999_999)}0]`), false);
    assert.equal(refuses(`${padding}["${'[[,\\\\\\"'.repeat(600_000)}"]`), false);
    assert.equal(refuses(`${padding}["\\`), false);
  });

  it('finds the end of a lockfile of 50 MB on one line in less than two seconds of work', () => {
    const text = `{"packages":{${'"node_modules/abc":{"version":"1.0.0"},'.repeat(1_300_000)}`;
    const before = process.cpuUsage();
    assert.equal(findJsonMistake(text)?.offset, text.length);
    assert.ok(process.cpuUsage(before).user < 2_000_000, `${process.cpuUsage(before).user} µs`);
  });
});
