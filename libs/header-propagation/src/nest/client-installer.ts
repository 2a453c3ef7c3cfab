import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { propagateGlobalFetch } from '../clients/fetch.js';
import { propagateNodeHttp } from '../clients/node-http.js';
import { HeaderPropagation } from '../header-propagation.js';
import { propagateHttpServices } from './http-service.js';
import { propagateMicroservices } from './microservices.js';
import { HEADER_PROPAGATION_OPTIONS, type HeaderPropagationModuleOptions } from './options.js';

/** Connects the clients that the options name, and disconnects them when the application closes. */
@Injectable()
export class ClientInstaller implements OnModuleInit, OnApplicationShutdown {
  readonly #undo: (() => void)[] = [];

  constructor(
    @Inject(HEADER_PROPAGATION_OPTIONS) private readonly options: HeaderPropagationModuleOptions,
    @Inject(HeaderPropagation) private readonly propagation: HeaderPropagation,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  async onModuleInit(): Promise<void> {
    const { httpService, fetch, nodeHttp, microservices } = this.options.clients ?? {};
    if (httpService) this.#undo.push(await propagateHttpServices(this.propagation, this.modules));
    if (fetch) this.#undo.push(propagateGlobalFetch(this.propagation));
    if (nodeHttp) this.#undo.push(propagateNodeHttp(this.propagation));
    if (microservices) this.#undo.push(await propagateMicroservices(this.propagation));
  }

  onApplicationShutdown(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }
}
