/** Our client beside the SDK's, and which of its evaluations it leaves to the SDK. */
import { OpenFeature, type Client } from '@openfeature/server-sdk';
import { getClient } from '../index.js';

/** The evaluation methods of a client. */
export const evaluationMethods = [
  'getBooleanValue',
  'getBooleanDetails',
  'getStringValue',
  'getStringDetails',
  'getNumberValue',
  'getNumberDetails',
  'getObjectValue',
  'getObjectDetails',
] as const;

/** A client of ours; `delegated` counts the evaluations that it has left to the SDK's client. */
export interface ObservedClient {
  readonly client: Client;
  readonly delegated: () => number;
}

/** Makes a client of ours over one of the SDK's whose evaluation methods, all the same, count their calls. */
export function observedClient(domain?: string): ObservedClient {
  const standard = domain === undefined ? OpenFeature.getClient() : OpenFeature.getClient(domain);
  let delegated = 0;
  const counting: Client = new Proxy(standard, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...parameters: unknown[]): unknown => {
        if ((evaluationMethods as readonly unknown[]).includes(name)) delegated++;
        return Reflect.apply(member, target, parameters);
      };
    },
  });
  const make = Object.getOwnPropertyDescriptor(OpenFeature, 'getClient');
  OpenFeature.getClient = () => counting;
  try {
    return { client: domain === undefined ? getClient() : getClient(domain), delegated: () => delegated };
  } finally {
    if (make === undefined) Reflect.deleteProperty(OpenFeature, 'getClient');
    else Object.defineProperty(OpenFeature, 'getClient', make);
  }
}
