/** From two commits and files of contexts to a preview. */
import { isolated, type GitRepository, type Problem } from '../../provider/repository/index.js';
import type { ContextFile, ReadOptions } from '../contexts/contexts.js';
import { UsageError } from '../errors.js';
import { readSides } from '../history/side.js';
import { flagctlVersion } from '../version.js';
import { breakdownFindings, environmentImpacts, flagImpacts, type Counted } from './result/assemble.js';
import { blindFindings, blindSubjects } from './result/blind-findings.js';
import { BlindSpots } from './result/blind-spots.js';
import { observedAttributes } from './replay/attribute-kinds.js';
import { previewFindings } from './findings/findings.js';
import { jobEnvironments } from './replay/job.js';
import { observedRules } from './result/observed-rules.js';
import { jobOf, planReplay, type ComparedSides, type LoadedSides, type PlannedReplay } from './replay/plan-replay.js';
import { populationOf } from './result/population.js';
import { MAX_CELLS, prepare, type Prepared } from './replay/prepared.js';
import type { Preview } from './preview.js';
import { replayFiles, threadsFor } from './replay/replay-files.js';

/** What to preview. */
export interface PreviewRequest {
  readonly repository: GitRepository;
  /** The flags folder from the repository's root. */
  readonly root: string;
  /** Full hashes: the base branch's tip, and the head. */
  readonly base: string;
  readonly head: string;
  /** None: an estimate from the rules alone. */
  readonly files: readonly ContextFile[];
  readonly reading: ReadOptions;
  /** How many users there are; left out: the sum of the weights, where there are any. */
  readonly population?: number | undefined;
  /** Attribute paths to break the users down by. */
  readonly by: readonly string[];
  /** The share of rows that may be refused, 0 to 1. */
  readonly maxRefused: number;
  /** How many threads replay; 1 is the caller's own. Left out: by the files' size and the processors. */
  readonly threads?: number | undefined;
  /** @param done 0 to 1, where it can be told */
  readonly progress: (message: string, done?: number) => void;
}

/** A preview, or why there is none: paths in conflict, or what keeps a side from loading. */
export type PreviewResult =
  | { readonly ok: true; readonly preview: Preview }
  | {
      readonly ok: false;
      readonly conflicts: readonly string[];
      readonly side: 'base' | 'result' | undefined;
      readonly problems: readonly Problem[];
    };

/** What of a request is not about git. */
export type ReplayRequest = Omit<PreviewRequest, 'repository' | 'root'>;

/** Previews the merge of the head into the base. @throws SyncError, UsageError where contexts can't be read */
export async function previewChange(request: PreviewRequest): Promise<PreviewResult> {
  const { repository, base, head, root, progress } = request;
  progress('merging the head into the base');
  const sides = await isolated(repository, {}, (own) => readSides(own, base, head, root));
  if (!sides.ok) return { ok: false, conflicts: sides.conflicts, side: undefined, problems: [] };
  return previewSides(sides, request);
}

/** Previews a change of which both sides were read. @throws as {@link previewChange} */
export async function previewSides(sides: ComparedSides, request: ReplayRequest): Promise<PreviewResult> {
  for (const side of ['base', 'result'] as const) {
    const { loaded, problems } = sides[side];
    if (loaded === undefined) return { ok: false, conflicts: [], side, problems };
  }
  const loaded = { base: sides.base.loaded, result: sides.result.loaded } as LoadedSides;
  const planned = planReplay(sides, loaded);
  const counted = request.files.length === 0 ? undefined : await replay(request, planned, loaded);
  const flags = flagImpacts(planned, loaded, counted);
  const preview: Preview = {
    version: 1,
    tool: `flagctl ${flagctlVersion()}`,
    base: request.base,
    head: request.head,
    merged: sides.result.revision,
    population: counted?.population,
    environments: environmentImpacts(jobEnvironments(planned), flags, counted),
    flags,
    findings: counted === undefined ? [] : findingsOf(planned, loaded, flags, counted),
  };
  return { ok: true, preview };
}

async function replay(request: ReplayRequest, planned: PlannedReplay, sides: LoadedSides): Promise<Counted> {
  const { files, by, reading, population, maxRefused, progress } = request;
  const job = jobOf(planned, sides, { by, reading });
  const prepared = prepare(job);
  requireCountable(prepared);
  const replayed = await replayFiles({
    job,
    files,
    threads: request.threads ?? threadsFor(files),
    progress: (done) => progress('replaying contexts', done),
  });
  const { tally } = replayed;
  if (tally === undefined) throw new UsageError(`${files.map(({ name }) => name).join(', ')}: no contexts`);
  const whom = populationOf(replayed, tally, population, maxRefused);
  return { job, prepared, tally, ...whom, blind: blindOf(planned, sides, { job, tally, ...whom }) };
}

function blindOf(
  { subjects }: PlannedReplay,
  { base, result }: LoadedSides,
  { job, tally, population }: Pick<Counted, 'job' | 'tally' | 'population'>,
): Counted['blind'] {
  const observed = observedAttributes(job.attributes, tally.kinds);
  const byPath = new Map(observed.map((attribute) => [attribute.path, attribute]));
  const documents = { base: base.ruleset.documents, result: result.ruleset.documents };
  return blindSubjects(subjects, new BlindSpots(documents, { population, attributeOf: (path) => byPath.get(path) }));
}

/** @throws UsageError */
function requireCountable({ shape: { cells } }: Prepared): void {
  if (cells <= MAX_CELLS) return;
  const [all, most] = [cells.toLocaleString('en'), MAX_CELLS.toLocaleString('en')];
  throw new UsageError(
    `the changed flags have ${all} pairs of variants before and after, at most ${most} can be counted; ` +
      'change fewer flags of so many variants at a time',
  );
}

function findingsOf(
  { changes }: PlannedReplay,
  { result }: LoadedSides,
  flags: Preview['flags'],
  counted: Counted,
): Preview['findings'] {
  const { job, prepared, tally, population } = counted;
  const rules = observedRules(prepared.rules, tally);
  const attributes = observedAttributes(job.attributes, tally.kinds);
  const { segments } = result.ruleset.documents;
  return [
    ...previewFindings({ flags, changes, rules, attributes, population, segments }),
    ...breakdownFindings(counted),
    ...blindFindings(counted.blind),
  ];
}
