/** What a setting of a host is, and what can be found of it. */
import type { Host, Protection } from './protection.js';

/** What was found of one setting. `unknown` is never fine: the token did not show it. */
export interface Judgement {
  readonly state: 'met' | 'missing' | 'unknown';
  /** What was found, where it says more than the state. */
  readonly found?: string;
}

/** One setting. */
export interface Setting {
  /** In kebab-case, for JSON. */
  readonly id: string;
  /** What must hold, as a demand. */
  readonly demand: string;
  /** What goes through without it. */
  readonly without: string;
  /** Where it is set, by host. */
  readonly set: Readonly<Record<Host, string>>;
  /** What a token needs so that it is shown, by host. */
  readonly readBy: Readonly<Record<Host, string>>;
  /** Good to have: where it is missing or unknown, the repository is still controlled. */
  readonly isAdvice?: boolean;
  /** @param status the name of the status that carries the verdict */
  judge(protection: Protection, status: string): Judgement;
}
