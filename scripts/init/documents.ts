/** What a new flag repository holds beside its flags and workflows. */
import type { Choices } from './choices.js';
import type { NewFile } from './new-file.js';

/** Who is asked to review what. */
export function codeowners({ codeOwner }: Choices): NewFile {
  return {
    path: '.github/CODEOWNERS',
    // GitHub reads the first of these that there is; a second one is refused by `flagctl check`.
    alternatives: ['CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'],
    text: `# Who GitHub asks to review a file: the owners on the last line that matches it, and on no other line.
# A flag file's owner here is the team that the file names; \`flagctl validate\` compares the two.
# Handles as in flags/policy.yaml.

# Whatever no later line matches, the README for one: nobody could approve a change of a file without an owner.
* ${codeOwner}

/flags/ ${codeOwner}

# Flags of other teams, by the first part of their key:
# /flags/payments/ @organisation/payments

# The rules themselves: whoever could change these could change who must review the rest. Keep them last.
/flags/policy.yaml ${codeOwner}
/flags/retired.yaml ${codeOwner}
/.github/ ${codeOwner}
`,
  };
}

/** Asks for the reason that the policy may require. */
export const pullRequestTemplate: NewFile = {
  path: '.github/PULL_REQUEST_TEMPLATE.md',
  alternatives: ['PULL_REQUEST_TEMPLATE.md', 'docs/PULL_REQUEST_TEMPLATE.md'],
  text: `## What changes, and for whom

## Reason

<!-- For a flag: why now, and how you will know that it went well. The audit trail keeps this. -->
`,
};

/** The commands that matter, for whoever finds the repository. */
export function readme({ actions, branch }: Choices): NewFile {
  const [repository = ''] = actions.split('@');
  return {
    path: 'README.md',
    alternatives: ['README', 'README.txt', 'README.rst', 'README.adoc', 'docs/README.md', '.github/README.md'],
    text: `# Feature flags

The files under \`flags/\` are what every process serves as soon as they are on \`${branch}\`. The tools are
[Guidon](https://github.com/${repository}).

\`\`\`sh
flagctl new                                   # a new flag, off everywhere
flagctl validate                              # is everything right?
flagctl fmt                                   # the one style
flagctl explain KEY --env production          # why does somebody get this value?
flagctl check                                 # what does my branch need before it may be merged?
flagctl preview --contexts FILE               # how many users does it give something else?
flagctl kill KEY --reason "what happens"      # off: pushes a branch, which somebody merges
flagctl audit                                 # what changed, when, by whom and why?
flagctl protection                            # is the repository set up so that none of this can be passed by?
\`\`\`

A change of a flag is a pull request. The workflow \`flags\` says in a comment what it does, which tier of control it has and
whose approval it needs; \`flags/policy.yaml\` decides, as it is on \`${branch}\` before the change.
`,
  };
}
