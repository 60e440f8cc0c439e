/** The commands, in the order of the help. */
import type { Command } from '../command.js';
import { audit } from './audit.js';
import { build } from './build.js';
import { check } from './check.js';
import { completion } from './completion.js';
import { contextsDescribe } from './contexts-describe.js';
import { contextsMerge } from './contexts-merge.js';
import { contextsRedact } from './contexts-redact.js';
import { contextsSynth } from './contexts-synth.js';
import { record, verify } from './evidence.js';
import { contextsFetch } from './contexts-fetch.js';
import { explain } from './explain.js';
import { fmt } from './fmt.js';
import { kill } from './kill.js';
import { init } from './init.js';
import { list } from './list.js';
import { newFlag } from './new.js';
import { preview } from './preview.js';
import { protection } from './protection.js';
import { rollback } from './rollback.js';
import { validate } from './validate.js';

/** Adding a command is a file and a line here. */
export const commands: readonly Command[] = [
  init,
  validate,
  check,
  preview,
  audit,
  record,
  verify,
  list,
  explain,
  newFlag,
  kill,
  rollback,
  fmt,
  build,
  contextsDescribe,
  contextsMerge,
  contextsRedact,
  contextsSynth,
  contextsFetch,
  protection,
  completion,
];
