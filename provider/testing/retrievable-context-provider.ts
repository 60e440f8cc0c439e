/** A provider for tests of what reaches it. */
import { GuidonProvider } from '../index.js';
import type { EvaluationContext, Snapshot } from '../engine/index.js';

/** Serves like any other, and remembers the context that it was asked with last. */
export class RetrievableContextProvider extends GuidonProvider {
  context: EvaluationContext | undefined;

  // Here and not in a resolver: that is where every way of asking comes by.
  override snapshot(): Snapshot {
    const snapshot = super.snapshot();
    const evaluate: Snapshot['evaluate'] = (key, context, kind) => {
      this.context = context;
      return snapshot.evaluate(key, context, kind);
    };
    return new Proxy(snapshot, {
      get: (target, name) => {
        const member: unknown = name === 'evaluate' ? evaluate : Reflect.get(target, name, target);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }
}
