/** The OpenFeature specification's Gherkin scenarios, as data. */
import { existsSync, readFileSync } from 'node:fs';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator, type Pickle } from '@cucumber/messages';

/** One line of a scenario, and the rows of the table below it, if any. */
export interface ScenarioStep {
  readonly text: string;
  readonly rows: readonly (readonly string[])[];
}

/** One scenario; of an outline, one for each row of its examples. */
export interface Scenario {
  /** The file's name without `.feature`. */
  readonly feature: string;
  readonly name: string;
  /** The line of the scenario, or of the row of examples. */
  readonly line: number;
  /** The background's steps first. */
  readonly steps: readonly ScenarioStep[];
}

/** `open-feature/spec`'s `specification/assets/gherkin`, which lies beside a checkout and not in it. */
export const specificationFolder = new URL('../../../shared/conformance/openfeature-spec/', import.meta.url);

/** Where to look for the folder, as a reader would; it is no part of the package. */
export const SPECIFICATION_PATH = '../shared/conformance/openfeature-spec';

/** Whether the folder is there. */
export const isSpecificationThere = existsSync(specificationFolder);

/** Reads one feature's scenarios, in the order of the file. @throws where the file is absent or no Gherkin */
export function readScenarios(feature: string): readonly Scenario[] {
  const text = readFileSync(new URL(`${feature}.feature`, specificationFolder), 'utf8');
  const newId = IdGenerator.incrementing();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  return compile(document, feature, newId).map((pickle) => scenarioOf(feature, pickle));
}

function scenarioOf(feature: string, { name, location, steps }: Pickle): Scenario {
  return {
    feature,
    name,
    line: location?.line ?? 0,
    steps: steps.map(({ text, argument }) => ({
      text,
      rows: argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ?? [],
    })),
  };
}
