import assert from 'node:assert/strict';
import test from 'node:test';
import { compileFunction } from 'node:vm';
import { isNoProgram } from './no-program.ts';

const NOT = [
  'The MIT License (MIT)\n\nPermission is hereby granted',
  '\n  Apache License\n Version 2.0',
  'Copyright (c) 2015, somebody\n',
  'copyright (c) 2015 somebody',
  '\x7fELF\x02\x01',
  'MZ\x90\0\x03'.replace('\x90', '\ufffd'),
  '\ufffd\ufffd\ufffd',
  '###-begin-completion-###\n#\n',
  '# a heading\n',
];

for (const text of NOT) {
  test(`${JSON.stringify(text.slice(0, 24))} begins no program, and Node says so too`, () => {
    assert.equal(isNoProgram(text), true);
    assert.throws(() => compileFunction(text), SyntaxError);
  });
}

test('what begins a program is left to the parser', () => {
  for (const text of [
    '#!/usr/bin/env node\n1',
    'Foo\nBar',
    'Foo in Bar',
    'Foo.Bar()',
    'Copyright(c)',
    'MZ = 1',
    '"The MIT License"',
    '',
    'let A',
  ])
    assert.equal(isNoProgram(text), false, text);
});
