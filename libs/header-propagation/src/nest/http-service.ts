import type { ModulesContainer } from '@nestjs/core';
import { type AxiosLike, propagateWithAxios } from '../clients/axios.js';
import type { HeaderPropagation } from '../header-propagation.js';
import { missingPackage } from './missing-package.js';

/** The token under which every `HttpModule` of `@nestjs/axios` provides its instance; named, so that the package stays optional. */
const AXIOS_INSTANCE_TOKEN = 'AXIOS_INSTANCE_TOKEN';

/** What is used of the class `HttpService`. */
interface HttpServiceLike {
  readonly instance: AxiosLike;
  makeObservable(...args: unknown[]): unknown;
}

/**
 * Connects every `HttpService`: those that exist now, and, when they are first used, those that lazily loaded modules and
 * requests bring.
 *
 * @returns undoes it
 */
export async function propagateHttpServices(
  propagation: HeaderPropagation,
  modules: ModulesContainer,
): Promise<() => void> {
  const connections = new Connections(propagation);
  const instances = [...axiosInstances(modules)];
  for (const instance of instances) connections.connect(instance, { lasting: true });
  const { HttpService } = await import('@nestjs/axios').catch(() => ({ HttpService: undefined }));
  if (HttpService === undefined && instances.length === 0)
    throw missingPackage('httpService', '@nestjs/axios');
  const restore =
    HttpService === undefined
      ? () => undefined
      : watchHttpService(HttpService, (instance) => connections.connect(instance, { lasting: false }));
  return () => {
    restore();
    connections.undo();
  };
}

/** Each instance once: every plain `HttpModule` import shares axios' own default instance. */
class Connections {
  readonly #propagation: HeaderPropagation;
  readonly #connected = new WeakSet<object>();
  readonly #undo: (() => void)[] = [];

  constructor(propagation: HeaderPropagation) {
    this.#propagation = propagation;
  }

  /** @param lasting whether the instance lives as long as the application; one of a request is forgotten with it */
  connect(instance: AxiosLike, { lasting }: { lasting: boolean }): void {
    if (this.#connected.has(instance)) return;
    this.#connected.add(instance);
    const undo = propagateWithAxios(this.#propagation, instance);
    if (lasting) this.#undo.push(undo);
  }

  undo(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}

function axiosInstances(modules: ModulesContainer): Set<AxiosLike> {
  const instances = new Set<AxiosLike>();
  for (const module of modules.values()) {
    const instance: unknown = module.providers.get(AXIOS_INSTANCE_TOKEN)?.instance;
    if (isAxios(instance)) instances.add(instance);
  }
  return instances;
}

/** A function, or an object of the class; a request-scoped provider has an empty object here until a request comes. */
function isAxios(instance: unknown): instance is AxiosLike {
  return instance !== null && /function|object/.test(typeof instance) && 'interceptors' in Object(instance);
}

/** Calls back with the axios instance of each `HttpService` that is used, in whatever way. */
function watchHttpService(
  HttpService: { prototype: unknown },
  onUse: (instance: AxiosLike) => void,
): () => void {
  const prototype = HttpService.prototype as unknown as HttpServiceLike;
  const { makeObservable } = prototype;
  const axiosRef = Object.getOwnPropertyDescriptor(prototype, 'axiosRef') as PropertyDescriptor;
  prototype.makeObservable = function (this: HttpServiceLike, ...args) {
    if (isAxios(this.instance)) onUse(this.instance);
    return makeObservable.apply(this, args);
  };
  Object.defineProperty(prototype, 'axiosRef', {
    ...axiosRef,
    get(this: HttpServiceLike) {
      if (isAxios(this.instance)) onUse(this.instance);
      return axiosRef.get?.call(this);
    },
  });
  return restorer(prototype, {
    makeObservable: { value: makeObservable, writable: true, configurable: true },
    axiosRef,
  });
}

/** Puts descriptors back, unless somebody has replaced ours since. */
function restorer(target: object, before: Record<string, PropertyDescriptor>): () => void {
  const ours = Object.keys(before).map(
    (name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const,
  );
  return () => {
    for (const [name, own] of ours) {
      const now = Object.getOwnPropertyDescriptor(target, name);
      if (now?.value === own?.value && now?.get === own?.get) {
        Object.defineProperty(target, name, before[name] as PropertyDescriptor);
      }
    }
  };
}
