/** `flagctl new`: a flag's first file. */
import type { FlagDocument, JsonValue, RiskTier } from '../../provider/engine/index.js';
import type { Problem } from '../../provider/repository/index.js';
import { UsageError, type Command, type CommandInput } from '../command.js';
import { format } from '../format/format.js';
import { writeNew } from '../format/new-file.js';
import { findSchemas } from '../format/schema-path.js';
import { NewFlagRules } from '../format/new-flag-rules.js';
import { emphasised, problemJson, refusalReport, type Report } from '../report.js';
import { requireKnown } from '../require-known.js';
import type { Workspace } from '../workspace.js';

const types = ['release', 'ops', 'experiment', 'permission'];
const tiers: readonly RiskTier[] = ['low', 'medium', 'high'];
