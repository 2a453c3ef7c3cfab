import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { type AxiosLike, propagateWithAxios } from '../clients/axios.js';
import { propagateGlobalFetch } from '../clients/fetch.js';
import { propagateNodeHttp } from '../clients/node-http.js';
import { HeaderPropagation } from '../header-propagation.js';
import { HEADER_PROPAGATION_OPTIONS, type HeaderPropagationModuleOptions } from './options.js';

/** The token under which every `HttpModule` of `@nestjs/axios` provides its instance; named, so that the package stays optional. */
const AXIOS_INSTANCE_TOKEN = 'AXIOS_INSTANCE_TOKEN';

/** Connects the clients that the options name, and disconnects them when the application closes. */
@Injectable()
export class ClientInstaller implements OnModuleInit, OnApplicationShutdown {
  readonly #undo: (() => void)[] = [];

  constructor(
    @Inject(HEADER_PROPAGATION_OPTIONS) private readonly options: HeaderPropagationModuleOptions,
    @Inject(HeaderPropagation) private readonly propagation: HeaderPropagation,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    const { httpService, fetch, nodeHttp } = this.options.clients ?? {};
    if (httpService) for (const axios of this.#axiosInstances()) this.#connect(propagateWithAxios, axios);
    if (fetch) this.#undo.push(propagateGlobalFetch(this.propagation));
    if (nodeHttp) this.#undo.push(propagateNodeHttp(this.propagation));
  }

  onApplicationShutdown(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #connect(connect: typeof propagateWithAxios, axios: AxiosLike): void {
    this.#undo.push(connect(this.propagation, axios));
  }

  /** Each instance once: every plain `HttpModule` import shares axios' own default instance. */
  #axiosInstances(): Set<AxiosLike> {
    const instances = new Set<AxiosLike>();
    for (const module of this.modules.values()) {
      const instance: unknown = module.providers.get(AXIOS_INSTANCE_TOKEN)?.instance;
      if (typeof instance === 'function' || typeof instance === 'object') {
        if (instance !== null && 'interceptors' in instance) instances.add(instance as AxiosLike);
      }
    }
    return instances;
  }
}
