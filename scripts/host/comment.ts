/** The one comment of each kind that a pull request gets: edited, never repeated. */
import { HostError, isFailure } from './host-error.js';

/** A comment of our own account. */
export interface OwnComment {
  readonly id: number;
  readonly body: string;
}

/** What a host does with comments of one pull request. */
export interface CommentBoard {
  /** All comments of our own account; others may carry the marker, and are not ours to touch. */
  listOwn(): Promise<readonly OwnComment[]>;
  create(body: string): Promise<void>;
  edit(id: number, body: string): Promise<void>;
  remove(id: number): Promise<void>;
}

/** GitHub's limit for a comment. */
const MAX_BODY_CHARACTERS = 65_536;

const MARKER = /^<!-- [\w:./ -]{1,100} -->$/;

function checkedBody(marker: string, body: string): string {
  if (!MARKER.test(marker)) {
    throw new HostError(
      `the marker ${JSON.stringify(marker)} is no HTML comment such as <!-- flagctl check -->`,
      'invalid',
    );
  }
  const text = `${marker}\n${body.startsWith(`${marker}\n`) ? body.slice(marker.length + 1) : body}`;
  if (text.length <= MAX_BODY_CHARACTERS) return text;
  throw new HostError(
    `the comment has ${text.length} characters, and hosts take ${MAX_BODY_CHARACTERS}; shorten it`,
    'invalid',
  );
}

async function removeUnlessGone(board: CommentBoard, id: number): Promise<void> {
  try {
    await board.remove(id);
  } catch (error) {
    // Another job that made the same comment at the same time has removed it.
    if (!isFailure(error, 'missing')) throw error;
  }
}

async function marked(board: CommentBoard, marker: string): Promise<readonly OwnComment[]> {
  const own = await board.listOwn();
  // Only the first line counts: a comment may quote another.
  return own.filter(({ body }) => body.split(/\r?\n/, 1)[0] === marker).sort((a, b) => a.id - b.id);
}

async function createUnlessMade(board: CommentBoard, marker: string, text: string): Promise<void> {
  try {
    await board.create(text);
  } catch (error) {
    // The answer was lost: the comment may have been made all the same, and a second try would repeat it.
    if (!isFailure(error, 'unreachable') || (await marked(board, marker)).length === 0) throw error;
  }
}

/** Makes or edits the comment that begins with the marker. Jobs that race agree: the oldest comment stays. */
export async function upsertComment(board: CommentBoard, marker: string, body: string): Promise<void> {
  const text = checkedBody(marker, body);
  if ((await marked(board, marker)).length === 0) await createUnlessMade(board, marker, text);
  const [oldest, ...others] = await marked(board, marker);
  for (const { id } of others) await removeUnlessGone(board, id);
  if (oldest !== undefined && oldest.body !== text) await board.edit(oldest.id, text);
}
