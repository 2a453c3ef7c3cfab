import {
  type DynamicModule,
  Inject,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Optional,
} from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { HeaderPropagation } from '../header-propagation.js';
import { reading } from '../option-checks.js';
import { checkAsyncOptions, withCheckedFactory } from './async-options.js';
import { captureRequests } from './capture.js';
import { ClientInstaller } from './client-installer.js';
import { captureUpgrades } from './gateways.js';
import { HeaderPropagationInterceptor } from './header-propagation.interceptor.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  checkModuleOptions,
  coreOptions,
  HEADER_PROPAGATION_OPTIONS,
  type HeaderPropagationModuleOptions,
  type OPTIONS_TYPE,
} from './options.js';

const propagationProvider = {
  provide: HeaderPropagation,
  inject: [HEADER_PROPAGATION_OPTIONS],
  useFactory: async (options: HeaderPropagationModuleOptions) => {
    const logger = new Logger('HeaderPropagation');
    return new HeaderPropagation({
      warn: (message) => logger.warn(message),
      ...(await coreOptions(options)),
    });
  },
};

/**
 * Captures the headers of every HTTP request, on Fastify and Express alike, and sends them on with the clients that
 * the options name. Import it once, in the root module: it is global, and `HeaderPropagation` can be injected
 * everywhere.
 */
@Module({
  providers: [propagationProvider, ClientInstaller, HeaderPropagationInterceptor],
  exports: [HeaderPropagation, HeaderPropagationInterceptor],
})
export class HeaderPropagationModule extends ConfigurableModuleClass implements NestModule {
  constructor(
    @Inject(HeaderPropagation) private readonly propagation: HeaderPropagation,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(ModuleRef) moduleRef: ModuleRef,
    @Optional() @Inject(HttpAdapterHost) private readonly host?: HttpAdapterHost,
  ) {
    super();
    captureUpgrades(moduleRef, propagation);
  }

  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    checkModuleOptions(options, 'forRoot');
    // biome-ignore lint/complexity/noThisInStatic: Nest makes a module of the class that is asked
    return reading({ path: 'forRoot', code: 'INVALID_OPTION' }, () => super.forRoot(options));
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    checkModuleOptions(options, 'forRootAsync');
    checkAsyncOptions(options);
    // biome-ignore lint/complexity/noThisInStatic: as above
    return withCheckedFactory(super.forRootAsync(options), options);
  }

  /** Nest calls this before it registers any route, so the capture comes before all of them. */
  configure(_consumer: MiddlewareConsumer): void {
    const adapter = this.host?.httpAdapter;
    if (adapter) captureRequests(adapter, this.propagation, { middleware: this.#othersConfigure() });
  }

  #othersConfigure(): boolean {
    const modules = [...this.modules.values()].map(({ instance }) => instance as Partial<NestModule>);
    return modules.some((module) => module !== this && typeof module?.configure === 'function');
  }
}
