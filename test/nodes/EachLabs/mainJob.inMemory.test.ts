import { chooseBinaryDataMode } from '../../support/engineEnvironment';

import { describeMainJob } from './describeMainJob';

chooseBinaryDataMode('default');

describe('with binary data in memory', describeMainJob);
