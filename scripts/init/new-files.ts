/** The files of a new flag repository, in the order in which they are listed. */
import type { Choices } from './choices.js';
import { codeowners, pullRequestTemplate, readme } from './documents.js';
import { exampleFiles, ruleFiles } from './flag-files.js';
import type { NewFile } from './new-file.js';
import { workflowFiles } from './workflows.js';

/** Every file. @param hasFlags whether the folder holds flags already: then they need no example */
export function newFiles(choices: Choices, now: Date, hasFlags: boolean): readonly NewFile[] {
  return [
    ...ruleFiles(choices),
    ...(hasFlags ? [] : exampleFiles(choices, now)),
    codeowners(choices),
    pullRequestTemplate,
    ...workflowFiles(choices),
    readme(choices),
  ];
}
