/** The settings of a repository's host that `flagctl protection` looks at: what `readProtection` of a code host gives. */

/** Where the repository is. */
export type Host = 'github' | 'gitlab';

export type { Protection } from '../host/protection.js';
