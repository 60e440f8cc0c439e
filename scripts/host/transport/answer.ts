/** One answer of a code host, read whole and within limits. */
import { HostError, type HostFailure } from '../host-error.js';

/** An answer: JSON, or undefined where it has no body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** An answer that did not arrive whole: asking again may help. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
}

/** A page of 100 commits with the longest messages that hosts take stays far below. */
const MAX_ANSWER_BYTES = 20 * 1024 * 1024;

/** What one line of a message may hold. */
const MAX_MESSAGE_CHARACTERS = 200;

async function readText(response: Response, host: string): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new HostError(`${host} answers with more than ${MAX_ANSWER_BYTES} bytes, which is refused`, 'invalid');
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads an answer to its end. @throws BrokenAnswer where a success is no JSON; HostError where it is too large. */
export async function readAnswer(response: Response, host: string): Promise<Answer> {
  const text = await readText(response, host);
  const json = text === '' ? undefined : parse(text);
  if (response.ok && text !== '' && json === undefined) throw new BrokenAnswer('an answer that is cut off or no JSON');
  if (response.status === 200 && text === '') throw new BrokenAnswer('an empty answer');
  return { status: response.status, headers: response.headers, text, json };
}

/** What the host says of a failure, on one short line of printable characters; empty where it says nothing. */
export function messageOf(answer: Answer): string {
  const body = answer.json;
  if (typeof body !== 'object' || body === null) return '';
  const told = 'message' in body ? body.message : 'error' in body ? body.error : '';
  const text = typeof told === 'string' ? told : (JSON.stringify(told) ?? '');
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]+/gu, ' ').slice(0, MAX_MESSAGE_CHARACTERS);
}

function failureOf(status: number): HostFailure {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  return status === 404 || status === 410 ? 'missing' : 'refused';
}

/** The failure that an answer from 400 on is; `asked` is the method and path. */
export function failureFrom(answer: Answer, host: string, asked: string): HostError {
  const told = messageOf(answer);
  const failure = failureOf(answer.status);
  const advice = failure === 'unauthorized' ? '; check that the token is valid and has not expired' : '';
  const words = told === '' ? '' : ` "${told}"`;
  return new HostError(`${host} answers ${answer.status}${words} to ${asked}${advice}`, failure);
}
