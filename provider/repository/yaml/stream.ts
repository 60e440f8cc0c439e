/** Text to a YAML node tree, with the YAML that the format does without refused on the way. */
import { Composer, CST, Lexer, Parser, type Document, type ParsedNode } from 'yaml';
import type { ProblemCode } from '../problem.js';
import { coreSchema } from './core-schema.js';
import { quoteSource, type Refusal, type RefusalList } from './refusal.js';
import { Delimiters } from './delimiters.js';
import { syntaxRefusals, type Stretch } from './syntax.js';

/** Mappings and lists within one another; the format itself needs about ten. */
export const MAX_NESTING = 32;

/** Tokens of one file: a list of 50,000 lines, the longest that the format allows, has about 250,000. */
export const MAX_TOKENS = 400_000;

/** Tokens without a place in the document. Each costs an `Error` with its stack; the first ones tell enough. */
const MAX_STRAY_TOKENS = 100;

/** A text, read as far as it goes. */
export interface YamlRead {
  /** Undefined where reading stopped before the document ended. */
  readonly root: ParsedNode | undefined;
  /** Up to this offset the nodes are what the text means; beyond it the library guesses. */
  readonly soundUntil: number;
}

// The library's own check of keys compares each to each; `ValueReader` does it in linear time.
const composing = { schema: coreSchema, uniqueKeys: false, logLevel: 'silent' } as const;

const properties: Readonly<Record<string, { code: ProblemCode; what: string; fix: string }>> = {
  '&': { code: 'yaml-anchor', what: 'anchors', fix: 'write the value out where it is needed; quote it if it is text' },
  '*': { code: 'yaml-anchor', what: 'aliases', fix: 'write the value out; quote it if it is text' },
  '!': { code: 'yaml-tag', what: 'tags', fix: 'remove the tag; quote it if it is text' },
};

/** Reads a text, and adds what is wrong with it to `refusals`; never throws, and takes time linear in its length. */
export function readYaml(text: string, refusals: RefusalList): YamlRead {
  return new StreamReader(text, refusals).read();
}

class StreamReader {
  readonly #parser = new Parser();
  readonly #composer = new Composer(composing);
  readonly #delimiters = new Delimiters();
  /** Stretches in which the library reports only what is reported better here. */
  readonly #reported: Stretch[] = [];
  #strayTokens = 0;
  #hasDocument = false;
  #isFinished = false;

  constructor(
    private readonly text: string,
    private readonly refusals: RefusalList,
  ) {}

  read(): YamlRead {
    let isScalar = false;
    let tokens = 0;
    for (const token of new Lexer().lex(this.text)) {
      if (!isScalar) this.#see(token);
      isScalar = !isScalar && token === CST.SCALAR;
      this.#compose(this.#parser.next(token));
      if (this.#isFinished) break;
      const stop = this.#limitCrossed((tokens += 1));
      if (stop !== undefined) this.refusals.add(stop);
      if (stop !== undefined || this.refusals.isFull) return { root: undefined, soundUntil: 0 };
    }
    if (!this.#isFinished) this.#compose(this.#parser.end());
    this.#delimiters.end(this.#parser.offset);
    return this.#finish();
  }

  #limitCrossed(tokens: number): Refusal | undefined {
    const { offset, stack } = this.#parser;
    if (tokens > MAX_TOKENS) return tooManyTokens(offset);
    // The stack also holds the document and a scalar.
    if (stack.length <= MAX_NESTING) return undefined;
    return stack.filter(CST.isCollection).length > MAX_NESTING ? nestingRefusal(offset - 1) : undefined;
  }

  /** A token that is no plain or block scalar, before it is parsed. */
  #see(token: string): void {
    const { offset } = this.#parser;
    this.#delimiters.see(token, offset);
    const property = properties[token[0] ?? ''];
    if (property === undefined) return;
    const end = offset + token.length;
    const { code, what, fix } = property;
    const message = `${what} are not allowed: a diff would not show what they bring`;
    this.refusals.add({ code, start: offset, end, message, found: quoteSource(token), fix });
    this.#reported.push(lineAround(this.text, offset));
  }

  #compose(tokens: Iterable<CST.Token>): void {
    for (const token of tokens) {
      if (token.type === 'directive') this.refusals.add(directiveRefusal(token.offset, token.source));
      else if (token.type === 'document' && this.#hasDocument) return this.#refuseSecondDocument(token.offset);
      else this.#advance(token);
    }
  }

  #advance(token: CST.Token): void {
    this.#hasDocument ||= token.type === 'document';
    if (token.type === 'error' && (this.#strayTokens += 1) > MAX_STRAY_TOKENS) return;
    // With one document, nothing comes out before the end.
    for (const _ of this.#composer.next(token));
  }

  #refuseSecondDocument(offset: number): void {
    this.#isFinished = true;
    this.refusals.add(secondDocument(offset));
  }

  #finish(): YamlRead {
    let soundUntil = Number.POSITIVE_INFINITY;
    const refuse = (refusal: Refusal): void => {
      soundUntil = Math.min(soundUntil, refusal.start);
      this.refusals.add(refusal);
    };
    for (const { refusal, until } of this.#delimiters.unpaired) {
      refuse(refusal);
      this.#reported.push({ start: refusal.start, end: until });
    }
    let root: ParsedNode | undefined;
    for (const document of this.#composer.end(true, this.text.length) as Iterable<Document.Parsed>) {
      root ??= document.contents ?? undefined;
      for (const refusal of syntaxRefusals(document.errors, this.text, this.#reported)) refuse(refusal);
    }
    return { root, soundUntil };
  }
}

function lineAround(text: string, offset: number): Stretch {
  const end = text.indexOf('\n', offset);
  return { start: text.lastIndexOf('\n', offset - 1) + 1, end: end === -1 ? text.length : end };
}

/** The refusal of a mapping or list that is too deep, at its first character. */
export const nestingRefusal = (offset: number): Refusal => ({
  code: 'nesting-too-deep',
  start: offset,
  end: offset + 1,
  message: 'mappings and lists are nested too deeply here',
  expected: `at most ${MAX_NESTING} within one another`,
  fix: 'flatten it',
});

const tooManyTokens = (offset: number): Refusal => ({
  code: 'file-too-large',
  start: offset,
  end: offset,
  message: 'this file is too large to be reviewed, or loaded',
  found: `more than ${MAX_TOKENS} YAML tokens`,
  expected: `at most ${MAX_TOKENS}`,
  fix: 'let the application send an attribute in place of a long list',
});

const directiveRefusal = (offset: number, source: string): Refusal => ({
  code: 'yaml-directive',
  start: offset,
  end: offset + source.length,
  message: 'directives are not allowed: every file is YAML 1.2',
  found: quoteSource(source),
  fix: 'remove the line',
});

const secondDocument = (offset: number): Refusal => ({
  code: 'yaml-multiple-documents',
  start: offset,
  end: offset + 3,
  message: 'a second document starts here',
  expected: 'one document a file',
  fix: 'remove the `---` or `...` before it, or move it to a file of its own',
});
