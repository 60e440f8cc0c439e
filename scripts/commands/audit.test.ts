import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellStory, type Story } from '../audit/testing/story.js';
import { call } from '../testing/call.js';

let story: Story;

beforeAll(async () => {
  story = await tellStory();
});

afterAll(() => story.repository.dispose());

const audit = (words: readonly string[] = []) => call(story.repository.workDir, ['audit', ...words]);

describe('audit', () => {
  it('shows everything, the newest first', async () => {
    const { exitCode, output, errors } = await audit();
    expect({ exitCode }).toEqual({ exitCode: 0 });
    await expect(story.named(`${output}${errors}`)).toMatchFileSnapshot('golden/audit.txt');
  });
});
