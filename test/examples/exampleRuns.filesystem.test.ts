import { describeExampleRuns } from './exampleRuns';

describeExampleRuns('filesystem');
