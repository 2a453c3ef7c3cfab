import { Module } from '@nestjs/common';
import { ReleasesController } from './releases.controller.js';
import { Releases } from './releases.js';

/** The plans of a folder, and their releases. */
@Module({ controllers: [ReleasesController], providers: [Releases] })
export class ReleasesModule {}
