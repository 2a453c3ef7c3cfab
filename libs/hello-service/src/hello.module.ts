import { type DynamicModule, Module } from '@nestjs/common';
import { FaultsController } from './faults.controller.js';
import { Faults } from './faults.js';
import { HELLO_TEXT, RANDOM } from './hello.constants.js';
import { HelloController } from './hello.controller.js';

/** What tells one version from another. */
export interface HelloOptions {
  /** The version in `hello 1`. */
  readonly version: number;
  /** Draws in [0, 1) that decide which request fails; `Math.random` by default. */
  readonly random?: () => number;
}

/** `GET /hello`, in some version. */
@Module({})
export class HelloModule {
  static forRoot({ version, random = Math.random }: HelloOptions): DynamicModule {
    return {
      module: HelloModule,
      controllers: [HelloController, FaultsController],
      providers: [
        Faults,
        { provide: HELLO_TEXT, useValue: `hello ${version}` },
        { provide: RANDOM, useValue: random },
      ],
    };
  }
}
