import { describeExampleRuns } from './exampleRuns';

describeExampleRuns('default');
