import { chooseBinaryDataMode } from '../../support/engineEnvironment';

import { describeMainJob } from './describeMainJob';

chooseBinaryDataMode('filesystem');

describe('with binary data in files', describeMainJob);
