#!/usr/bin/env node
/* Parsed by any old Node, so that it can say what is missing instead of a syntax error. The program is dist/cli.cjs. */
'use strict';
var REQUIRED_MAJOR = 26;
var major = parseInt(process.versions.node, 10);
if (major < REQUIRED_MAJOR) {
  process.stderr.write(
    'holdfast: Node.js ' +
      REQUIRED_MAJOR +
      ' or later is needed; this is ' +
      process.version +
      '.\n' +
      '  Install it from https://nodejs.org; in a checkout, `npm ci` brings it along.\n',
  );
  process.exit(1);
}
require('node:module').enableCompileCache();
require('../dist/cli.cjs');
