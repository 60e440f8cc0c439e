/** A flag repository with a long history in which every commit counts one further. */
import { TestRepository } from '../../provider/repository/testing/repository.js';

/** Holds the number of its commit as its value. */
export const COUNTER_FLAG = 'shop.cart.counter';
/** Holds the same number, in another file. */
export const TWIN_FLAG = 'shop.cart.twin';

const policy = `bucketing: flagd-v2
environments: [production]
teams:
  shop-team: { codeOwner: "@acme/shop" }
`;

function flag(key: string, count: number): string {
  return `key: ${key}
type: ops
owner: shop-team
riskTier: low
expiresAt: never
description: Counts commits.
default: count
variants:
  count: ${count}
  none: -1

environments:
  production:
    enabled: true
`;
}

/** The history, of which a remote shows as much as it is told to. */
export class CountingHistory {
  private constructor(
    readonly repository: TestRepository,
    private readonly commits: readonly string[],
  ) {}

  /** Makes so many commits; the remote shows the first. */
  static async create(length: number): Promise<CountingHistory> {
    const repository = await TestRepository.create();
    await repository.commit({
      'flags/policy.yaml': policy,
      'flags/shop/cart/counter.yaml': flag(COUNTER_FLAG, 0),
      'flags/shop/cart/twin.yaml': flag(TWIN_FLAG, 0),
    });
    await repository.fastImport(Array.from({ length: length - 1 }, (_, index) => streamOf(index + 1)).join(''));
    const list = await repository.git(`--git-dir=${repository.remoteDir}`, 'rev-list', '--reverse', 'refs/heads/all');
    const history = new CountingHistory(repository, list.split('\n'));
    await history.show(0);
    return history;
  }

  /** How many commits there are. */
  get length(): number {
    return this.commits.length;
  }

  /** Moves the remote's `main` to the commit with this number. */
  async show(count: number): Promise<void> {
    const commit = this.commits[count] ?? '';
    await this.repository.git(`--git-dir=${this.repository.remoteDir}`, 'update-ref', 'refs/heads/main', commit);
  }
}

/** One commit in the language of `git fast-import`. */
function streamOf(count: number): string {
  const files = [
    ['flags/shop/cart/counter.yaml', flag(COUNTER_FLAG, count)],
    ['flags/shop/cart/twin.yaml', flag(TWIN_FLAG, count)],
  ].map(([path, text = '']) => `M 644 inline ${path}\n${dataOf(text)}`);
  const parent = count === 1 ? 'from refs/heads/main^0\n' : '';
  const author = `committer Chaos <chaos@example.com> ${1_700_000_000 + count} +0000\n`;
  return `commit refs/heads/all\n${author}${dataOf(`Count ${count}`)}${parent}${files.join('')}\n`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
