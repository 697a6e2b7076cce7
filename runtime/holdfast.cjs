#!/usr/bin/env node
/* Links `npx holdfast` inside a checkout to the program itself; never published. */
require('../bin/holdfast.cjs');
