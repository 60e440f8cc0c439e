import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestRepository } from '../provider/repository/testing/repository.js';
import { commands } from './commands/index.js';
import { call } from './testing/call.js';
import { createFlagRepository } from './testing/flag-repository.js';

let repository: TestRepository;

beforeAll(async () => {
  repository = await createFlagRepository();
});

afterAll(() => repository.dispose());

describe('help', () => {
  it.each(commands.map(({ name }) => name))('of %s has examples and the options of every command', async (name) => {
    const { exitCode, output, errors } = await call(repository.folder, [...name.split(' '), '--help']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(
      new RegExp(`^Usage: flagctl ${name} .*\\n[^]*Global Options:[^]*--repo[^]*\\nExamples:\\n  .*flagctl ${name}`),
    );
  });

  it('of commands that have their first word in common lists these', async () => {
    const { exitCode, output, errors } = await call(repository.folder, ['contexts', '--help']);
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
    expect(output).toMatch(/^Usage: flagctl contexts <command> \[options\]\n/);
    expect([...output.matchAll(/^ {2}([a-z]+) .*[\]>] {2}/gm)].map(([, name]) => name)).toEqual(
      commands.flatMap(({ name }) => (name.startsWith('contexts ') ? [name.slice('contexts '.length)] : [])),
    );
    expect(output).toContain('flagctl contexts <command> --help');
  });

  it('lists the commands', async () => {
    const { output } = await call(repository.folder, ['--help']);
    expect(output).toMatchInlineSnapshot(`
      "Usage: flagctl <command> [options]

      Feature flags as files in git: check, read and change them.

      Options:
        -V, --version                 print the version
        --repo <DIR>                  the flag repository (found from the current
                                      folder upwards)
        --path <DIR>                  the flags folder within it (default: flags)
        --no-color                    no colours, as with NO_COLOR in the environment
        -h, --help                    show this help

      Commands:
        init [dir]                    Make a flag repository: policy, owners,
                                      workflows and an example flag
        validate                      Check every file of the repository, and run its
                                      cases
        check                         Judge a change: what it does, how much control
                                      it needs, and whether it may be merged
        preview                       Show how many users a change gives something
                                      else, by replaying their contexts
        audit [key]                   Show every change that reached the main branch:
                                      when, by whom, why, and what it did
        audit record                  Record what was known of each change when it
                                      reached the main branch
        audit verify                  Prove that every change of the main branch was
                                      controlled, or name those that were not
        list                          List the flags and their state in each
                                      environment
        explain <key>                 Show which rule decides a flag for a context,
                                      and why each one before does not
        new [key]                     Write the file of a new flag, which is off
                                      everywhere
        kill <key>                    Turn a flag off, by a branch or straight on main
        rollback <key>                Put back what a flag did at an earlier revision
        fmt [files...]                Format the files, keeping comments and meaning
        build                         Compile the flags to flagd's JSON, or bundle the
                                      whole revision
        contexts describe <files...>  Say what files of contexts hold: users, weights,
                                      attributes and their values
        contexts merge <files...>     Merge files of contexts into one, each user once
        contexts redact <files...>    Clean files of contexts of what must not be
                                      known of users
        contexts synth <file>         Make up contexts from a description of a
                                      population
        contexts fetch [files...]     Fetch the contexts that a workflow of the main
                                      branch may judge changes by
        protection                    Say which settings of the host are missing for
                                      control to bind
        completion <shell>            Print the completion script of a shell

      Exit codes: 0 clean, 1 findings, 2 could not run.
      Help with examples: flagctl <command> --help
      "
    `);
  });

  it('of one command', async () => {
    const { output } = await call(repository.folder, ['list', '--help']);
    expect(output).toMatchInlineSnapshot(`
      "Usage: flagctl list [options]

      List the flags and their state in each environment.

      Options:
        --type <TYPE>   only flags of this type (release, ops, experiment, permission;
                        may be several)
        --owner <TEAM>  only flags of this team (may be several)
        --tier <TIER>   only flags of this risk tier (low, medium, high; may be
                        several)
        --env <ENV>     only flags present in this environment, and their state there
                        (may be several)
        --rev <REV>     read a git revision in place of the working files
        --json          print JSON for another program
        -h, --help      show this help

      Global Options:
        -V, --version   print the version
        --repo <DIR>    the flag repository (found from the current folder upwards)
        --path <DIR>    the flags folder within it (default: flags)
        --no-color      no colours, as with NO_COLOR in the environment

      Examples:
        flagctl list
            every flag
        flagctl list --owner payments-team --tier medium,high
            what one team must be careful with
        flagctl list --env production
            the state of production
        flagctl list --type=release --json | jq -r '.[].key'
            keys for a script
      "
    `);
  });

  it('tells the version', async () => {
    expect(await call(repository.folder, ['--version'])).toEqual({ exitCode: 0, output: '0.1.0\n', errors: '' });
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';
  const rows: readonly (readonly [what: string, words: readonly string[], options: object, isColoured: boolean])[] = [
    ['on a terminal', ['list'], { columns: 200 }, true],
    ['in help on a terminal', ['--help'], { columns: 200 }, true],
    ['not in a pipe', ['list'], {}, false],
    ['not with NO_COLOR', ['list'], { columns: 200, environment: { NO_COLOR: '1' } }, false],
    ['with an empty NO_COLOR', ['list'], { columns: 200, environment: { NO_COLOR: '' } }, true],
    ['not with --no-color', ['list', '--no-color'], { columns: 200 }, false],
    ['not on a dumb terminal', ['list'], { columns: 200, environment: { TERM: 'dumb' } }, false],
    ['not in JSON', ['list', '--json'], { columns: 200 }, false],
  ];

  it.each(rows)('%s', async (_what, words, options, isColoured) => {
    const { output } = await call(repository.workDir, words, options);
    expect(output.includes(ESCAPE)).toBe(isColoured);
  });

  it('mark errors too', async () => {
    const { errors } = await call(repository.workDir, ['list', '--env', 'x'], { columns: 80 });
    expect(errors.startsWith(`${ESCAPE}31merror:`)).toBe(true);
  });
});
